"""The tripwire itself: it lies across every test, so that it can trip is shown here."""

from __future__ import annotations

import pytest
from django.db import transaction

from kernel import walls
from orders.models import Order
from shops.models import Shop, Staff
from tests import tripwire
from tests.factories.shops import StaffFactory

TABLES = frozenset({"orders_order", "shops_shop"})


@pytest.mark.parametrize(
    ("statement", "is_told"),
    [
        ("SELECT 1 FROM orders_order WHERE shop_id = 1 AND number = 'x'", True),
        ('SELECT 1 FROM "orders_order" WHERE "orders_order"."shop_id" = 1', True),
        ('SELECT 1 FROM "orders_order" WHERE "orders_order"."id" IN (1, 2)', True),
        ("SELECT 1 FROM x JOIN orders_order o ON o.id = x.order_id", True),
        ("SELECT 1 FROM catalog_brand", True),
        ("INSERT INTO orders_order (shop_id) VALUES (1)", True),
        ("INSERT INTO orders_order (shop_id) SELECT * FROM UNNEST((%s)::bigint[])", True),
        ("SELECT 1 FROM orders_order", False),
        ("SELECT shop_id FROM orders_order", False),
        ("SELECT 1 FROM orders_order ORDER BY shop_id", False),
        ('SELECT 1 FROM "orders_order" WHERE "orders_order"."number" = \'x\'', False),
        ("SELECT 1 FROM shops_shop WHERE public_id = 'shp_1'", False),
        ('SELECT 1 FROM "shops_shop" WHERE "shops_shop"."public_id" = \'shp_1\'', False),
        ("UPDATE orders_order SET remark = 'x' WHERE number = 'y'", False),
        ("DELETE FROM orders_order", False),
    ],
)
def test_a_statement_says_of_which_shop_or_trips(statement, is_told):
    assert tripwire.is_told(statement, TABLES) is is_told


@pytest.mark.django_db
def test_it_lies_behind_the_wall_and_nowhere_else():
    place = StaffFactory()
    unsaid = Order.objects.filter(number="1")

    assert not unsaid.exists()
    with walls.behind(place.shop_id):
        assert Shop.objects.filter(pk=place.shop_id).exists()
        with pytest.raises(tripwire.Tripped):
            unsaid.exists()
        with pytest.raises(tripwire.Tripped), transaction.atomic():
            Staff.objects.filter(email=place.email).update(email="other@example.com")
        with walls.outside("a test"):
            assert not unsaid.exists()


def test_few_statements_are_excused():
    assert len(tripwire.ALLOWED) <= 10
    assert all(tripwire.ALLOWED.values())

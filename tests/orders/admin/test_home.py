"""What a merchant sees first."""

from datetime import UTC, datetime, timedelta

import pytest

from kernel.actors import Actor, Role
from kernel.admin.home import Card, Chart
from orders.admin.home import merchant_home
from orders.enums import OrderStatus
from orders.models import Order
from tests.factories.orders import make_order
from tests.factories.shops import ShopFactory, actor_of

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_the_first_page_counts_what_the_shop_has_to_ship() -> None:
    shop = ShopFactory()
    for status in (OrderStatus.TO_SHIP, OrderStatus.PARTLY_SHIPPED, OrderStatus.SHIPPED):
        make_order(status, shop=shop)
    make_order(OrderStatus.TO_SHIP)
    Order.objects.update(ship_by_at=AT + timedelta(hours=1))
    Order.objects.filter(shop=shop, status=OrderStatus.TO_SHIP).update(
        ship_by_at=AT - timedelta(hours=1)
    )

    card, chart = merchant_home(actor_of(shop), AT)

    assert isinstance(card, Card)
    assert (card.value, str(card.note), card.tone) == (2, "1 is late", "urgent")
    assert isinstance(chart, Chart)
    assert len(chart.labels) == 30


def test_who_may_not_see_orders_sees_no_numbers_of_them() -> None:
    assert merchant_home(Actor(Role.MERCHANT, user_id=1, shop_id=1), AT) == []


def test_the_first_page_costs_two_queries(django_assert_num_queries) -> None:
    actor = actor_of(ShopFactory())

    with django_assert_num_queries(2):
        merchant_home(actor, AT)

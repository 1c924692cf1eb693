"""A shop that may take so many orders a day takes so many, and the others cost nothing (SH-16)."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel.numbers import TRADE_ZONE
from orders.enums import CloseReason
from orders.models import Order
from orders.services.closing import close_order
from orders.services.placement import Placed, PlaceOrder, Receiver, WantedLine, place_orders
from shops.enums import RestrictionKind, RestrictionReason
from shops.services import restrictions
from tests.factories.accounts import UserFactory
from tests.factories.orders import RECEIVER, make_sku
from tests.factories.shops import ShopFactory

pytestmark = pytest.mark.django_db
AT = datetime(2025, 6, 11, 12, tzinfo=TRADE_ZONE)


def limit(shop, orders: int) -> None:
    restrictions.impose(
        shop_id=shop.pk,
        kind=RestrictionKind.DAILY_ORDERS,
        reason=RestrictionReason.SCORE,
        source="scr_1",
        limit=orders,
        at=AT,
    )


def wish(*skus, key: str = "k", buyer=None) -> PlaceOrder:
    return PlaceOrder(
        buyer_id=(buyer or UserFactory()).pk,
        key=key,
        lines=tuple(WantedLine(sku.public_id, 1) for sku in skus),
        receiver=Receiver(**RECEIVER),
    )


def codes(requests, at=AT) -> list[str]:
    return [
        "ok" if isinstance(one, Placed) else one.error.code for one in place_orders(requests, at=at)
    ]


def test_a_set_of_checkouts_gets_what_the_shop_may_still_take() -> None:
    sku = make_sku(stock=20)
    other = make_sku(stock=20)
    limit(sku.product.shop, 2)

    assert codes([wish(sku), wish(sku), wish(sku), wish(other)]) == [
        "ok",
        "ok",
        "shop_took_enough",
        "ok",
    ]
    assert codes([wish(sku)]) == ["shop_took_enough"]
    assert Order.objects.filter(shop=sku.product.shop).count() == 2


def test_a_checkout_over_several_shops_is_refused_as_a_whole() -> None:
    full, free = make_sku(stock=20), make_sku(stock=20)
    limit(full.product.shop, 1)
    assert codes([wish(full)]) == ["ok"]

    (refused,) = place_orders([wish(free, full)], at=AT)

    assert [one.pointer for one in refused.error.errors] == ["/lines/1/sku_id"]
    assert not Order.objects.filter(shop=free.product.shop).exists()


def test_a_repeated_key_is_still_its_order() -> None:
    sku = make_sku(stock=20)
    limit(sku.product.shop, 1)
    request = wish(sku)

    assert codes([request]) == ["ok"]
    assert codes([request]) == ["ok"]


def test_what_was_closed_unpaid_is_given_back_and_a_new_day_begins_at_midnight_in_china() -> None:
    sku = make_sku(stock=20)
    limit(sku.product.shop, 1)
    assert codes([wish(sku)]) == ["ok"]
    order = Order.objects.get(shop=sku.product.shop)

    close_order(order_id=order.pk, reason=CloseReason.BUYER, at=AT)
    assert codes([wish(sku)], at=AT.replace(hour=23, minute=59)) == ["ok"]
    assert codes([wish(sku)], at=AT.replace(hour=23, minute=59)) == ["shop_took_enough"]
    midnight = AT.replace(hour=0) + timedelta(days=1)
    Order.objects.filter(shop=sku.product.shop).update(placed_at=midnight - timedelta(seconds=1))
    assert codes([wish(sku)], at=midnight) == ["ok"]


def test_a_limit_that_appears_and_ends_is_seen_by_the_next_checkout() -> None:
    sku = make_sku(stock=20)
    shop = sku.product.shop
    assert codes([wish(sku)]) == ["ok"]

    limit(shop, 1)
    assert codes([wish(sku)]) == ["shop_took_enough"]
    restrictions.lift(
        shop_id=shop.pk,
        reason=RestrictionReason.SCORE,
        kinds=[RestrictionKind.DAILY_ORDERS],
        at=AT,
    )
    assert codes([wish(sku)]) == ["ok"]


def test_a_shop_that_may_not_sell_sells_nothing_from_the_next_checkout_on() -> None:
    sku = make_sku(stock=20)
    shop = sku.product.shop
    assert codes([wish(sku)]) == ["ok"]
    told = {"shop_id": shop.pk, "reason": RestrictionReason.DEPOSIT, "at": AT}

    restrictions.impose(kind=RestrictionKind.SALES, source="dpt_1", **told)
    assert codes([wish(sku)]) == ["not_buyable"]
    restrictions.lift(kinds=[RestrictionKind.SALES], **told)
    assert codes([wish(sku)]) == ["ok"]


def statements(request) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert codes([request]) == ["ok"]
    return [one["sql"] for one in captured.captured_queries]


@pytest.mark.django_db(transaction=True)
def test_only_a_limited_shop_costs_statements() -> None:
    """A warm checkout of a free shop asks nothing of restrictions; one of a limited shop counts."""
    shop = ShopFactory()
    sku = make_sku(stock=20, shop=shop)
    statements(wish(sku))

    free = statements(wish(sku))
    limit(shop, 100)
    statements(wish(sku))
    limited = statements(wish(sku))

    assert not any("shoprestriction" in one for one in free + limited)
    assert len(limited) - len(free) in (1, 2)
    assert sum("count(placed.id)" in one for one in limited) == 1

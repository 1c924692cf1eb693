"""Sales by day."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kernel.actors import Actor, Role
from orders.enums import OrderStatus
from orders.models import Order
from orders.selectors.sales import DayOfSales, daily_sales
from tests.factories.orders import make_order
from tests.factories.shops import ShopFactory, actor_of

#: Half past midnight on 2 March in China, still 1 March in UTC.
AT = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def sold(shop, paid_at: datetime, price: int = 5_000) -> Order:
    order = make_order(
        OrderStatus.TO_SHIP, shop=shop, price=price, placed_at=paid_at - timedelta(minutes=1)
    )
    Order.objects.filter(pk=order.pk).update(paid_at=paid_at)
    return order


def test_days_are_days_in_china_and_days_without_sales_are_there() -> None:
    shop = ShopFactory()
    sold(shop, AT)
    sold(shop, AT - timedelta(minutes=31), 700)
    sold(shop, AT - timedelta(minutes=40), 300)

    days = daily_sales(actor_of(shop), at=AT, days=3)

    assert days == [
        DayOfSales(date(2026, 2, 28), 0, 0),
        DayOfSales(date(2026, 3, 1), 2, 1_000),
        DayOfSales(date(2026, 3, 2), 1, 5_000),
    ]


def test_other_shops_unpaid_orders_and_older_days_do_not_count() -> None:
    shop = ShopFactory()
    sold(ShopFactory(), AT)
    sold(shop, AT - timedelta(days=3))
    make_order(OrderStatus.UNPAID, shop=shop, placed_at=AT)

    days = daily_sales(actor_of(shop), at=AT, days=3)

    assert [day.order_count for day in days] == [0, 0, 0]


def test_it_is_one_query(django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        daily_sales(Actor(Role.OPERATOR), at=AT, days=30)

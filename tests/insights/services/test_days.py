"""Days of shops, added up: exact whatever order the facts come in, however often."""

import random
import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from insights.models import PaidOrder, ShopDay
from insights.selectors import behind
from insights.services import checking, days
from kernel import delivery
from kernel.numbers import TRADE_ZONE
from orders.enums import OrderStatus
from orders.models import Order, Refund
from tests.factories.accounts import UserFactory
from tests.factories.orders import make_order, make_sku
from tests.factories.sales import paid_order
from tests.factories.shops import ShopFactory
from tests.insights.trade import by_hand, give_back, noon, sold

pytestmark = pytest.mark.django_db
DAY = date(2025, 6, 10)


def kept(shop) -> dict:
    """The kept figures of the shop's days; days without trade are left out."""
    return {
        row.day: {name: getattr(row, name) for name in days.FIGURES}
        for row in ShopDay.objects.filter(shop=shop)
        if row.orders or row.refunds
    }


def add_up() -> int:
    """Add up all marked days now, rested or not."""
    ShopDay.objects.update(due_at=timezone.now() - timedelta(days=1))
    return days.add_up_all()


def test_a_day_says_what_its_orders_and_refunds_say() -> None:
    sku = make_sku(price=2_000)
    early = sold(sku, paid_at=noon(DAY, 0, 0), quantity=2)
    sold(sku, paid_at=noon(DAY, 23, 59), buyer=early.buyer)
    give_back(early, 500, at=noon(DAY + timedelta(days=3)), reference="case:1")
    days.mark_paid([early.pk])
    days.mark_refunded(Refund.objects.values_list("number", flat=True))

    add_up()

    row = ShopDay.objects.get(shop=sku.shop, day=DAY)
    assert (row.orders, row.pieces, row.gmv_amount, row.net_amount) == (2, 3, 6_000, 5_500)
    assert (row.buyers, row.new_buyers, row.refunds, row.refund_amount) == (1, 1, 0, 0)
    assert (row.hour_orders[0], row.hour_gmv[0]) == (1, 4_000)
    assert (row.hour_orders[23], row.hour_gmv[23]) == (1, 2_000)
    later = ShopDay.objects.get(shop=sku.shop, day=DAY + timedelta(days=3))
    assert (later.orders, later.refunds, later.refund_amount) == (0, 1, 500)


def test_the_facts_of_a_sale_and_a_refund_reach_the_days() -> None:
    order = paid_order((make_sku(price=3_000), 1), at=noon(DAY))
    delivery.deliver_all()
    give_back(order, 1_000, at=noon(DAY + timedelta(days=1)), reference="case:2")
    delivery.deliver_all()

    add_up()

    assert kept(order.shop) == by_hand(order.shop)
    assert kept(order.shop)[DAY]["returned_amount"] == 1_000


def test_a_buyer_is_new_again_after_365_days_and_old_before() -> None:
    sku, buyer = make_sku(), UserFactory()
    for back in (0, 365, 366 + 365):
        sold(sku, paid_at=noon(DAY - timedelta(days=back)), buyer=buyer)
    days.mark_paid(Order.objects.values_list("pk", flat=True))

    add_up()

    found = dict(ShopDay.objects.order_by("day").values_list("day", "new_buyers"))
    assert list(found.values()) == [1, 1, 0]


def test_an_order_told_late_makes_its_buyer_old_on_later_days() -> None:
    sku, buyer = make_sku(), UserFactory()
    later = sold(sku, paid_at=noon(DAY), buyer=buyer)
    days.mark_paid([later.pk])
    add_up()
    assert ShopDay.objects.get(day=DAY).new_buyers == 1
    earlier = sold(sku, paid_at=noon(DAY - timedelta(days=1), 23, 59), buyer=buyer)

    days.mark_paid([earlier.pk])
    add_up()

    assert ShopDay.objects.get(day=DAY).new_buyers == 0
    assert kept(sku.shop) == by_hand(sku.shop)


def test_an_order_that_is_not_paid_marks_nothing() -> None:
    order = make_order(OrderStatus.UNPAID)

    days.mark_paid([order.pk])

    assert not ShopDay.objects.exists()


def test_a_fact_that_comes_while_its_day_is_added_up_leaves_the_day_marked() -> None:
    order = sold(make_sku(), paid_at=noon(DAY))
    days.mark_paid([order.pk])
    add_up()
    row = ShopDay.objects.get()
    given = {"shops": [row.shop_id], "days": [DAY], "zone": str(TRADE_ZONE)}
    days.mark_paid([order.pk])  # told after the mark that the addition below has read

    with connection.cursor() as cursor:
        cursor.execute(days.KEEP, given | {"marks": [row.marks]})

    row.refresh_from_db()
    assert (row.marks, row.added_marks) == (2, 1)
    assert add_up() == 1


def test_an_addition_that_comes_late_does_not_overwrite_a_later_one() -> None:
    order = sold(make_sku(price=700), paid_at=noon(DAY))
    days.mark_paid([order.pk])
    days.mark_paid([order.pk])
    add_up()
    given = {"shops": [order.shop_id], "days": [DAY], "zone": str(TRADE_ZONE)}
    ShopDay.objects.update(gmv_amount=123)  # what a late addition would be seen to replace

    with connection.cursor() as cursor:
        cursor.execute(days.KEEP, given | {"marks": [1]})

    assert ShopDay.objects.get().gmv_amount == 123


def test_a_day_rests_after_it_was_added_up() -> None:
    order = sold(make_sku(), paid_at=noon(DAY))
    days.mark_paid([order.pk])
    assert days.add_up_all() == 1
    ShopDay.objects.update(due_at=timezone.now() + timedelta(minutes=1))

    days.mark_paid([order.pk])

    assert days.add_up_all() == 0
    assert add_up() == 1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_days_equal_their_rows_whatever_order_the_facts_come_in(seed: int) -> None:
    """Random trade over a year: facts are shuffled, repeated, told before and after additions."""
    dice = random.Random(seed)
    shops = [ShopFactory(), ShopFactory()]
    skus = [make_sku(shop, price=dice.randrange(100, 9_000)) for shop in shops for _ in range(2)]
    buyers = [UserFactory() for _ in range(4)]
    told: list = []
    orders: list = []
    for step in range(45):
        chance = dice.random()
        if chance < 0.55 or not orders:
            at = noon(DAY - timedelta(days=dice.randrange(740)), dice.randrange(24))
            order = sold(
                dice.choice(skus),
                paid_at=at,
                buyer=dice.choice(buyers),
                quantity=dice.choice([1, 3]),
            )
            orders.append(order)
            told.append((days.mark_paid, order.pk))
        elif chance < 0.8:
            order = dice.choice(orders)
            left = order.lines.get().pay_amount - order.lines.get().refunded_amount
            if left > 1:
                at = order.paid_at + timedelta(hours=dice.randrange(1, 400))
                amount = dice.randrange(1, left)
                refund = give_back(order, amount, at=at, reference=f"case:{seed}:{step}")
                told.append((days.mark_refunded, refund.number))
        else:
            dice.shuffle(told)
            for mark, key in told[: len(told) // 2]:
                mark([key])
            add_up()
            told = told[len(told) // 2 :] + dice.sample(told, min(len(told), 2))
    dice.shuffle(told)
    for mark, key in told:
        mark([key])

    add_up()

    for shop in shops:
        assert kept(shop) == by_hand(shop)
    report = checking.check(since=noon(DAY - timedelta(days=800)))
    assert report.days == ShopDay.objects.count()
    assert report.differences == ()


def test_a_check_tells_what_differs_and_mends_it(caplog) -> None:
    order = sold(make_sku(price=900), paid_at=noon(DAY))
    days.mark_paid([order.pk])
    missing = sold(make_sku(order.shop, price=400), paid_at=noon(DAY + timedelta(days=1)))
    add_up()
    ShopDay.objects.filter(day=DAY).update(gmv_amount=901)
    since = noon(DAY - timedelta(days=1))

    found = checking.check(since=since, shop_id=order.shop_id, mends=True)

    assert [one.day for one in found.differences] == [DAY, DAY + timedelta(days=1)]
    assert found.differences[0].figures == {"gmv_amount": (901, 900)}
    assert found.differences[1].figures["orders"] == (None, 1)
    assert "kept figures differ" in caplog.text
    add_up()
    assert checking.check(since=since).differences == ()
    assert kept(missing.shop) == by_hand(missing.shop)


def test_the_days_of_a_filled_database_are_marked_at_once() -> None:
    order = sold(make_sku(), paid_at=noon(DAY))
    give_back(order, 10, at=noon(DAY + timedelta(days=9)), reference="case:5")

    assert days.mark_traded(since=noon(DAY)) == 2

    add_up()
    assert kept(order.shop) == by_hand(order.shop)


@pytest.mark.parametrize("count", [1, 40])
def test_marks_and_additions_are_one_statement_for_any_number(count: int) -> None:
    sku = make_sku()
    orders = [sold(sku, paid_at=noon(DAY + timedelta(days=place))).pk for place in range(count)]
    with CaptureQueriesContext(
        connection,
    ) as marking:
        days.mark_paid(orders)
    with CaptureQueriesContext(connection) as adding:
        assert days.add_up_due() == count

    assert len(marking) == 1
    statements = [one["sql"] for one in adding if "SAVEPOINT" not in one["sql"]]
    assert len(statements) == 4  # whose turn, what is due, the additions, when again


def plan_of(sql: str, values) -> list[str]:
    """The index scans of a statement, as PostgreSQL would make them in tables worth an index."""
    with connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan", "hashjoin", "mergejoin"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"EXPLAIN {sql}", values)
        return [line for (line,) in cursor.fetchall() if "Index" in line and " on " in line]


def test_a_buyers_past_is_looked_up_by_the_buyer_not_in_a_year_of_the_shop() -> None:
    """By the shop's index one day of 550 buyers took minutes at 200,000 orders."""
    given = {"shops": [1], "days": [DAY], "zone": str(TRADE_ZONE)}
    of_day = plan_of(days.SUM, given)
    marking = plan_of(days.PAID, {"orders": [1], "zone": str(TRADE_ZONE)})
    today = PaidOrder.objects.filter(shop=1)
    looked, values = behind.of_buyers(today, DAY, is_new=True).query.sql_with_params()
    listed = plan_of(looked, values)

    # Whatever else an empty table is read by: never by an index that begins with the shop.
    asked = [line for line in [*of_day, *marking, *listed] if re.search("earlier|later| u0", line)]
    assert len(asked) == 4
    assert [line for line in asked if re.search("order_(sales|shop|held|to_ship)", line)] == []
    # An empty table's plan proves little: the shop is hidden from its indexes in all four.
    hidden = re.findall(r'shop_id"? \+ ', days.SUM + days.PAID + looked)
    assert len(hidden) == len(asked)

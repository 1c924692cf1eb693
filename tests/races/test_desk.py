"""A merchant's desk against the buyer, and against itself; each race with a control."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db.models import QuerySet

from orders.enums import OrderStatus
from orders.models import Order, Package, Payment
from orders.services import payments, repricing
from orders.services.invariants import violations
from orders.services.repricing import change_price
from orders.services.shipfiles import jobs
from tests.factories.orders import PLACED_AT, make_order, make_sku
from tests.factories.sales import started_payment
from tests.factories.shops import ShopFactory, actor_of
from tests.races.racing import no_lock, pause, results_of

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
AT = PLACED_AT + timedelta(minutes=3)


def meet(count):
    """Let each of `count` orders be made cheaper and begin to be paid at once."""
    shop = ShopFactory()
    orders = [make_order(OrderStatus.UNPAID, shop=shop, price=9_900) for _ in range(count)]
    acts = []
    for order in orders:
        acts += [
            lambda one=order: change_price(
                order_id=one.pk,
                discount_amount=900,
                freight_amount=0,
                reason="An old customer",
                at=AT,
                actor=actor_of(shop),
            ),
            lambda one=order: started_payment(one.group, at=AT),
        ]
    return orders, results_of(*acts)


def wrong_payments():
    """Return the payments that ask for another sum than their group costs."""
    return [
        one for one in Payment.objects.select_related("group") if one.amount != one.group.pay_amount
    ]


def test_a_price_changes_before_the_payment_starts_or_not_at_all():
    orders, results = meet(24)

    ends = Counter(type(result).__name__ for result in results[::2])
    assert set(ends) <= {"Order", "PriceIsFinal"}
    assert (Payment.objects.count(), wrong_payments(), violations()) == (len(orders), [], [])


def test_without_the_lock_of_the_group_a_payment_asks_for_a_price_that_is_gone(monkeypatch):
    """The control."""
    is_being_paid = repricing._is_being_paid

    def late(group):
        found = is_being_paid(group)
        for _ in range(5):
            pause()
        return found

    monkeypatch.setattr(repricing, "_is_being_paid", late)
    monkeypatch.setattr(QuerySet, "select_for_update", no_lock)
    monkeypatch.setattr(
        payments, "LOCK_GROUPS", payments.LOCK_GROUPS.replace("FOR NO KEY UPDATE OF placed", "")
    )

    meet(12)

    assert wrong_payments()


def test_two_files_of_the_same_orders_ship_each_once():
    shop = ShopFactory()
    sku = make_sku(shop)
    orders = [make_order(OrderStatus.TO_SHIP, shop=shop, items=[(sku, 1)]) for _ in range(20)]
    files = [
        jobs.start(
            shop=shop,
            filename=f"{which}.csv",
            content="\n".join(
                f"{order.number},顺丰,SF{which}{place:012d}" for place, order in enumerate(orders)
            ).encode(),
            actor=actor_of(shop),
            at=AT,
        )
        for which in (1, 2)
    ]

    results = results_of(
        *(lambda one=file: jobs.ship_part(job_id=one.pk, at=AT) for file in files * 3)
    )

    assert [one for one in results if isinstance(one, Exception)] == []
    for file in files:
        while jobs.ship_part(job_id=file.pk, at=AT):
            pass
        file.refresh_from_db()
    assert sum(file.good_count for file in files) == len(orders) == Package.objects.count()
    assert set(Order.objects.values_list("status", flat=True)) == {OrderStatus.SHIPPED}
    assert violations() == []


def test_two_files_without_locks_ship_an_order_twice_or_break(monkeypatch):
    """The control: what keeps two files apart is the lock of the orders."""
    monkeypatch.setattr(QuerySet, "select_for_update", no_lock)

    with pytest.raises(AssertionError):
        test_two_files_of_the_same_orders_ship_each_once()

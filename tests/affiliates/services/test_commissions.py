"""affiliates.services.commissions: from the estimate to the reversal, heard in any order."""

import itertools
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import Creator
from affiliates.enums import CommissionStatus
from affiliates.models import Commission
from affiliates.services import commissions
from affiliates.services.invariants import violations
from kernel.delivery import deliver_all
from kernel.events import publish
from kernel.models import StatusChange
from orders.enums import OrderStatus
from orders.events import (
    OrderClosed,
    OrderCompleted,
    OrderFrozen,
    OrderLineRefunded,
    OrderPaid,
)
from orders.models import Order
from orders.services import freezing
from shops.services.preconditions import check
from tests.affiliates.services.sales import AT, derive, entries, only, refund, sale
from tests.factories.affiliates import (
    ContractFactory,
)
from tests.factories.shops import BindingFactory

pytestmark = pytest.mark.django_db


def test_a_partial_refund_makes_the_estimate_smaller() -> None:
    order = sale(OrderStatus.SHIPPED, freight=800)
    derive(order)

    refund(order, 3_800, freight_amount=800)

    assert (only().base_amount, only().amount, only().status) == (7_000, 1_050, "estimated")
    assert entries(order)[1:] == [("reduce", "refund", -3_000, -450, 0)]
    assert violations() == []


def test_a_refund_of_freight_alone_changes_nothing() -> None:
    order = sale(OrderStatus.SHIPPED, freight=800)
    derive(order)

    refund(order, 800, freight_amount=800)
    derive(order)

    assert entries(order) == [("estimate", "estimate", 10_000, 1_500, 0)]


def test_a_full_refund_before_settlement_voids_the_commission() -> None:
    order = sale()
    derive(order)

    refund(order, 10_000, quantity=1)

    assert (only().status, only().amount) == (CommissionStatus.VOID, 0)
    assert violations() == []


def test_a_refund_before_the_estimate_comes_to_the_same() -> None:
    early, late = sale(OrderStatus.SHIPPED), sale(OrderStatus.SHIPPED)
    derive(late)
    for order in (early, late):
        refund(order, 1_999, f"case:{order.number}a")
        refund(order, 2_000, f"case:{order.number}b")
    derive(early, late)

    assert entries(early) == entries(late)
    assert entries(early) == [
        ("estimate", "estimate", 10_000, 1_500, 0),
        ("reduce", "refund", -1_999, -300, 0),
        ("reduce", "refund", -2_000, -300, 0),
    ]


def test_completion_confirms_and_a_case_holds() -> None:
    order = sale(OrderStatus.COMPLETED)
    freezing.freeze(order_id=order.pk, at=AT)

    derive(order)

    found = only()
    assert (found.status, found.is_on_hold) == (CommissionStatus.CONFIRMED, True)
    assert (found.confirmed_at, found.settle_after) == (
        order.completed_at,
        order.aftersales_until_at,
    )
    freezing.unfreeze(order_id=order.pk, at=AT)
    derive(order)
    assert only().is_on_hold is False


def test_release_takes_what_is_past_its_window_and_not_held() -> None:
    past, held, open_ = (sale(OrderStatus.COMPLETED) for _ in range(3))
    Order.objects.filter(pk=open_.pk).update(aftersales_until_at=datetime(2999, 1, 1, tzinfo=UTC))
    freezing.freeze(order_id=held.pk, at=AT)
    derive(past, held, open_)

    assert commissions.release_due(at=AT) == 1
    assert commissions.release_due(at=AT) == 0

    waiting = Commission.objects.filter(status=CommissionStatus.SETTLEABLE)
    assert [one.order_number for one in waiting] == [past.number]


def test_settle_returns_what_is_paid_out_and_writes_the_whole_history() -> None:
    order = sale(OrderStatus.COMPLETED)
    line = order.lines.get()

    paid_out = commissions.settle(line_ids=[line.pk], at=AT)

    found = only()
    assert paid_out == {
        line.pk: commissions.Earning(
            creator_id=found.creator_id,
            creator_public_id=found.creator.public_id,
            creator_amount=1_500,
        )
    }
    assert (found.status, found.settled_at) == (CommissionStatus.SETTLED, AT)
    changes = StatusChange.objects.filter(model="affiliates.commission").order_by("pk")
    assert [(one.from_status, one.to_status) for one in changes] == [
        ("estimated", "confirmed"),
        ("confirmed", "settleable"),
        ("settleable", "settled"),
    ]
    assert commissions.settle(line_ids=[line.pk], at=AT) == paid_out
    assert [kind for kind, *_ in entries(order)] == ["estimate", "settle"]


def test_refunds_after_settlement_take_back_by_negative_entries() -> None:
    order = sale(OrderStatus.COMPLETED)
    ContractFactory(creator=Creator.objects.get(picks__shop=order.shop), share_bp=2_000)
    commissions.settle(line_ids=[order.lines.get().pk], at=AT)

    refund(order, 3_333, "case:1", quantity=0)
    assert (only().status, only().creator_amount, only().agency_amount) == (
        "reversed_part",
        800,
        200,
    )
    refund(order, 1, "case:2")
    assert only().status == CommissionStatus.REVERSED_PART
    refund(order, 6_666, "case:3", quantity=1)

    assert (only().status, only().amount, only().base_amount) == ("reversed", 0, 0)
    assert entries(order) == [
        ("estimate", "estimate", 10_000, 1_200, 300),
        ("settle", "settle", 0, 0, 0),
        ("reverse", "refund", -3_333, -400, -100),
        ("reverse", "refund", -1, 0, -1),
        ("reverse", "refund", -6_666, -800, -199),
    ]
    assert violations() == []


def test_an_order_closed_before_shipping_earns_nothing_even_if_some_money_stayed() -> None:
    order = sale()
    derive(order)
    refund(order, 9_000, quantity=1)

    order.refresh_from_db()
    assert order.status == OrderStatus.CLOSED
    derive(order)

    assert (only().status, only().amount) == (CommissionStatus.VOID, 0)
    assert violations() == []


def test_facts_come_to_the_same_in_every_order_and_twice() -> None:
    """Each permutation of the deliveries of one order's life, every fact told twice."""
    outcomes = set()
    for order_of_facts in itertools.permutations(range(4)):
        order = sale(OrderStatus.COMPLETED)
        facts = [
            OrderPaid(order.pk, order.shop_id, ""),
            OrderCompleted(order.pk, order.shop_id, "", ""),
            OrderFrozen(order.pk, order.shop_id, False),
            None,
        ]
        for place in order_of_facts:
            if facts[place] is None:
                refund(order, 2_500, f"case:{order.number}")
                continue
            for _ in range(2):
                publish(facts[place])
            deliver_all()
        found = Commission.objects.get(order_number=order.number)
        outcomes.add((found.status, found.amount, found.is_on_hold, tuple(entries(order))))

    assert outcomes == {
        (
            "confirmed",
            1_125,
            False,
            (("estimate", "estimate", 10_000, 1_500, 0), ("reduce", "refund", -2_500, -375, 0)),
        )
    }


def test_sales_at_every_stage_come_in_one_set_to_what_each_of_them_says() -> None:
    fresh, held, derived, free_again = sale(), sale(), sale(), sale()
    shipped, done = sale(OrderStatus.SHIPPED), sale(OrderStatus.COMPLETED)
    closed, unpaid = sale(), sale(OrderStatus.UNPAID)
    Order.objects.filter(pk=free_again.pk).update(is_frozen=True, frozen_at=AT)
    derive(derived, free_again)
    Order.objects.filter(pk=free_again.pk).update(is_frozen=False, frozen_at=None)
    Order.objects.filter(pk__in=[held.pk, derived.pk]).update(is_frozen=True, frozen_at=AT)
    refund(shipped, 4_000)
    Order.objects.filter(pk=closed.pk).update(status=OrderStatus.CLOSED, closed_at=AT)

    for _ in range(2):
        derive(fresh, held, derived, free_again, shipped, done, closed, unpaid)

        found = Commission.objects.values_list(
            "order_number", "status", "is_on_hold", "base_amount"
        )
        assert set(found) == {
            (fresh.number, "estimated", False, 10_000),
            (held.number, "estimated", True, 10_000),
            (derived.number, "estimated", True, 10_000),
            (free_again.number, "estimated", False, 10_000),
            (shipped.number, "estimated", False, 6_000),
            (done.number, "confirmed", False, 10_000),
            (closed.number, "void", False, 0),
        }
        assert violations() == []


def test_a_closed_order_is_heard_of() -> None:
    order = sale()
    derive(order)
    Order.objects.filter(pk=order.pk).update(status=OrderStatus.CLOSED, closed_at=AT)

    publish(OrderClosed(order.pk, order.shop_id, "refunded"))
    deliver_all()

    assert only().status == CommissionStatus.VOID


def test_a_refund_told_twice_is_taken_back_once() -> None:
    order = sale(OrderStatus.SHIPPED)
    derive(order)
    refund(order, 1_000)
    line = order.lines.get()
    number = line.line_refunds.get().refund.number

    publish(
        OrderLineRefunded(line.pk, order.pk, order.shop_id, number, 1_000, 0, 0, AT.isoformat())
    )

    assert only().base_amount == 9_000


@pytest.mark.parametrize("count", [1, 12])
def test_a_set_of_sales_is_derived_in_a_constant_number_of_queries(
    count: int, django_assert_num_queries
) -> None:
    orders = [sale() for _ in range(count)]

    with django_assert_num_queries(11):
        derive(*orders)

    assert Commission.objects.count() == count


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["affiliates_commissionentry", "affiliates_planversion"])
def test_the_database_refuses_to_change_what_explains(table: str, statement: str) -> None:
    derive(sale())

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement.format(table))


def test_violations_name_an_amount_that_no_entry_explains() -> None:
    order = sale()
    derive(order)

    Commission.objects.update(amount=1_499, creator_amount=1_499)

    name = f"commission of order {order.number}, line 1"
    assert violations() == [
        f"{name}: amounts [10000, 1499, 0], entries sum to [10000, 1500, 0]",
        f"{name}: 1499 is not 1500 basis points of 10000",
    ]


def test_unsettled_commission_stands_against_an_unbinding() -> None:
    order = sale(OrderStatus.COMPLETED)
    derive(order)
    binding = BindingFactory(shop=order.shop)

    def count() -> int:
        return next(one.count for one in check(binding) if one.code == "unsettled_commission")

    assert count() == 1
    commissions.settle(line_ids=[order.lines.get().pk], at=AT)
    assert count() == 0

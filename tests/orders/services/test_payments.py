"""Applying money: once, for the right orders, and back where no order may keep it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Stock
from kernel.errors import NotFound
from kernel.models import OutboxMessage, StatusChange
from ledger.models import Leg, Transfer
from orders.enums import CloseReason, OrderStatus, PaymentStatus, RefundReason, RefundStatus
from orders.errors import NoticeRefused, NotPayable
from orders.models import Order, Payment, PaymentSplit, Refund
from orders.services.capturing import apply_payment
from orders.services.closing import close_order
from orders.services.payments import Wish, start_payment, start_payments
from tests.factories.accounts import UserFactory
from tests.factories.orders import PLACED_AT, make_sku
from tests.factories.sales import buyer_actor, fact_of, placed_group, placed_order, started_payment

pytestmark = pytest.mark.django_db
AT = PLACED_AT + timedelta(minutes=5)


def legs_of(reference):
    legs = Leg.objects.filter(transfer__reference=reference)
    return sorted(legs.values_list("account__code", "account__owner", "amount"))


def test_starting_makes_one_pending_payment_of_what_is_unpaid():
    group = placed_group((make_sku(price=9_900), 1), (make_sku(price=9_900), 1))

    payment = started_payment(group)

    assert (payment.amount, payment.status, payment.gateway) == (19_800, "pending", "sandbox")
    assert payment.poll_at == PLACED_AT + timedelta(seconds=60)
    assert started_payment(group) == payment
    assert Payment.objects.count() == 1


def test_a_group_of_somebody_else_is_not_found():
    group = placed_group()

    with pytest.raises(NotFound):
        start_payment(
            group_number=group.number,
            gateway="sandbox",
            at=AT,
            actor=buyer_actor(UserFactory()),
        )

    assert Payment.objects.count() == 0


def test_money_pays_every_order_of_the_group(settings):
    first, second = make_sku(price=9_900), make_sku(price=5_000)
    group = placed_group((first, 2), (second, 1))
    payment = started_payment(group)

    applied = apply_payment(fact_of(payment), at=AT)

    assert not applied.is_repeat
    payment.refresh_from_db()
    assert (payment.status, payment.is_effective, payment.poll_at) == ("paid", True, None)
    orders = list(group.orders.order_by("pk"))
    assert [(o.status, o.paid_at, o.ship_by_at) for o in orders] == [
        (OrderStatus.TO_SHIP, AT, AT + settings.SHIP_PROMISE)
    ] * 2
    assert list(PaymentSplit.objects.order_by("pk").values_list("order", "captured_amount")) == [
        (orders[0].pk, 19_800),
        (orders[1].pk, 5_800),
    ]
    stock = Stock.objects.get(pk=first.pk)
    assert (stock.on_hand, stock.held) == (98, 0)
    assert legs_of(f"capture:sandbox:txn-{payment.number}") == sorted(
        [
            ("escrow", orders[0].shop.public_id, -19_800),
            ("escrow", orders[1].shop.public_id, -5_800),
            ("gateway_clearing", "sandbox", 25_600),
        ]
    )
    told = OutboxMessage.objects.filter(topic="orders.order.paid.v1").order_by("pk")
    assert [row.payload["order_id"] for row in told] == [order.pk for order in orders]
    moves = StatusChange.objects.filter(model="orders.order", object_id=orders[0].pk)
    assert list(moves.order_by("pk").values_list("to_status", flat=True)) == ["paid", "to_ship"]


def test_two_orders_of_one_shop_in_one_group_cannot_be_but_two_lines_can():
    sku = make_sku(price=1_000)
    other = make_sku(sku.shop, price=1_000)
    group = placed_group((sku, 1), (other, 1))

    apply_payment(fact_of(started_payment(group)), at=AT)

    assert PaymentSplit.objects.get().captured_amount == 2_800


def test_the_same_fact_is_applied_once():
    payment = started_payment(placed_group())
    apply_payment(fact_of(payment), at=AT)
    transfers = Transfer.objects.count()

    again = apply_payment(fact_of(payment), at=AT)

    assert again.is_repeat
    assert (Transfer.objects.count(), PaymentSplit.objects.count()) == (transfers, 1)
    assert OutboxMessage.objects.filter(topic="orders.order.paid.v1").count() == 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"amount": 1}, "amount"),
        ({"currency": "USD"}, "currency"),
        ({"gateway": "other"}, "gateway"),
    ],
)
def test_money_that_is_not_as_asked_is_refused(changes, reason):
    payment = started_payment(placed_group())

    with pytest.raises(NoticeRefused) as refused:
        apply_payment(fact_of(payment, **changes), at=AT)

    assert refused.value.reason == reason
    payment.refresh_from_db()
    assert (payment.status, payment.gateway_txn) == (PaymentStatus.PENDING, "")
    assert Order.objects.get().status == OrderStatus.UNPAID
    assert Transfer.objects.count() == 0


def test_one_transaction_of_theirs_pays_one_payment_of_ours():
    first, second = started_payment(placed_group()), started_payment(placed_group())
    apply_payment(fact_of(first, gateway_txn="t1"), at=AT)

    with pytest.raises(NoticeRefused):
        apply_payment(fact_of(second, gateway_txn="t1"), at=AT)

    second.refresh_from_db()
    assert second.status == PaymentStatus.PENDING


def test_a_payment_that_is_not_ours_is_not_found():
    payment = started_payment(placed_group())

    with pytest.raises(NotFound):
        apply_payment(fact_of(payment, payment_number="P0"), at=AT)


def close(order, payment):
    assert close_order(
        order_id=order.pk, reason=CloseReason.UNPAID, at=AT, dead_payments=[payment.pk]
    )


def test_money_after_closing_is_owed_to_the_buyer_and_the_order_stays_closed():
    order = placed_order((make_sku(price=5_000), 1))
    payment = started_payment(order.group)
    close(order, payment)

    apply_payment(fact_of(payment), at=AT + timedelta(hours=1))

    order.refresh_from_db()
    payment.refresh_from_db()
    assert (order.status, payment.status, payment.is_effective) == ("closed", "paid", False)
    refund = Refund.objects.get()
    assert (refund.reason, refund.amount, refund.order, refund.status) == (
        RefundReason.LATE_PAYMENT,
        5_800,
        None,
        RefundStatus.WAITING,
    )
    assert legs_of(f"capture:sandbox:txn-{payment.number}") == [
        ("gateway_clearing", "sandbox", 5_800),
        ("refunds_payable", "", -5_800),
    ]
    assert PaymentSplit.objects.count() == 0


def test_the_second_payment_of_a_group_goes_back():
    order = placed_order((make_sku(price=5_000), 1))
    first = started_payment(order.group)
    second = Payment.objects.create(
        number="P2",
        group=order.group,
        buyer=order.buyer,
        gateway="sandbox",
        amount=5_800,
    )
    apply_payment(fact_of(first), at=AT)

    apply_payment(fact_of(second), at=AT)

    order.refresh_from_db()
    refund = Refund.objects.get()
    assert (refund.reason, refund.payment, refund.amount) == ("second_payment", second, 5_800)
    assert order.status == OrderStatus.TO_SHIP
    assert PaymentSplit.objects.get().payment == first


def test_money_for_two_orders_of_which_one_was_closed_pays_the_other_and_returns_the_rest():
    group = placed_group((make_sku(price=9_900), 1), (make_sku(price=5_000), 1))
    payment = started_payment(group)
    kept, gone = group.orders.order_by("pk")
    close(gone, payment)

    apply_payment(fact_of(payment), at=AT)

    kept.refresh_from_db()
    assert kept.status == OrderStatus.TO_SHIP
    refund = Refund.objects.get()
    assert (refund.amount, refund.reason) == (5_800, RefundReason.LATE_PAYMENT)
    assert legs_of(f"capture:sandbox:txn-{payment.number}") == sorted(
        [
            ("escrow", kept.shop.public_id, -9_900),
            ("gateway_clearing", "sandbox", 15_700),
            ("refunds_payable", "", -5_800),
        ]
    )


def test_a_paid_group_is_not_payable_again():
    group = placed_group()
    apply_payment(fact_of(started_payment(group)), at=AT)

    with pytest.raises(NotPayable):
        started_payment(group)


def test_other_pending_payments_are_asked_about_at_once():
    group = placed_group((make_sku(price=9_900), 1), (make_sku(price=5_000), 1))
    old = started_payment(group)
    other = Payment.objects.create(
        number="P2", group=group, buyer=group.buyer, gateway="sandbox", amount=15_700
    )
    assert other.poll_at is None

    apply_payment(fact_of(old), at=AT)

    other.refresh_from_db()
    assert other.poll_at == AT


def test_a_set_of_wishes_leads_to_what_each_leads_to_alone():
    group, paid = placed_group(), placed_group()
    apply_payment(fact_of(started_payment(paid)), at=AT)
    stranger = UserFactory()
    wishes = [
        Wish(group.number, group.buyer_id, "sandbox"),
        Wish(group.number, stranger.pk, "sandbox"),
        Wish(paid.number, paid.buyer_id, "sandbox"),
        Wish(group.number, group.buyer_id, "sandbox"),
        Wish("G0", group.buyer_id, "sandbox"),
        Wish(group.number, group.buyer_id, "another"),
    ]

    results = start_payments(wishes, at=AT)

    made = Payment.objects.get(group=group, gateway="sandbox")
    other = Payment.objects.get(group=group, gateway="another")
    assert [one if isinstance(one, Payment) else one.code for one in results] == [
        made,
        "not_found",
        "not_payable",
        made,
        "not_found",
        other,
    ]
    assert Payment.objects.count() == 3


def test_a_set_of_wishes_costs_the_statements_of_one():
    def statements(count):
        wishes = [
            Wish(group.number, group.buyer_id, "sandbox")
            for group in (placed_group() for _ in range(count))
        ]
        with CaptureQueriesContext(connection) as queries:
            start_payments(wishes, at=AT)
        return len(queries)

    assert statements(1) == statements(7)

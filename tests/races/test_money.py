"""Threads against threads on money, each with the unguarded version that goes wrong."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, Event

import pytest
from django.db import IntegrityError, transaction

from affiliates.models import Commission
from affiliates.services import commissions
from affiliates.services.invariants import violations as alliance_violations
from kernel.actors import Actor, Role
from ledger import selectors as book
from ledger.errors import ReferenceReused
from ledger.models import AccountCode, LedgerAccount, Leg, Transfer
from ledger.services import transfers
from ledger.services.invariants import violations as ledger_violations
from ledger.services.transfers import Posting
from orders.enums import OrderStatus
from orders.models import Order
from orders.services.refunds import refund_line
from settlements.enums import PartyKind
from settlements.models import Payout, SettlementEntry
from settlements.selectors import PartyRef
from settlements.services import payouts, settling
from settlements.services.invariants import violations
from tests.factories.affiliates import PickFactory
from tests.factories.orders import PLACED_AT, make_order
from tests.races.racing import ends_of

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

AT = PLACED_AT + timedelta(days=12)
ACTOR = Actor(role=Role.MERCHANT, label="Owner")
THREADS = 8


# --- one fact, one transfer ---------------------------------------------------------------------


def posting(reference: str = "settle:1-1") -> Posting:
    return Posting(
        reference=reference,
        kind="settle",
        currency="CNY",
        legs=((AccountCode.ESCROW, "shp_a", 100), (AccountCode.SHOP_PAYABLE, "shp_a", -100)),
        at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def test_one_fact_told_by_many_at_once_is_booked_once() -> None:
    ends = ends_of(*[lambda: transfers.post([posting()])] * THREADS)

    assert ends == {"ok": THREADS}
    assert (Transfer.objects.count(), Leg.objects.count()) == (1, 2)
    assert book.balance(AccountCode.SHOP_PAYABLE, "shp_a") == -100
    assert ledger_violations() == []


def test_sets_that_overlap_in_any_order_do_not_deadlock() -> None:
    names = [f"settle:{number}" for number in range(40)]
    acts = [
        lambda place=place: transfers.post(
            [posting(name) for name in (names if place % 2 else names[::-1])]
        )
        for place in range(THREADS)
    ]

    assert ends_of(*acts) == {"ok": THREADS}
    assert Transfer.objects.count() == 40
    assert book.balance(AccountCode.SHOP_PAYABLE, "shp_a") == -4_000
    assert ledger_violations() == []


def test_of_two_facts_with_one_reference_the_second_undoes_what_it_booked_beside() -> None:
    """It waits for the first at the reference they share, with another one already written."""
    transfers.post([posting("settle:0-1")])  # opens the accounts
    gate, ends = Barrier(2), []

    def first() -> None:
        with transaction.atomic():
            transfers.post([posting("settle:2")])
            gate.wait(10)
            time.sleep(0.3)

    def second() -> None:
        gate.wait(10)
        other = replace(
            posting("settle:2"),
            legs=((AccountCode.ESCROW, "shp_a", 7), (AccountCode.SHOP_PAYABLE, "shp_a", -7)),
        )
        with transaction.atomic():
            try:
                transfers.post([posting("settle:1"), other])
            except ReferenceReused:
                ends.append("refused")  # and whoever swallows it commits nothing all the same

    assert ends_of(first, second) == {"ok": 2}

    assert ends == ["refused"]
    assert set(Transfer.objects.values_list("reference", flat=True)) == {"settle:0-1", "settle:2"}
    assert book.balance(AccountCode.SHOP_PAYABLE, "shp_a") == -200
    assert ledger_violations() == []


def test_control_looking_before_inserting_is_not_enough(monkeypatch) -> None:
    transfers.post([posting("settle:0-1")])  # opens the accounts: they are not what is raced for
    gate = Barrier(THREADS)

    def look_then_insert(postings):
        gate.wait(10)  # everybody has looked and found nothing
        for one in postings:
            booked = Transfer.objects.create(
                reference=one.reference, kind=one.kind, currency=one.currency, at=one.at
            )
            for code, owner, amount in one.legs:
                account = LedgerAccount.objects.get(code=code, owner=owner)
                Leg.objects.create(transfer=booked, account=account, amount=amount)
        return {one.reference for one in postings}, False

    monkeypatch.setattr(transfers, "_book", look_then_insert)

    ends = ends_of(*[lambda: transfers.post([posting()])] * THREADS)

    assert ends == {"ok": 1, "IntegrityError": THREADS - 1}


# --- a balance leaves once ----------------------------------------------------------------------


def earned() -> PartyRef:
    order = make_order(OrderStatus.COMPLETED, price=10_000)
    settling.settle_due(at=AT)
    return PartyRef(PartyKind.SHOP, order.shop_id, order.shop.public_id)


def ask(party: PartyRef) -> Callable[[], object]:
    return lambda: payouts.request(party=party, amount=6_000, at=AT, actor=ACTOR)


def test_of_many_payouts_of_more_than_half_one_goes_through() -> None:
    party = earned()

    ends = ends_of(*[ask(party)] * THREADS)

    assert ends == {"ok": 1, "balance_too_low": THREADS - 1}
    assert Payout.objects.count() == 1
    assert book.balance(AccountCode.SHOP_PAYABLE, party.public_id) == -3_500
    assert violations() == []


def test_control_without_the_accounts_lock_the_balance_is_overdrawn(monkeypatch) -> None:
    party = earned()
    gate = Barrier(THREADS)

    def read(*, code, owner, currency):
        balance = LedgerAccount.objects.get(code=code, owner=owner).balance_amount
        gate.wait(10)
        return balance

    monkeypatch.setattr(transfers, "lock_balance", read)

    ends = ends_of(*[ask(party)] * THREADS)

    assert ends == {"ok": THREADS}
    assert book.balance(AccountCode.SHOP_PAYABLE, party.public_id) > 0


# --- a line is settled once ---------------------------------------------------------------------


def test_sweepers_side_by_side_settle_each_line_once() -> None:
    pick = PickFactory()
    items = [(pick.product.skus.get(), 1)]
    for _ in range(12):
        make_order(OrderStatus.COMPLETED, items=items, pick_code=pick.pick_code)

    ends = ends_of(*[lambda: settling.settle_due(at=AT, limit=4)] * THREADS)
    while settling.settle_due(at=AT):
        pass

    assert ends == {"ok": THREADS}
    assert SettlementEntry.objects.count() == 12
    assert book.balance(AccountCode.CREATOR_PAYABLE, pick.creator.public_id) == -990 * 12
    assert violations() + alliance_violations() + ledger_violations() == []


def test_control_without_the_orders_lock_sweepers_collide(monkeypatch, caplog) -> None:
    make_order(OrderStatus.COMPLETED)
    gate = Barrier(THREADS)

    def unlocked(limit):
        found = list(Order.objects.all())
        gate.wait(10)
        return found

    monkeypatch.setattr(settling, "_lock_due", unlocked)

    ends_of(*[lambda: settling.settle_due(at=AT)] * THREADS)

    collided = [one for one in caplog.records if "settled together" in one.getMessage()]
    assert [one.exc_info[0] for one in collided] == [IntegrityError] * (THREADS - 1)
    assert SettlementEntry.objects.count() == 1  # the index is the last guard


# --- the first estimate against a refund --------------------------------------------------------


def estimate_while_refunding(monkeypatch) -> Commission:
    """Derive a commission; a refund comes after the sale was read, before it is used."""
    pick = PickFactory()
    order = make_order(
        OrderStatus.SHIPPED, items=[(pick.product.skus.get(), 1)], pick_code=pick.pick_code
    )
    line, has_read = order.lines.get(), Event()
    read = commissions.sales_of

    def read_and_linger(order_ids):
        found = read(order_ids)
        if not has_read.is_set():
            has_read.set()
            time.sleep(1)
        return found

    monkeypatch.setattr(commissions, "sales_of", read_and_linger)

    def refund() -> None:
        has_read.wait(10)
        refund_line(line_id=line.pk, amount=900, reference="case:1", at=AT)

    ends = ends_of(lambda: commissions.sync(order_ids=[order.pk], at=AT), refund)
    assert ends == {"ok": 2}
    return Commission.objects.get()


def test_a_refund_and_the_first_estimate_never_miss_each_other(monkeypatch) -> None:
    found = estimate_while_refunding(monkeypatch)

    assert (found.base_amount, found.amount) == (9_000, 900)
    assert alliance_violations() == []


def test_control_without_the_orders_lock_the_refund_is_lost(monkeypatch) -> None:
    def unlocked(order_ids):
        return list(order_ids)

    monkeypatch.setattr(commissions, "_lock_orders", unlocked)

    found = estimate_while_refunding(monkeypatch)

    assert found.base_amount == 9_900
    assert len(alliance_violations()) == 1

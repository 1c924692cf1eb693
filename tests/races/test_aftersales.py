"""Threads against threads on cases, each with the unguarded version that goes wrong.

The guards are the order's lock, the version and the compare-and-swap of the status. `unguarded`
takes them all away and lets everybody read before anybody writes: what then happens is the race.
"""

from __future__ import annotations

import time
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Barrier, Event

import pytest
from django.db.models import QuerySet

from aftersales.enums import CaseKind, CaseStatus, RecordAction
from aftersales.models import NegotiationRecord, RefundCase
from aftersales.services import (
    deadlines,
    deciding,
    holding,
    invariants,
    opening,
    shipping_anyway,
)
from aftersales.services.deciding import Decision
from aftersales.services.shipping_anyway import AnywayParcel
from catalog.enums import MovementKind
from catalog.services import stock
from kernel import states
from orders.enums import OrderStatus
from orders.models import Order, Package, Refund
from tests.factories.aftersales import (
    NO,
    OPENED_AT,
    await_return_case,
    buyer_of,
    open_case,
    request_of,
    requested_case,
)
from tests.factories.orders import make_order, make_sku
from tests.factories.sales import placed_order
from tests.factories.shops import actor_of
from tests.races.racing import ends_of, no_lock

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

AT = datetime(2025, 8, 1, tzinfo=UTC)
CLERKS = 10


@contextmanager
def unguarded(monkeypatch, meeting: Barrier):
    """Nobody waits for a lock, all read before anybody writes, and a move asks nothing."""
    check = holding.check

    def check_and_meet(*args, **kwargs):
        check(*args, **kwargs)
        meeting.wait(10)

    def plain_move(instance, *, to, field="status", at, actor=None, reason="", **changes):
        type(instance).objects.filter(pk=instance.pk).update(**{field: to}, **changes)
        for name, value in ({field: to} | changes).items():
            setattr(instance, name, value)

    with monkeypatch.context() as patch:
        patch.setattr(QuerySet, "select_for_update", no_lock)
        patch.setattr(holding, "check", check_and_meet)
        patch.setattr(states, "move", plain_move)
        yield


def clerk(case, answer="reject"):
    """Return an act: one of the shop's people decides on the version they all saw."""
    actor = actor_of(case.shop)
    common = {"case_id": case.pk, "version": 1, "at": OPENED_AT, "actor": actor}
    if answer == "approve":
        return lambda: deciding.approve(**common)
    return lambda: deciding.reject(rejection=NO, **common)


def decisions(case) -> int:
    """Return how many decisions the record tells of."""
    actions = [RecordAction.APPROVED, RecordAction.REJECTED]
    return NegotiationRecord.objects.filter(case=case, action__in=actions).count()


def test_ten_clerks_make_one_decision():
    case = requested_case(CaseKind.REFUND_SHIPPED)
    acts = [clerk(case, "approve" if n % 2 else "reject") for n in range(CLERKS)]

    ends = ends_of(*acts)

    case.refresh_from_db()
    assert ends == {"ok": 1, "stale_version": CLERKS - 1}
    assert (decisions(case), case.version) == (1, 2)
    assert Refund.objects.count() == (case.status == CaseStatus.REFUNDING)
    assert invariants.violations() == []


def test_control_without_the_guards_every_clerk_decides(monkeypatch):
    case = requested_case(CaseKind.REFUND_SHIPPED)
    acts = [clerk(case) for _ in range(CLERKS)]

    with unguarded(monkeypatch, Barrier(CLERKS)):
        ends = ends_of(*acts)

    assert ends == {"ok": CLERKS}
    assert decisions(case) == CLERKS


@pytest.mark.parametrize("turn", range(4))
def test_approval_and_withdrawal_end_in_one_of_two_ways(turn):
    case = requested_case(CaseKind.REFUND_SHIPPED)
    buyer = buyer_of(case)

    ends = ends_of(
        clerk(case, "approve"),
        lambda: opening.withdraw_case(case_id=case.pk, at=OPENED_AT, actor=buyer),
    )

    case.refresh_from_db()
    paid = Refund.objects.count()
    assert ends["ok"] == 1
    assert (case.status, paid) in {(CaseStatus.REFUNDING, 1), (CaseStatus.CLOSED, 0)}
    assert invariants.violations() == []


def test_control_without_the_guards_a_withdrawn_case_is_paid(monkeypatch):
    case = requested_case(CaseKind.REFUND_SHIPPED)
    buyer = buyer_of(case)

    with unguarded(monkeypatch, Barrier(2)):
        ends = ends_of(
            clerk(case, "approve"),
            lambda: opening.withdraw_case(case_id=case.pk, at=OPENED_AT, actor=buyer),
        )

    actions = set(NegotiationRecord.objects.filter(case=case).values_list("action", flat=True))
    assert ends == {"ok": 2}
    assert {RecordAction.WITHDRAWN, RecordAction.APPROVED} <= actions
    assert Refund.objects.count() == 1


def shipper(case):
    """Return an act: one of the shop's people says no and ships all the same."""
    return lambda: shipping_anyway.reject_and_ship(
        case_id=case.pk,
        version=1,
        rejection=NO,
        parcel=AnywayParcel("anyway", "shunfeng", "SF1300001"),
        at=OPENED_AT,
        actor=actor_of(case.shop),
    )


@pytest.mark.parametrize("turn", range(4))
def test_a_refund_approved_and_a_parcel_sent_anyway_exclude_each_other(turn):
    case = requested_case(CaseKind.REFUND_UNSHIPPED)

    ends = ends_of(clerk(case, "approve"), shipper(case))

    case.order.refresh_from_db()
    assert ends == {"ok": 1, "stale_version": 1}
    assert (case.order.status, Refund.objects.count(), Package.objects.count()) in {
        (OrderStatus.CLOSED, 1, 0),
        (OrderStatus.SHIPPED, 0, 1),
    }
    assert invariants.violations() == []


def test_control_without_the_orders_lock_the_two_hold_each_other_up(monkeypatch):
    case = requested_case(CaseKind.REFUND_UNSHIPPED)

    with unguarded(monkeypatch, Barrier(2)):  # one writes case, then order; the other order first
        ends = ends_of(clerk(case, "approve"), shipper(case))

    assert ends == {"ok": 1, "OperationalError": 1}


def approve_together(cases):
    """Return an act: one person approves several cases in one go."""
    decisions = [Decision(case.number, case.version) for case in cases]
    return lambda: deciding.decide_many(
        shop_id=cases[0].shop_id, decisions=decisions, at=OPENED_AT, actor=actor_of(cases[0].shop)
    )


def batch_against_another(monkeypatch, batch, act) -> Counter[str]:
    """Run `batch`; `act` begins when the first of its items is done and still uncommitted."""
    first_done, decide_one = Event(), deciding._decide_one

    def decide_and_linger(*args):
        result = decide_one(*args)
        if not first_done.is_set():
            first_done.set()
            time.sleep(1)
        return result

    def follow():
        first_done.wait(10)
        act()

    monkeypatch.setattr(deciding, "_decide_one", decide_and_linger)
    return ends_of(batch, follow)


def unshipped_cases(skus):
    """Return a case on an unshipped order for each of the SKUs."""
    orders = [make_order(OrderStatus.TO_SHIP, items=[(sku, 1)]) for sku in skus]
    return [open_case(order, CaseKind.REFUND_UNSHIPPED) for order in orders]


def test_a_batch_and_a_single_decision_do_not_wait_for_each_other(monkeypatch):
    sku = make_sku()
    cases = unshipped_cases([sku, sku])

    ends = batch_against_another(
        monkeypatch, approve_together(cases), clerk(cases[1], answer="approve")
    )

    assert ends == {"ok": 1, "stale_version": 1}
    assert Refund.objects.count() == 2
    assert invariants.violations() == []


def test_a_batch_and_a_checkout_of_the_same_pieces_do_not_wait_for_each_other(monkeypatch):
    early = make_sku()
    late = make_sku(early.shop)
    cases = unshipped_cases([late, early])  # the other way round than the pieces are locked

    ends = batch_against_another(
        monkeypatch, approve_together(cases), lambda: placed_order((early, 1), (late, 1))
    )

    assert ends == {"ok": 2}
    assert Refund.objects.count() == 2
    assert invariants.violations() == []


@pytest.mark.parametrize("guard", ["orders", "pieces"])
def test_control_without_locking_ahead_a_batch_deadlocks(monkeypatch, guard):
    early = make_sku()
    late = make_sku(early.shop)
    if guard == "orders":
        cases = unshipped_cases([early, early])
        act = clerk(cases[1], answer="approve")
        monkeypatch.setattr(holding, "take_orders", lambda order_ids: None)
    else:
        cases = unshipped_cases([late, early])
        monkeypatch.setattr(deciding.stock, "lock", lambda sku_ids: None)

        def act():
            stock.apply([taken_off(sku) for sku in (early, late)], OPENED_AT)

    ends = batch_against_another(monkeypatch, approve_together(cases), act)

    assert ends == {"ok": 1, "OperationalError": 1}


def taken_off(sku):
    """Return a move: one piece leaves the shelf."""
    return stock.Move(
        sku_id=sku.pk,
        shop_id=sku.shop_id,
        kind=MovementKind.OUTBOUND,
        quantity=1,
        reference="edit:race",
    )


def sweep():
    """Act as one sweeper; note what it did."""
    done.append(deadlines.act_on_overdue(at=AT))


done: list[int] = []


@pytest.fixture(autouse=True)
def _nothing_done():
    done.clear()


def test_four_sweepers_do_each_thing_once():
    cases = [requested_case(CaseKind.REFUND_SHIPPED) for _ in range(6)]

    ends_of(*[sweep] * 4)
    sweep()  # what one of them held, another left for the next round

    approvals = NegotiationRecord.objects.filter(action=RecordAction.APPROVED).count()
    assert (sum(done), approvals, Refund.objects.count()) == (len(cases),) * 3
    assert invariants.violations() == []


def test_control_without_the_guards_both_sweepers_act(monkeypatch):
    case = await_return_case()
    meeting, take = Barrier(2), holding.take

    def take_and_meet(case_id):
        held = take(case_id)
        meeting.wait(10)
        return held

    with unguarded(monkeypatch, Barrier(1)), monkeypatch.context() as patch:
        patch.setattr(holding, "take", take_and_meet)
        ends_of(sweep, sweep)

    closings = NegotiationRecord.objects.filter(case=case, action=RecordAction.CLOSED_OVERDUE)
    assert (done, closings.count()) == ([1, 1], 2)


def two_cases():
    """Return an order whose two lines each have a case."""
    sku = make_sku()
    order = make_order(OrderStatus.SHIPPED, items=[(sku, 1), (make_sku(sku.shop), 1)])
    return order, [open_case(order, position=place) for place in (1, 2)]


def withdraw(case):
    """Return an act: the buyer takes the request back."""
    actor = buyer_of(case)
    return lambda: opening.withdraw_case(case_id=case.pk, at=OPENED_AT, actor=actor)


def test_the_last_of_two_cases_lets_the_order_go_whichever_it_is():
    order, cases = two_cases()

    ends = ends_of(*[withdraw(case) for case in cases])

    order.refresh_from_db()
    assert (ends, order.is_frozen) == ({"ok": 2}, False)
    assert invariants.violations() == []


def test_control_without_the_orders_lock_each_takes_the_other_for_the_last(monkeypatch):
    order, cases = two_cases()
    meeting, follow = Barrier(2), holding.follow_hold

    def meet_and_follow(order_id, *, at):
        meeting.wait(10)
        follow(order_id, at=at)
        meeting.wait(10)

    with monkeypatch.context() as patch:
        patch.setattr(holding, "take_order", lambda order_id: Order.objects.get(pk=order_id))
        patch.setattr(holding, "follow_hold", meet_and_follow)
        ends = ends_of(*[withdraw(case) for case in cases])

    order.refresh_from_db()
    assert (ends, order.is_frozen) == ({"ok": 2}, True)


def ask(order):
    """Return an act: the buyer opens a case on the first line."""
    line, actor = order.lines.get(position=1), buyer_of(order)
    request = request_of(line, CaseKind.RETURN_AND_REFUND)
    return lambda: opening.open_case(line_id=line.pk, request=request, at=OPENED_AT, actor=actor)


def test_a_line_that_is_asked_about_five_times_has_one_case():
    order = make_order(OrderStatus.SHIPPED)

    ends = ends_of(*[ask(order) for _ in range(5)])

    assert ends == {"ok": 1, "not_eligible": 4}
    assert RefundCase.objects.count() == 1


def test_control_without_the_orders_lock_the_constraint_is_the_last_guard(monkeypatch):
    order = make_order(OrderStatus.SHIPPED)
    meeting, has_open_case = Barrier(2), opening.eligibility.has_open_case

    def look_and_meet(line):
        found = has_open_case(line)
        meeting.wait(10)
        return found

    with monkeypatch.context() as patch:
        patch.setattr(holding, "take_order", lambda order_id: Order.objects.get(pk=order_id))
        patch.setattr(opening.eligibility, "has_open_case", look_and_meet)
        ends = ends_of(ask(order), ask(order))

    assert ends == {"ok": 1, "IntegrityError": 1}
    assert RefundCase.objects.count() == 1

"""Money into a deposit and out of it (SH-07, SH-08)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum

from aftersales.enums import OPEN_CASES
from aftersales.models import RefundCase
from governance.enums import EntryKind
from governance.errors import (
    CasesOpen,
    DepositTooLow,
    NothingToAdvance,
    NothingToWithdraw,
    ShopNotClosed,
    WithdrawnThisWeek,
)
from governance.models import Deposit, DepositEntry
from governance.policies import exceeds
from governance.services import assessing, entries
from governance.services.entries import FREE, FROZEN, Movement
from kernel.actors import Actor
from kernel.errors import InvalidInput
from kernel.money import MAX_AMOUNT
from ledger.services import transfers
from orders.enums import OrderStatus
from orders.models import LineRefund, Order
from settlements.services import balances
from shops.enums import ShopStatus
from shops.models import Shop

#: SH-07: surplus goes back once a week.
WITHDRAWN_EVERY = timedelta(days=7)


@transaction.atomic
def top_up(*, shop_id: int, amount: int, at: datetime, actor: Actor) -> DepositEntry:
    """Move `amount` of the shop's balance into its deposit.

    Raises BalanceTooLow of settlements, DepositPaidBack; nothing is written then.
    """
    deposit = entries.locked(shop_id, at)
    number = entries.next_number(at)
    balances.spend(
        party=entries.party_of(deposit),
        amount=amount,
        into=FREE,
        reference=entries.reference_of(number),
        kind=balances.DEPOSIT,
        at=at,
        note={"deposit_entry": number},
    )
    paid_in = Movement(EntryKind.TOP_UP, amount, reference="balance")
    return entries.write(deposit, paid_in, number=number, at=at, actor=actor)


@transaction.atomic
def withdraw(*, shop_id: int, amount: int, at: datetime, actor: Actor) -> DepositEntry:
    """Move surplus back into the shop's balance, once in seven days (SH-07).

    Raises NothingToWithdraw for more than is neither due, announced nor set aside,
    WithdrawnThisWeek, DepositPaidBack.
    """
    deposit = entries.locked(shop_id, at)
    if not 1 <= amount <= deposit.refundable_amount:
        raise NothingToWithdraw(extra={"available": deposit.refundable_amount})
    last = deposit.withdrawn_at
    if last is not None and at < last + WITHDRAWN_EVERY:
        possible_from = (last + WITHDRAWN_EVERY).isoformat()
        raise WithdrawnThisWeek(extra={"possible_from": possible_from})
    Deposit.objects.filter(pk=deposit.pk, shop_id=shop_id).update(withdrawn_at=at)
    deposit.withdrawn_at = at
    return _give_back(deposit, Movement(EntryKind.WITHDRAW, -amount), at, actor)


@transaction.atomic
def refund(*, shop: Shop, at: datetime, actor: Actor) -> DepositEntry | None:
    """Move the whole deposit of a closed shop back into its balance; nothing is due any more.

    None when it was empty. Raises ShopNotClosed, CasesOpen while orders or cases are not finished
    or something is set aside, DepositTooLow while the platform has advanced more than there was.
    """
    deposit = entries.locked(shop.pk, at)
    status = Shop.objects.values_list("status", flat=True).get(pk=shop.pk)
    if status != ShopStatus.CLOSED:
        raise ShopNotClosed
    if deposit.frozen_amount or _is_unfinished(shop.pk):
        raise CasesOpen
    if deposit.balance_amount < 0:
        raise DepositTooLow(extra={"available": deposit.balance_amount})
    assessing.call_off(deposit, at=at)
    entry = None
    if deposit.balance_amount:
        whole = Movement(EntryKind.REFUND, -deposit.balance_amount)
        entry = _give_back(deposit, whole, at, actor)
    entries.settle(deposit, at=at, actor=actor, is_paid_back=True)
    return entry


@transaction.atomic
def freeze(*, shop_id: int, amount: int, reason: str, at: datetime, actor: Actor) -> DepositEntry:
    """Set `amount` aside: it stays in the deposit and is not paid back. Raises DepositTooLow."""
    deposit = entries.locked(shop_id, at)
    return set_aside(deposit, amount, reference="", reason=reason, at=at, actor=actor)


@transaction.atomic
def unfreeze(*, shop_id: int, amount: int, reason: str, at: datetime, actor: Actor) -> DepositEntry:
    """Set `amount` free again. Raises DepositTooLow for more than is set aside.

    What waits for a second operator to be deducted stays set aside.
    """
    deposit = entries.locked(shop_id, at)
    waiting = deposit.deductions.filter(status="pending").aggregate(total=Sum("amount"))["total"]
    if not 1 <= amount <= deposit.frozen_amount - (waiting or 0):
        available = deposit.frozen_amount - (waiting or 0)
        raise DepositTooLow(extra={"available": available})
    return set_free(deposit, amount, reference="", reason=reason, at=at, actor=actor)


@transaction.atomic
def advance(
    *, case: RefundCase, amount: int, reason: str, at: datetime, actor: Actor
) -> DepositEntry:
    """Pay with the deposit what the shop owes for a case whose money went back to the buyer (垫付).

    The shop's debt becomes smaller by `amount`, which leaves the deposit; what is not there is the
    platform's own money, and the deposit falls below zero. Beyond the lower of base balance and
    amount due the experience deposit arises (SH-07).

    Raises NothingToAdvance unless the shop is in debt and the case gave back that much.
    """
    deposit = entries.locked(case.shop_id, at)
    party = entries.party_of(deposit)
    debt = transfers.lock_balance(code=party.account_code, owner=party.public_id)
    left = _given_back(case) - _advanced(case)
    if not 1 <= amount <= min(debt, left):
        raise NothingToAdvance(extra={"available": max(min(debt, left), 0)})
    is_beyond = exceeds(
        amount=amount,
        balance=deposit.balance_amount - deposit.frozen_amount,
        base=deposit.base_amount,
    )
    movement = Movement(EntryKind.ADVANCE, -amount, reference=case.number, reason=reason)
    entry = _give_back(deposit, movement, at, actor)
    if is_beyond:
        assessing.raise_experience(deposit, advanced=amount, at=at)
    return entry


def set_aside(
    deposit: Deposit, amount: int, *, reference: str, reason: str, at: datetime, actor: Actor
) -> DepositEntry:
    """Set `amount` of the locked deposit aside. Raises DepositTooLow."""
    free = deposit.balance_amount - deposit.frozen_amount
    if not 1 <= amount <= free:
        raise DepositTooLow(extra={"available": max(free, 0)})
    number, owner = entries.next_number(at), deposit.shop.public_id
    entries.book(deposit, number, ((FREE, owner, amount), (FROZEN, owner, -amount)), at)
    movement = Movement(EntryKind.FREEZE, 0, amount, reference=reference, reason=reason)
    return entries.write(deposit, movement, number=number, at=at, actor=actor)


def set_free(
    deposit: Deposit, amount: int, *, reference: str, reason: str, at: datetime, actor: Actor
) -> DepositEntry:
    """Set `amount` of what the locked deposit has set aside free."""
    number, owner = entries.next_number(at), deposit.shop.public_id
    entries.book(deposit, number, ((FROZEN, owner, amount), (FREE, owner, -amount)), at)
    movement = Movement(EntryKind.UNFREEZE, 0, -amount, reference=reference, reason=reason)
    return entries.write(deposit, movement, number=number, at=at, actor=actor)


def refuse_amount(amount: int) -> None:
    """Raise InvalidInput for what is no amount that somebody pays."""
    if not 1 <= amount <= MAX_AMOUNT:
        raise InvalidInput


def _give_back(deposit: Deposit, movement: Movement, at: datetime, actor: Actor) -> DepositEntry:
    """Move money out of the locked deposit into the shop's balance."""
    number = entries.next_number(at)
    balances.receive(
        party=entries.party_of(deposit),
        amount=-movement.amount,
        out_of=FREE,
        reference=entries.reference_of(number),
        kind=balances.DEPOSIT,
        at=at,
        note={"deposit_entry": number},
    )
    return entries.write(deposit, movement, number=number, at=at, actor=actor)


def _given_back(case: RefundCase) -> int:
    """Return what was booked back to the buyer for the case, in minor units."""
    if not case.refund_number:
        return 0
    rows = LineRefund.objects.filter(shop_id=case.shop_id, refund__number=case.refund_number)
    return rows.aggregate(total=Sum("amount"))["total"] or 0


def _advanced(case: RefundCase) -> int:
    rows = DepositEntry.objects.filter(
        shop_id=case.shop_id, kind=EntryKind.ADVANCE, reference=case.number
    )
    return -(rows.aggregate(total=Sum("amount"))["total"] or 0)


def _is_unfinished(shop_id: int) -> bool:
    """Tell whether money of the shop's orders may still have to go back."""
    orders = Order.objects.filter(shop_id=shop_id, settled_at__isnull=True)
    if orders.exclude(status__in=[OrderStatus.CLOSED, OrderStatus.UNPAID]).exists():
        return True
    return RefundCase.objects.filter(shop_id=shop_id, status__in=OPEN_CASES).exists()

"""A finished line's money goes to its parties, and comes back after a refund (AL-43, AL-44).

A line is worth what the buyer paid less what was refunded. `settle_due` books that worth once;
`take_back` books the difference to the new worth after each refund. So the entries of a line always
sum to what it is worth now, and after a full refund everybody is at zero.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Now

from affiliates.services import commissions
from affiliates.services.commissions import Earning
from aftersales.enums import OPEN_CASES
from aftersales.models import RefundCase
from kernel.events import publish
from ledger.models import AccountCode
from ledger.services import transfers
from ledger.services.transfers import Posting
from orders.enums import OrderStatus
from orders.models import Order, OrderLine
from orders.services.settled import mark_settled
from settlements.enums import EntryKind, PartyKind
from settlements.events import LineSettled
from settlements.models import SettlementEntry, StatementLine
from settlements.policies import Waterfall, subsidy_left, waterfall
from settlements.services import collecting, rates
from settlements.services.rates import Fee

logger = logging.getLogger(__name__)

#: Orders that one run takes.
BATCH = 200
_AMOUNTS = (
    "paid_amount",
    "subsidy_amount",
    "shop_amount",
    "creator_amount",
    "agency_amount",
    "platform_fee_amount",
)


@transaction.atomic
def settle_due(*, at: datetime, limit: int = BATCH) -> int:
    """Settle lines whose after-sales window is over; return how many orders were done.

    Takes up to `limit` completed orders past `aftersales_until_at` by the database's clock that no
    case holds, skipping those that somebody has locked; a line with an open case waits. Each line
    is settled once, in one transfer, with its commission. What stayed of an order that was closed
    before shipping is the shop's. An order of which nothing waits any more is marked, so the search
    is as long as what is due, however many orders there were.

    A set that fails is settled order by order, so one that needs a person keeps nobody waiting.
    """
    orders = _lock_due(limit)
    try:
        _settle(orders, at)
    except Exception:
        logger.exception("%d orders could not be settled together", len(orders))
        return sum(_settle_alone(order, at) for order in orders)
    return len(orders)


def _settle_alone(order: Order, at: datetime) -> bool:
    try:
        _settle([order], at)
    except Exception:
        logger.exception("order %s could not be settled; it is tried again", order.number)
        return False
    return True


@transaction.atomic
def _settle(orders: Sequence[Order], at: datetime) -> None:
    """Settle what is due of locked orders: all of it or nothing."""
    lines = list(_due_lines().filter(order__in=orders).order_by("pk"))
    if lines:
        earned = commissions.settle(line_ids=[line.pk for line in lines], at=at)
        entries = [
            _settle_entry(line, earned.get(line.pk), fee, at)
            for line, fee in zip(lines, rates.fees_of(lines), strict=True)
        ]
        collecting.name_shops(entries, lines)
        _book(entries, earned, lines)
    waiting = _unsettled_lines().filter(order__in=orders).values_list("order_id", flat=True)
    done = {order.pk for order in orders}.difference(waiting)
    mark_settled(order_ids=done, at=at)


@transaction.atomic
def take_back(*, line_id: int, refund_number: str, at: datetime) -> SettlementEntry | None:
    """Take back what a refund costs each party of a settled line, in the refund's transaction.

    Returns the reversing entry; None when the line is not settled, or the refund is booked already.
    Balances may become negative: the debt is worked off by the next settlements (AL-43).
    """
    entries = SettlementEntry.objects.filter(line_id=line_id)
    settled = entries.filter(kind=EntryKind.SETTLE).first()
    if settled is None:
        return None
    # Idempotent, so it does not matter which room heard of the refund first.
    commissions.apply_refunds(line_ids=[line_id], at=at)
    line = OrderLine.objects.select_related("order__shop").get(pk=line_id)
    earned = commissions.earnings_of([line_id])
    was = Waterfall(**entries.aggregate(**{name: Sum(name) for name in _AMOUNTS}))
    fee = Fee.of(settled)
    change = worth_of(line, _earned(earned.get(line_id)), fee.rate_bp) - was
    if not change:
        return None
    reference = f"reverse:{refund_number}:{_name(line)}"
    entry = _entry(line, EntryKind.REVERSE, reference, change, fee, at)
    entry.creator_id, entry.agency_id = settled.creator_id, settled.agency_id
    entry.collected_by_id = settled.collected_by_id
    _book([entry], earned, [line])
    return entry


def _lock_due(limit: int) -> list[Order]:
    """Lock and return orders past their window that are not marked as settled, oldest first.

    Two queries, for each kind has an index of its own, which holds nothing but what is due.
    """
    window_over = Q(status=OrderStatus.COMPLETED, aftersales_until_at__lte=Now())
    # Closed before shipping with a part of the money kept: no case can follow any more.
    kept = Q(status=OrderStatus.CLOSED, paid_at__isnull=False, closed_at__lte=Now())
    due = _due_lines().filter(order=OuterRef("pk"))
    held = RefundCase.objects.filter(order=OuterRef("pk"), status__in=list(OPEN_CASES))
    orders: list[Order] = []
    for kind, since in ((window_over, "aftersales_until_at"), (kept, "closed_at")):
        orders += (
            Order.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
            .filter(kind, Exists(due) | ~Exists(held), is_frozen=False, settled_at__isnull=True)
            .order_by(since, "pk")[: limit - len(orders)]
        )
    return sorted(orders, key=lambda order: order.pk)


def _unsettled_lines() -> QuerySet[OrderLine]:
    """Return lines that are not settled and will be; of closed orders those with money."""
    settled = SettlementEntry.objects.filter(line=OuterRef("pk"), kind=EntryKind.SETTLE)
    return OrderLine.objects.filter(
        ~Exists(settled),
        Q(order__status=OrderStatus.COMPLETED) | Q(pay_amount__gt=F("refunded_amount")),
    )


def _due_lines() -> QuerySet[OrderLine]:
    """Return unsettled lines without an open case."""
    cases = RefundCase.objects.filter(line=OuterRef("pk"), status__in=list(OPEN_CASES))
    lines = _unsettled_lines().filter(~Exists(cases))
    return lines.select_related("order__shop", "product__category")


def worth_of(
    line: OrderLine,
    earned: tuple[int, int],
    fee_rate_bp: int,
    *,
    refunded_amount: int | None = None,
) -> Waterfall:
    """Return the split of what the line is worth, or would be once `refunded_amount` is back.

    `earned` is the creator's and the agency's commission.
    """
    refunded = line.refunded_amount if refunded_amount is None else refunded_amount
    left = line.pay_amount - refunded
    return waterfall(
        paid_amount=left,
        subsidy_amount=subsidy_left(
            subsidy_amount=line.promotion_platform_amount + line.promotion_talent_amount,
            paid_amount=line.pay_amount,
            left_amount=left,
            kept=(line.quantity - line.refunded_quantity, line.quantity),
        ),
        creator_amount=earned[0],
        agency_amount=earned[1],
        fee_rate_bp=fee_rate_bp,
    )


def _earned(earning: Earning | None) -> tuple[int, int]:
    return (earning.creator_amount, earning.agency_amount) if earning else (0, 0)


def _name(line: OrderLine) -> str:
    return f"{line.order.number}-{line.position}"


def _settle_entry(
    line: OrderLine, earning: Earning | None, fee: Fee, at: datetime
) -> SettlementEntry:
    worth = worth_of(line, _earned(earning), fee.rate_bp)
    entry = _entry(line, EntryKind.SETTLE, f"settle:{_name(line)}", worth, fee, at)
    if earning:
        entry.creator_id, entry.agency_id = earning.creator_id, earning.agency_id
    return entry


def _entry(
    line: OrderLine,
    kind: EntryKind,
    reference: str,
    amounts: Waterfall,
    fee: Fee,
    at: datetime,
) -> SettlementEntry:
    return SettlementEntry(
        line=line,
        order_number=line.order.number,
        shop_id=line.shop_id,
        kind=kind,
        reference=reference,
        currency=line.currency,
        at=at,
        **fee.columns,
        **{name: getattr(amounts, name) for name in _AMOUNTS},
    )


def _book(
    entries: Sequence[SettlementEntry],
    earned: dict[int, Earning],
    lines: Collection[OrderLine],
) -> None:
    """Write the entries, their transfers, what they mean to each party, and tell of them."""
    shops = {line.pk: line.order.shop.public_id for line in lines}
    SettlementEntry.objects.bulk_create(entries)
    passed_on = collecting.of(entries, earned)
    transfers.post(
        [
            _posting(entry, shops[entry.line_id], earned.get(entry.line_id))
            for entry in entries
            if entry.paid_amount or entry.subsidy_amount
        ]
        + [one.posting for one in passed_on]
    )
    StatementLine.objects.bulk_create(
        [line for entry in entries for line in _statement_lines(entry)]
        + [line for one in passed_on for line in one.statement_lines]
    )
    told = [entry for entry in entries if entry.kind == EntryKind.SETTLE]
    if told:
        publish(
            *(
                LineSettled(line_id=one.line_id, shop_id=one.shop_id, entry_id=one.pk)
                for one in told
            )
        )


def _posting(entry: SettlementEntry, shop: str, earning: Earning | None) -> Posting:
    legs = (
        (AccountCode.ESCROW, shop, entry.paid_amount),
        (AccountCode.SUBSIDY_EXPENSE, "", entry.subsidy_amount),
        (AccountCode.SHOP_PAYABLE, shop, -entry.shop_amount),
        (
            AccountCode.CREATOR_PAYABLE,
            earning.creator_public_id if earning else "",
            -entry.creator_amount,
        ),
        (
            AccountCode.AGENCY_PAYABLE,
            earning.agency_public_id if earning else "",
            -entry.agency_amount,
        ),
        (AccountCode.PLATFORM_FEE, "", -entry.platform_fee_amount),
    )
    return Posting(
        reference=entry.reference,
        kind=entry.kind,
        currency=entry.currency,
        legs=tuple(leg for leg in legs if leg[2]),
        at=entry.at,
        note={"order": entry.order_number},
    )


def _statement_lines(entry: SettlementEntry) -> list[StatementLine]:
    shares = (
        (PartyKind.SHOP, entry.shop_id, entry.shop_amount),
        (PartyKind.CREATOR, entry.creator_id, entry.creator_amount),
        (PartyKind.AGENCY, entry.agency_id, entry.agency_amount),
    )
    return [
        StatementLine(
            party=party,
            entry=entry,
            reference=entry.reference,
            order_number=entry.order_number,
            currency=entry.currency,
            amount=amount,
            at=entry.at,
            **{f"{party}_id": pk},
        )
        for party, pk, amount in shares
        if amount
    ]

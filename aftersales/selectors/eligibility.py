"""What a buyer may ask for on a line (AF-09): drives the pages and guards the service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum

from aftersales.enums import (
    OPEN_CASES,
    REASONS_OF_KIND,
    SHOP_FAULT,
    CaseKind,
    ReasonCode,
    Refusal,
)
from aftersales.errors import (
    KindNotAllowed,
    NotEligible,
    NothingToRefund,
    QuantityExceeded,
    ReasonNotFitting,
)
from aftersales.models import RefundCase
from aftersales.selectors.calculator import Calculation, LineFacts, calculate
from orders.enums import OrderStatus
from orders.models import LineRefund, Order, OrderLine


@dataclass(frozen=True)
class KindOption:
    """One kind of case that is possible, with its limits."""

    kind: CaseKind
    max_quantity: int
    #: With the reason that gives most; `calculate` has the exact figure.
    max_amount: int
    currency: str
    reasons: tuple[ReasonCode, ...]


@dataclass(frozen=True)
class Eligibility:
    """Either kinds that are possible, or the reason why none is."""

    refusal: Refusal | None
    kinds: tuple[KindOption, ...] = ()

    def option(self, kind: str) -> KindOption | None:
        """Return the option of `kind`, or None when it is not possible."""
        return next((option for option in self.kinds if option.kind == kind), None)


def line_facts(lines: Iterable[OrderLine]) -> Mapping[int, LineFacts]:
    """Return line pk → facts; one query for any number of lines."""
    rows = list(lines)
    given_back = LineRefund.objects.filter(line__in=[line.pk for line in rows])
    freight = dict(given_back.values_list("line").annotate(total=Sum("freight_amount")))
    return {
        line.pk: LineFacts(
            currency=line.currency,
            quantity=line.quantity,
            goods_amount=line.pay_amount - line.freight_amount,
            freight_amount=line.freight_amount,
            shipped_quantity=line.shipped_quantity,
            refunded_quantity=line.refunded_quantity,
            cancelled_quantity=line.cancelled_quantity,
            refunded_goods_amount=line.refunded_amount - freight.get(line.pk, 0),
            refunded_freight_amount=freight.get(line.pk, 0),
        )
        for line in rows
    }


def facts_of(line: OrderLine) -> LineFacts:
    """Return the facts of one line."""
    return line_facts([line])[line.pk]


def eligibility(line: OrderLine, at: datetime) -> Eligibility:
    """Return what may be asked for on `line` at `at`, or why nothing may."""
    return judge(facts_of(line), line.order, has_open_case=has_open_case(line), at=at)


def has_open_case(line: OrderLine) -> bool:
    """Tell whether somebody still has to act on a case of `line`."""
    return RefundCase.objects.filter(line=line, status__in=OPEN_CASES).exists()


def judge(
    facts: LineFacts, order: Order, *, has_open_case: bool, at: datetime, is_edit: bool = False
) -> Eligibility:
    """Decide from facts alone. An edit belongs to a case opened in time, so it knows no window."""
    refusal = _refusal(facts, order, at=at, is_edit=is_edit)
    if refusal is None and has_open_case:
        refusal = Refusal.OPEN_CASE
    if refusal is not None:
        return Eligibility(refusal=refusal)
    kinds = tuple(_option(facts, kind) for kind in CaseKind if _is_possible(facts, order, kind))
    return Eligibility(refusal=None if kinds else Refusal.NOTHING_LEFT, kinds=kinds)


def worth(
    line: OrderLine,
    order: Order,
    *,
    kind: str,
    quantity: int,
    reason: str,
    at: datetime,
    has_open_case: bool = False,
    is_edit: bool = False,
) -> Calculation:
    """Return what such a request may cost at `at`, or refuse it as `open_case` would.

    Raises NotEligible, KindNotAllowed, ReasonNotFitting, QuantityExceeded, NothingToRefund.
    """
    facts = facts_of(line)
    verdict = judge(facts, order, has_open_case=has_open_case, at=at, is_edit=is_edit)
    if verdict.refusal is not None:
        raise NotEligible(verdict.refusal.label, extra={"reason": str(verdict.refusal)})
    option = verdict.option(kind)
    if option is None:
        raise KindNotAllowed(extra={"kinds": [str(one.kind) for one in verdict.kinds]})
    if reason not in option.reasons:
        raise ReasonNotFitting(extra={"reasons": [str(one) for one in option.reasons]})
    if not 1 <= quantity <= option.max_quantity:
        raise QuantityExceeded(extra={"max_quantity": option.max_quantity})
    result = calculate(facts, kind=kind, quantity=quantity, reason=reason)
    if result.goods_amount < 1:
        raise NothingToRefund
    return result


def calculation(line: OrderLine, *, kind: str, quantity: int, reason: str) -> Calculation:
    """Return what the request would be worth on `line` as it stands (AF-10)."""
    return calculate(facts_of(line), kind=kind, quantity=quantity, reason=reason)


def _refusal(facts: LineFacts, order: Order, *, at: datetime, is_edit: bool) -> Refusal | None:
    if order.status == OrderStatus.UNPAID:
        return Refusal.UNPAID
    if order.status == OrderStatus.CLOSED:
        return Refusal.CLOSED
    until = order.aftersales_until_at
    if order.status == OrderStatus.COMPLETED and not is_edit and (until is None or until <= at):
        return Refusal.WINDOW_OVER
    if facts.pieces_left < 1 or facts.goods_left_amount < 1:
        return Refusal.NOTHING_LEFT
    return None


def _is_possible(facts: LineFacts, order: Order, kind: CaseKind) -> bool:
    if facts.most_pieces(kind) < 1:
        return False
    if kind == CaseKind.REFUND_UNSHIPPED:
        return order.status in (OrderStatus.PAID, OrderStatus.TO_SHIP, OrderStatus.PARTLY_SHIPPED)
    return True


def _option(facts: LineFacts, kind: CaseKind) -> KindOption:
    pieces = facts.most_pieces(kind)
    reasons = REASONS_OF_KIND[kind]
    most = next(reason for reason in reasons if reason in SHOP_FAULT)
    return KindOption(
        kind=kind,
        max_quantity=pieces,
        max_amount=calculate(facts, kind=kind, quantity=pieces, reason=most).amount,
        currency=facts.currency,
        reasons=reasons,
    )

"""What the score measures, as queries: the numbers, the lists and the API all ask these.

Everything is asked as of the window's end, by facts that never change afterwards: when an order was
paid, promised, shipped and closed, when a refund was booked, when somebody wrote into a case. So
the score of a past day can be worked out again, row by row, and is the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import (
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)

from aftersales.enums import CaseKind, ReasonCode, RecordAction
from aftersales.models import NegotiationRecord, RefundCase
from insights.enums import RowPart, ScoreMetric
from insights.models import PaidOrder, ScoreExemption, ShopScore, WeighedCase
from insights.policies import OF_CASES, WINDOW_DAYS
from insights.selectors.morning import day_starts
from orders.models import LineRefund

#: The goods were not what was sold.
QUALITY = (
    ReasonCode.QUALITY,
    ReasonCode.NOT_AS_DESCRIBED,
    ReasonCode.DAMAGED,
    ReasonCode.WRONG_ITEM,
)
#: The first of these in a case is its answer, whoever gave it.
ANSWERS = (
    RecordAction.APPROVED,
    RecordAction.REJECTED,
    RecordAction.FOR_BUYER,
    RecordAction.FOR_SELLER,
)
KINDS_OF: dict[str, tuple[str, ...]] = {
    ScoreMetric.REFUND_HOURS: (CaseKind.REFUND_SHIPPED, CaseKind.REFUND_UNSHIPPED),
    ScoreMetric.RETURN_HOURS: (CaseKind.RETURN_AND_REFUND,),
}
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Window:
    """Which orders count, and what is known of them."""

    shop_id: int
    #: The day of the score: its first moment ends the window.
    day: date
    #: Exemptions in force at this moment count.
    exempt_at: datetime

    @property
    def begins(self) -> datetime:
        """The first moment that counts."""
        return day_starts(self.day - timedelta(days=WINDOW_DAYS))

    @property
    def ends(self) -> datetime:
        """What happened from here on does not count."""
        return day_starts(self.day)


def window_of(score: ShopScore) -> Window:
    """Return the window that a score was worked out of."""
    return Window(score.shop_id, score.day, score.computed_at)


def orders_of(window: Window) -> QuerySet[PaidOrder]:
    """Return the orders that count: paid in the window, not exempt."""
    exempt = _exemptions(window).filter(order=OuterRef("pk"), case__isnull=True)
    paid = PaidOrder.objects.filter(
        shop_id=window.shop_id, paid_at__gte=window.begins, paid_at__lt=window.ends
    )
    return paid.filter(~Exists(exempt))


def cases_of(window: Window) -> QuerySet[WeighedCase]:
    """Return the cases that count, with `answered_at`: of orders that count, not exempt."""
    exempt = _exemptions(window).filter(case=OuterRef("pk"))
    counted = WeighedCase.objects.filter(
        ~Exists(exempt),
        shop_id=window.shop_id,
        order__in=orders_of(window).values("pk"),
        created_at__lt=window.ends,
    )
    return with_answer(counted)


def with_answer(cases: QuerySet[WeighedCase]) -> QuerySet[WeighedCase]:
    """Return the cases with `answered_at`, the moment of their first answer, or None."""
    return cases.annotate(answered_at=Subquery(_first(ANSWERS)))


def minutes_of(case: Any) -> int:
    """Return the whole minutes from the request to the first answer of an annotated case."""
    minutes: int = (case.answered_at - case.created_at) // MINUTE
    return minutes


def rows_of(window: Window, metric: str, part: str) -> QuerySet[PaidOrder] | QuerySet[WeighedCase]:
    """Return the orders, or the cases, that a measure counts (`part` a `RowPart`).

    The numerator of a duration are the minutes of its cases, so both parts are the same rows.
    """
    is_all = part == RowPart.DENOMINATOR
    if metric in OF_CASES:
        return _answered(window, KINDS_OF[metric])
    if metric == ScoreMetric.SHIPPED_ON_TIME:
        return _promised(window) if is_all else _kept(window)
    if is_all:
        return orders_of(window)
    return _returned(window) if metric == ScoreMetric.QUALITY_RETURN else _helped(window)


def counted(window: Window, metric: str) -> tuple[int, int]:
    """Return numerator and denominator; the numerator of a duration is its whole minutes."""
    rows: QuerySet[Any] = rows_of(window, metric, RowPart.DENOMINATOR)
    if metric in OF_CASES:
        spans = rows.values_list("took", flat=True)
        minutes = [span // MINUTE for span in spans]
        return sum(minutes), len(minutes)
    return rows_of(window, metric, RowPart.NUMERATOR).count(), rows.count()


def _promised(window: Window) -> QuerySet[PaidOrder]:
    """Orders that were shipped, or had to be; not those closed before they had to be."""
    is_shipped = Q(shipped_at__lt=window.ends)
    is_dropped = Q(closed_at__lt=window.ends, closed_at__lte=F("ship_by_at"))
    had_to_be = Q(ship_by_at__lt=window.ends) & ~(Q(closed_at__isnull=False) & is_dropped)
    return orders_of(window).filter(is_shipped | had_to_be)


def _kept(window: Window) -> QuerySet[PaidOrder]:
    return _promised(window).filter(shipped_at__lt=window.ends, shipped_at__lte=F("ship_by_at"))


def _returned(window: Window) -> QuerySet[PaidOrder]:
    """Orders of which money went back because of the goods."""
    booked = LineRefund.objects.filter(
        refund__number=OuterRef("refund_number"), shop_id=window.shop_id, at__lt=window.ends
    )
    granted = _plain_cases(window).filter(~Q(refund_number=""), Exists(booked), reason__in=QUALITY)
    return orders_of(window).filter(Exists(granted))


def _helped(window: Window) -> QuerySet[PaidOrder]:
    """Orders for which the platform was called; not where it found the shop to be right."""
    said = NegotiationRecord.objects.filter(
        case=OuterRef("pk"), shop_id=window.shop_id, at__lt=window.ends
    )
    called = _plain_cases(window).filter(
        Exists(said.filter(action=RecordAction.ESCALATED)),
        ~Exists(said.filter(action=RecordAction.FOR_SELLER)),
    )
    return orders_of(window).filter(Exists(called))


def _plain_cases(window: Window) -> QuerySet[RefundCase]:
    """Cases of the outer query's order that count."""
    exempt = _exemptions(window).filter(case=OuterRef("pk"))
    return RefundCase.objects.filter(
        ~Exists(exempt),
        order=OuterRef("pk"),
        shop_id=window.shop_id,
        created_at__lt=window.ends,
    )


def _answered(window: Window, kinds: tuple[str, ...]) -> QuerySet[WeighedCase]:
    took = ExpressionWrapper(F("answered_at") - F("created_at"), output_field=DurationField())
    cases: QuerySet[Any] = cases_of(window)
    return cases.filter(kind__in=kinds, answered_at__lt=window.ends).annotate(took=took)


def _first(actions: tuple[RecordAction, ...]) -> QuerySet[Any, Any]:
    """When one of these was first written into the outer query's case."""
    written = NegotiationRecord.objects.filter(
        case=OuterRef("pk"), shop=OuterRef("shop"), action__in=actions
    )
    return written.order_by().values("case").annotate(first=Min("at")).values("first")


def _exemptions(window: Window) -> QuerySet[ScoreExemption]:
    in_force = Q(lifted_at__isnull=True) | Q(lifted_at__gt=window.exempt_at)
    return ScoreExemption.objects.filter(
        in_force, shop_id=window.shop_id, created_at__lte=window.exempt_at
    )

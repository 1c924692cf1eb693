"""The experience score in the merchant console: the arithmetic, and its rows one click away."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from insights.admin.measured import FILTERS, rows_url
from insights.admin.rows import RowsPage
from insights.enums import RowPart, ScoreMetric, ScorePart
from insights.models import ShopScore, ShopScoreMetric, WeighedCase
from insights.policies import DURATIONS, LEAST_ORDERS, MORE_IS_BETTER, OF_CASES, PART_OF, WEIGHTS
from insights.selectors import measures
from kernel.actors import Actor
from kernel.admin.base import ConsoleModelAdmin


def tenths(value: int | None) -> str:
    """Return tenths as people read them: 517 is ``51.7``, none a dash."""
    return "–" if value is None else f"{value // 10}.{value % 10}"


def shown_value(metric: str, value: int | None) -> str:
    """Return a measure's value in its unit: ``3.23 %`` or ``6.0 h``."""
    if value is None:
        return "–"
    if metric in DURATIONS:
        return f"{tenths(value)} h"
    return f"{value // 100}.{value % 100:02} %"


class ShopScorePage(ConsoleModelAdmin):
    """The shop's scores by day, and one with everything that it was made of (SH-13)."""

    permission = "shops.view"
    list_display: ClassVar[Any] = (
        "day",
        "shown_score",
        "shown_product",
        "shown_logistics",
        "shown_service",
        "orders",
    )
    fields: ClassVar[Any] = (
        ("day", "shown_score"),
        ("orders", "category"),
        "computed_at",
    )
    extra_template = "insights/score.html"
    ordering: Any = ("-day",)
    sortable_by: Any = ("day",)
    empty_hint = _("The score is worked out each night from the orders of thirty days.")

    @display(description=_("Score"))
    def shown_score(self, score: ShopScore) -> str:
        """Return the score, or a dash where there are too few orders."""
        return tenths(score.score_tenths)

    @display(description=_("Products"))
    def shown_product(self, score: ShopScore) -> str:
        """Return the part for products."""
        return tenths(score.product_tenths)

    @display(description=_("Logistics"))
    def shown_logistics(self, score: ShopScore) -> str:
        """Return the part for logistics."""
        return tenths(score.logistics_tenths)

    @display(description=_("Service"))
    def shown_service(self, score: ShopScore) -> str:
        """Return the part for service."""
        return tenths(score.service_tenths)

    def page_context(self, request: HttpRequest, target: ShopScore) -> dict[str, Any]:
        return {
            "breakdown": breakdown(target, self.actor(request)),
            "least": LEAST_ORDERS,
            "score_text": tenths(target.score_tenths),
        }


def breakdown(score: ShopScore, actor: Actor) -> list[dict[str, Any]]:
    """Return the parts of a score with their measures, in words; two queries."""
    found = list(score.metrics.all())
    window = measures.window_of(score)
    parts = []
    for part in ScorePart:
        points = getattr(score, f"{part.value}_tenths")
        of_part = [one for one in found if PART_OF[one.metric] == part]
        known = [one for one in of_part if one.points_tenths is not None]
        parts.append(
            {
                "title": part.label,
                "weight": WEIGHTS[part],
                "points": tenths(points),
                "width": min(points or 0, 1_000) // 10,
                "is_known": points is not None,
                "measures": [_measure(one, score, actor) for one in of_part],
                "sum": " + ".join(f"{one.weight} × {tenths(one.points_tenths)}" for one in known),
                "by": sum(one.weight for one in known),
                "window": window,
            }
        )
    return parts


def _measure(one: ShopScoreMetric, score: ShopScore, actor: Actor) -> dict[str, Any]:
    is_cases = one.metric in OF_CASES
    may = actor.may("aftersales.view" if is_cases else "orders.view")
    return {
        "title": ScoreMetric(one.metric).label,
        "value": shown_value(one.metric, one.value),
        "target": shown_value(one.metric, one.target),
        "is_more": one.metric in MORE_IS_BETTER,
        "points": tenths(one.points_tenths),
        "weight": one.weight,
        "is_duration": one.metric in DURATIONS,
        "numerator": one.numerator,
        "denominator": one.denominator,
        "numerator_url": rows_url(score, one.metric, RowPart.NUMERATOR) if may else "",
        "denominator_url": rows_url(score, one.metric, RowPart.DENOMINATOR) if may else "",
        "is_missed": one.value is not None and not _is_reached(one),
        "bands": [(shown_value(one.metric, limit), tenths(points)) for limit, points in one.bands],
    }


def _is_reached(one: ShopScoreMetric) -> bool:
    value = one.value or 0
    return value >= one.target if one.metric in MORE_IS_BETTER else value <= one.target


class WeighedCasePage(RowsPage):
    """The cases behind the hours of a score."""

    title_of_all = _("Cases that count")
    permission = "aftersales.view"
    list_display: ClassVar[Any] = (
        "case_number",
        "number_link",
        "shown_kind",
        "created_at",
        "answered",
        "minutes",
    )
    list_filter: ClassVar[Any] = FILTERS
    ordering: Any = ("-created_at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[WeighedCase]:
        return measures.with_answer(super().get_queryset(request).select_related("order"))

    @display(description=_("Case"))
    def case_number(self, case: WeighedCase) -> Any:
        """Return the number, linked."""
        return self.link("merchant:aftersales_refundcase_change", case.number)

    @display(description=_("Order"))
    def number_link(self, case: WeighedCase) -> Any:
        """Return the order's number, linked."""
        return self.order_link(case.order)

    @display(description=_("Kind"))
    def shown_kind(self, case: WeighedCase) -> Any:
        """Return the kind in words."""
        return case.get_kind_display()

    @display(description=_("First answer"))
    def answered(self, case: Any) -> Any:
        """Return when the case was first answered."""
        return case.answered_at

    @display(description=_("Minutes"))
    def minutes(self, case: Any) -> Any:
        """Return the whole minutes from the request to the answer."""
        return None if case.answered_at is None else measures.minutes_of(case)

"""Filters that narrow a list to the rows that a measure of a score counts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from insights.enums import RowPart, ScoreMetric
from insights.models import ShopScore, WeighedCase
from insights.policies import OF_CASES
from insights.selectors import measures

ORDERS = "merchant:insights_paidorder_changelist"
CASES = "merchant:insights_weighedcase_changelist"
#: Scores that the filter offers; an address may name any other of the shop's.
OFFERED = 14


def rows_url(score: ShopScore, metric: str, part: str) -> str:
    """Return the address of the rows that a measure of a score counts."""
    asked = urlencode({"score": score.public_id, "metric": metric, "part": part})
    return f"{reverse(CASES if metric in OF_CASES else ORDERS)}?{asked}"


class ScoreFilter(admin.SimpleListFilter):
    """The rows of a score: of the measure and the part that the address names beside it."""

    title = _("score of")
    parameter_name = "score"

    def __init__(
        self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any
    ) -> None:
        self.scores = ShopScore.objects.visible_to(model_admin.actor(request))
        super().__init__(request, params, model, model_admin)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(one.public_id, str(one)) for one in self.scores.order_by("-day")[:OFFERED]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        score = self.scores.filter(public_id=self.value()).first()
        metric, part = request.GET.get("metric", ""), request.GET.get("part", "")
        is_cases = queryset.model is WeighedCase
        if score is None or (metric and (metric in OF_CASES) != is_cases):
            return queryset.none()
        window = measures.window_of(score)
        if metric not in ScoreMetric.values:
            rows: QuerySet[Any] = (measures.cases_of if is_cases else measures.orders_of)(window)
        else:
            known = part if part in RowPart.values else RowPart.DENOMINATOR
            rows = measures.rows_of(window, metric, known)
        if not is_cases:  # the same rows, by the index of what was paid when
            queryset = queryset.filter(paid_at__gte=window.begins, paid_at__lt=window.ends)
        return queryset.filter(pk__in=rows.order_by().values("pk"))


class MetricFilter(admin.SimpleListFilter):
    """A measure; `ScoreFilter` obeys it."""

    title = _("measure")
    parameter_name = "metric"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        is_cases = model_admin.model is WeighedCase
        return [one for one in ScoreMetric.choices if (one[0] in OF_CASES) == is_cases]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset


class PartFilter(admin.SimpleListFilter):
    """All rows that count, or those that are counted of them; `ScoreFilter` obeys it."""

    title = _("rows")
    parameter_name = "part"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(RowPart.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset


FILTERS = (ScoreFilter, MetricFilter, PartFilter)

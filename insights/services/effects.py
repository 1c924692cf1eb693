"""What bindings brought: as many days before as after, from the rows (BI-17)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import F, Q

from insights.models import BindingEffect
from insights.models.effect import FIGURES
from shops.models import Binding

#: Days that are compared at most.
MOST_DAYS = 30
DAY = timedelta(days=1)
#: Bindings that one statement measures.
BATCH = 50
MEASURE = (Path(__file__).parent / "effects.sql").read_text(encoding="utf-8")


def measure_due(*, at: datetime) -> int:
    """Measure the bindings of which another day has passed, some at once; return how many.

    A binding is measured from its first whole day on, once a day, until 30 days are compared or it
    has ended.
    """
    lasted = Q(ended_at__isnull=True) | Q(ended_at__gte=F("bound_at") + DAY)
    missing = Q(lasted, bound_at__lte=at - DAY, effect__isnull=True)
    due = Binding.objects.filter(missing | Q(effect__due_at__lte=at))
    bindings = list(due.order_by("pk")[:BATCH])
    measure(bindings, at=at)
    return len(bindings)


def measure(bindings: Sequence[Binding], *, at: datetime) -> None:
    """Write what `bindings` brought, by the days that have passed. One statement reads, one writes.

    A binding without one whole day behind it is left out.
    """
    spans = [span for one in bindings if (span := _span(one, at))]
    if not spans:
        return
    figures = _read(spans)
    BindingEffect.objects.bulk_create(
        (
            BindingEffect(
                binding=one.binding,
                shop_id=one.binding.shop_id,
                bound_at=one.bound_at,
                days=one.days,
                due_at=one.due_at,
                measured_at=at,
                **{f"before_{name}": value for name, value in figures[2 * place].items()},
                **{f"after_{name}": value for name, value in figures[2 * place + 1].items()},
            )
            for place, one in enumerate(spans)
        ),
        update_conflicts=True,
        unique_fields=["binding"],
        update_fields=[
            "days",
            "due_at",
            "measured_at",
            *(f"{side}_{name}" for side in ("before", "after") for name in FIGURES),
        ],
    )


@dataclass(frozen=True)
class _Span:
    """The days of a binding that are compared, and when there is one more."""

    binding: Binding
    bound_at: datetime
    days: int
    due_at: datetime | None


def _span(binding: Binding, at: datetime) -> _Span | None:
    bound_at, ended_at = binding.bound_at, binding.ended_at
    if bound_at is None:
        return None
    days = min(MOST_DAYS, (min(at, ended_at or at) - bound_at).days)
    due_at = bound_at + (days + 1) * DAY
    is_whole = days == MOST_DAYS or (ended_at is not None and ended_at < due_at)
    return _Span(binding, bound_at, days, None if is_whole else due_at) if days > 0 else None


def _read(spans: Sequence[_Span]) -> dict[int, dict[str, int]]:
    """Return the figures of two spans a binding: the even ones lie before it."""
    asked: dict[str, Any] = {
        "keys": list(range(2 * len(spans))),
        "shops": [one.binding.shop_id for one in spans for _side in range(2)],
        "accounts": [one.binding.account_id for one in spans for _side in range(2)],
        "begins": [at for one in spans for at in (one.bound_at - one.days * DAY, one.bound_at)],
        "ends": [at for one in spans for at in (one.bound_at, one.bound_at + one.days * DAY)],
    }
    with connection.cursor() as cursor:
        cursor.execute(MEASURE, asked)
        return {row[0]: dict(zip(FIGURES, row[1:], strict=True)) for row in cursor.fetchall()}

"""The cap over all rates of a sale (AL-44), checked when a plan is made, not when it is late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.conf import settings

from affiliates.errors import RateOutOfRange, RatesAboveCap
from catalog.models import Category

#: Returns the platform's fee rate in basis points for a category at a time.
FeeSource = Callable[[Category, datetime], int]


def _standard_fee(category: Category, at: datetime) -> int:
    return settings.SERVICE_FEE_BP


_fee_source: FeeSource = _standard_fee


def register_fee_source(source: FeeSource) -> None:
    """Let `source` say what the platform takes: the room of the dated rates stands above."""
    global _fee_source  # noqa: PLW0603 -- one seam, set once at start
    _fee_source = source


def check(*, rate_bp: int, category: Category, at: datetime) -> None:
    """Raise RateOutOfRange or RatesAboveCap for a rate that a plan may not have."""
    low, high, cap = settings.OPEN_PLAN_MIN_BP, settings.OPEN_PLAN_MAX_BP, settings.RATES_CAP_BP
    if not low <= rate_bp <= high:
        raise RateOutOfRange(RateOutOfRange.message % {"low": low // 100, "high": high // 100})
    if rate_bp + _fee_source(category, at) > cap:
        raise RatesAboveCap(RatesAboveCap.message % {"cap": cap // 100})

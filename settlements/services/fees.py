"""The platform's technical service fee, as dated rows (SH-09)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from catalog.models import Category
from kernel import audit
from kernel.actors import Actor
from settlements import selectors
from settlements.errors import FeeRateInThePast, FeeRateOutOfRange
from settlements.models import FeeRate

#: Also a CHECK of the table.
MAX_RATE_BP = 3_000


@transaction.atomic
def set_rate(
    *,
    category: Category | None,
    rate_bp: int,
    effective_from: datetime,
    at: datetime,
    actor: Actor,
) -> FeeRate:
    """Let orders placed from `effective_from` on pay `rate_bp`; None is for every other category.

    Raises FeeRateOutOfRange, FeeRateInThePast.
    """
    if not 0 <= rate_bp <= MAX_RATE_BP:
        raise FeeRateOutOfRange(FeeRateOutOfRange.message % {"high": MAX_RATE_BP // 100})
    if effective_from < at:
        raise FeeRateInThePast
    before = selectors.fee_rate(category, at) if category else None
    rate = FeeRate.objects.create(category=category, rate_bp=rate_bp, effective_from=effective_from)
    audit.record(
        actor=actor,
        action="settlements.set_fee_rate",
        target=rate,
        at=at,
        before={"rate_bp": before},
        after={
            "rate_bp": rate_bp,
            "category": category.public_id if category else None,
            "from": effective_from.isoformat(),
        },
    )
    return rate

"""The platform's technical service fee, as dated rows (SH-09)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from catalog.models import Category
from kernel import audit
from kernel.actors import Actor
from settlements.enums import FeeKind
from settlements.errors import FeeChannelWrong, FeeRateInThePast, FeeRateOutOfRange
from settlements.models import FeeRate

#: Also CHECKs of the table.
MAX_RATE_BP, MAX_SUPPLEMENT_BP = 3_000, 500


@transaction.atomic
def set_rate(
    *,
    category: Category | None,
    rate_bp: int,
    effective_from: datetime,
    at: datetime,
    actor: Actor,
    kind: FeeKind = FeeKind.BASE,
    channel: str = "",
) -> FeeRate:
    """Let orders placed from `effective_from` on pay `rate_bp`; None is for every other category.

    A supplement comes on top of the base rate: for what came by `channel`, or without a brand from
    a specialty shop; 0 ends it. Raises FeeRateOutOfRange, FeeRateInThePast, and FeeChannelWrong
    for a channel where none belongs, or none where one does.
    """
    high = MAX_RATE_BP if kind == FeeKind.BASE else MAX_SUPPLEMENT_BP
    if not 0 <= rate_bp <= high:
        raise FeeRateOutOfRange(FeeRateOutOfRange.message % {"high": high // 100})
    if (kind == FeeKind.CHANNEL) != bool(channel):
        raise FeeChannelWrong
    if effective_from < at:
        raise FeeRateInThePast
    known = FeeRate.objects.filter(
        kind=kind, channel=channel, category=category, effective_from__lte=at
    )
    latest = known.order_by("effective_from", "pk").last()
    rate = FeeRate.objects.create(
        kind=kind,
        channel=channel,
        category=category,
        rate_bp=rate_bp,
        effective_from=effective_from,
    )
    audit.record(
        actor=actor,
        action="settlements.set_fee_rate",
        target=rate,
        at=at,
        before={"rate_bp": latest.rate_bp if latest else None},
        after={
            "kind": str(kind),
            "channel": channel,
            "rate_bp": rate_bp,
            "category": category.public_id if category else None,
            "from": effective_from.isoformat(),
        },
    )
    return rate

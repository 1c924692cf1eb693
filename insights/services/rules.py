"""How measures become points, as dated rows (SH-14)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from catalog.models import Category
from insights.enums import ScoreMetric
from insights.errors import BandsAreWrong, RuleBegins
from insights.models import ScoreRule
from insights.policies import are_bands
from kernel import audit
from kernel.actors import Actor


@transaction.atomic
def set_rule(
    *,
    metric: ScoreMetric,
    category: Category | None,
    weight: int,
    target: int,
    bands: Sequence[Sequence[int]],
    effective_from: datetime,
    at: datetime,
    actor: Actor,
) -> ScoreRule:
    """Let scores of days that begin after `effective_from` obey another rule; none is changed.

    `category` None is for every category without a rule of its own.

    Raises BandsAreWrong, RuleBegins.
    """
    if not are_bands(metric, bands):
        raise BandsAreWrong
    if effective_from <= at:
        raise RuleBegins
    rule = ScoreRule.objects.create(
        metric=metric,
        category=category,
        weight=weight,
        target=target,
        bands=[list(band) for band in bands],
        effective_from=effective_from,
    )
    audit.record(
        actor=actor,
        action="insights.set_score_rule",
        target=rule,
        at=at,
        after={
            "metric": str(metric),
            "category": category.public_id if category else None,
            "weight": weight,
            "target": target,
            "bands": rule.bands,
            "from": effective_from.isoformat(),
        },
    )
    return rule

"""The experience score (SH-13 … SH-15): worked out daily from rows, again when one is exempt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Q

from catalog.models import Category
from insights.enums import ScorePart
from insights.models import ScoreRule, ShopDay, ShopScore, ShopScoreMetric
from insights.policies import (
    LEAST_ORDERS,
    PART_OF,
    WEIGHTS,
    WINDOW_DAYS,
    points_of,
    value_of,
    weighted,
)
from insights.selectors import measures
from insights.selectors.morning import day_of
from orders.models import OrderLine
from shops.models import Shop
from shops.services import scores as shown_scores

#: First half of the turn that is taken for a shop; the other is its key.
TURN = 7_420


@transaction.atomic
def refresh(*, shop_id: int, day: date, at: datetime) -> ShopScore:
    """Work out a shop's score of `day` as known at `at`, and let the storefront show it.

    Afterwards there is one score of that day, with each measure, its rule and what was counted;
    one that was there is replaced. The storefront shows the score of the latest day.
    """
    _take_turn(shop_id)
    known = ShopScore.objects.filter(shop_id=shop_id, day=day).first()
    window = measures.Window(shop_id, day, max(at, known.computed_at) if known else at)
    category = _category_of(window)
    found = rules_of(category, window.ends)
    for one in found:
        _measure(window, one)
    parts = {
        part: weighted(
            (one.weight, one.points_tenths) for one in found if PART_OF[one.metric] == part
        )
        for part in ScorePart
    }
    total = weighted((WEIGHTS[part], tenths) for part, tenths in parts.items())
    orders = measures.orders_of(window).count()
    score, _ = ShopScore.objects.update_or_create(
        shop_id=shop_id,
        day=day,
        defaults={
            "category": category,
            "orders": orders,
            **{f"{part.value}_tenths": tenths for part, tenths in parts.items()},
            "score_tenths": total if orders >= LEAST_ORDERS else None,
            "computed_at": window.exempt_at,
        },
    )
    score.metrics.all().delete()
    for one in found:
        one.score = score
    ShopScoreMetric.objects.bulk_create(found)
    _show(shop_id)
    return score


def _take_turn(shop_id: int) -> None:
    """Wait for whoever works out a score of the same shop; no row is locked meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [TURN, shop_id % 2**31])


def refresh_all(*, at: datetime) -> int:
    """Work out today's score of every shop that sold in the window and has none yet; say how many.

    A shop whose last sale has left the window gets one more score, which is none.
    """
    day = day_of(at)
    since = day - timedelta(days=WINDOW_DAYS)
    sold = ShopDay.objects.filter(day__gte=since, day__lt=day, orders__gt=0)
    shown = Shop.objects.filter(score_tenths__isnull=False)
    wanted = set(sold.values_list("shop_id", flat=True)) | set(shown.values_list("pk", flat=True))
    known = set(ShopScore.objects.filter(day=day).values_list("shop_id", flat=True))
    for shop_id in sorted(wanted - known):
        refresh(shop_id=shop_id, day=day, at=at)
    return len(wanted - known)


def rules_of(category: Category | None, at: datetime) -> list[ShopScoreMetric]:
    """Return each measure with the rule in force at `at`, nothing counted yet.

    The category's latest rule, else the latest general one, else that of SCORE_RULES.
    """
    theirs = Q(category__isnull=True) | Q(category=category) if category else Q(category=None)
    rules = ScoreRule.objects.filter(theirs, effective_from__lte=at)
    # General ones first, older ones first: the last that is kept is the one in force.
    known = {
        rule.metric: rule
        for rule in sorted(
            rules, key=lambda rule: (rule.category_id is not None, rule.effective_from, rule.pk)
        )
    }
    found = []
    for metric, values in settings.SCORE_RULES.items():
        rule = known.get(metric)
        own = {"weight": rule.weight, "target": rule.target, "bands": rule.bands} if rule else {}
        found.append(ShopScoreMetric(metric=metric, rule=rule, **(values | own)))
    return found


def _measure(window: measures.Window, one: ShopScoreMetric) -> None:
    one.shop_id = window.shop_id
    one.numerator, one.denominator = measures.counted(window, one.metric)
    one.value = value_of(one.metric, one.numerator, one.denominator)
    one.points_tenths = points_of(one.metric, one.value, one.bands)


def _category_of(window: measures.Window) -> Category | None:
    """Return the first-level category of most lines of the window; of equals the older one."""
    lines = OrderLine.objects.filter(order__in=measures.orders_of(window).values("pk"))
    counted: Mapping[str, int] = dict(
        lines.order_by().values_list("product__category__path").annotate(lines=Count("pk"))
    )
    first: dict[int, int] = {}
    for path, count in counted.items():
        top = int(path.strip("/").split("/")[0])
        first[top] = first.get(top, 0) + count
    if not first:
        return None
    return Category.objects.get(pk=min(first, key=lambda pk: (-first[pk], pk)))


def _show(shop_id: int) -> None:
    latest = ShopScore.objects.filter(shop_id=shop_id).order_by("-day").first()
    if latest is not None:
        shown_scores.set_scores({shop_id: latest.score_tenths})

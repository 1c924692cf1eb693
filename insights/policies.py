"""The arithmetic of the experience score: pure, in integers, the same for page, API and check.

A value is basis points for a rate and tenths of an hour for a duration; points and scores are
tenths, 0 to 1,000. Halves are rounded up, once a step, so that anybody gets the same by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from insights.enums import ScoreMetric, ScorePart

#: Fewer orders in the window, and there is no score (SH-14).
LEAST_ORDERS = 30
#: Days that count, the last of them the day before the score's (SH-14).
WINDOW_DAYS = 30
#: SH-14: 50, 15 and 35 of a hundred.
WEIGHTS: dict[str, int] = {ScorePart.PRODUCT: 50, ScorePart.LOGISTICS: 15, ScorePart.SERVICE: 35}
PART_OF: dict[str, ScorePart] = {
    ScoreMetric.QUALITY_RETURN: ScorePart.PRODUCT,
    ScoreMetric.SHIPPED_ON_TIME: ScorePart.LOGISTICS,
    ScoreMetric.REFUND_HOURS: ScorePart.SERVICE,
    ScoreMetric.RETURN_HOURS: ScorePart.SERVICE,
    ScoreMetric.PLATFORM_HELP: ScorePart.SERVICE,
}
#: Measured in tenths of an hour; the others are rates in basis points.
DURATIONS = frozenset({ScoreMetric.REFUND_HOURS, ScoreMetric.RETURN_HOURS})
#: More is better; of the others, less.
MORE_IS_BETTER = frozenset({ScoreMetric.SHIPPED_ON_TIME})
#: Its rows are cases; the others' are orders.
OF_CASES = DURATIONS
MAX_TENTHS = 1_000

#: Limit and points: the first band whose limit the value keeps gives its points, else nothing.
Band = tuple[int, int]


def half_up(amount: int, by: int) -> int:
    """Return `amount` / `by`, both not negative, a half rounded up."""
    return (2 * amount + by) // (2 * by)


def value_of(metric: str, numerator: int, denominator: int) -> int | None:
    """Return what was measured; None where nothing counts. A duration's numerator is minutes."""
    if not denominator:
        return None
    if metric in DURATIONS:
        return half_up(numerator, 6 * denominator)
    return half_up(numerator * 10_000, denominator)


def points_of(metric: str, value: int | None, bands: Sequence[Sequence[int]]) -> int | None:
    """Return the points of a value by the bands of its rule; None where nothing was measured."""
    if value is None:
        return None
    is_more = metric in MORE_IS_BETTER
    for limit, points in bands:
        if value >= limit if is_more else value <= limit:
            return points
    return 0


def weighted(parts: Iterable[tuple[int, int | None]]) -> int | None:
    """Return the mean of (weight, points) in tenths; what has no points leaves its weight out.

    None when nothing has points.
    """
    known = [(weight, points) for weight, points in parts if points is not None]
    total = sum(weight for weight, _points in known)
    return half_up(sum(weight * points for weight, points in known), total) if total else None


def are_bands(metric: str, bands: Sequence[Sequence[int]]) -> bool:
    """Tell whether bands go from the best to the worst, each with fewer points than the last."""
    if not bands or any(len(band) != 2 for band in bands):
        return False
    limits = [limit for limit, _points in bands]
    points = [given for _limit, given in bands]
    in_order = sorted(limits, reverse=metric in MORE_IS_BETTER)
    is_falling = points == sorted(points, reverse=True) and len(set(points)) == len(points)
    return (
        limits == in_order
        and len(set(limits)) == len(limits)
        and is_falling
        and min(limits) >= 0
        and 0 <= points[-1] <= points[0] <= MAX_TENTHS
    )

"""What a product's presentation is measured by (CA-20), as the database computes it."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import Case, F, Func, IntegerField, Q, Value, When
from django.db.models.functions import Length
from django.db.models.lookups import LessThan

FULL_SCORE = 100
#: From here on a product passes: this project's choice.
PASS_SCORE = 60


class Check(NamedTuple):
    """`points` are lost when `field` has fewer than `least` characters or entries."""

    field: str
    least: int
    points: int


CHECKS = (
    Check("image_urls", 3, 25),
    Check("detail_image_urls", 1, 20),
    Check("attributes", 3, 20),
    Check("description", 50, 15),
    Check("title", 8, 10),
    Check("brief", 1, 5),
    Check("brand", 1, 5),
)
_LISTS = ("image_urls", "detail_image_urls", "attributes")


def score() -> Any:
    """Return the expression of the score, of the product's own columns alone."""
    left: Any = Value(FULL_SCORE)
    for check in CHECKS:
        left = left - Case(
            When(_lacks(check), then=Value(check.points)),
            default=Value(0),
            output_field=IntegerField(),
        )
    return left


def _lacks(check: Check) -> Any:
    if check.field == "brand":
        return Q(brand__isnull=True)
    column = F(check.field)
    size = (
        Func(column, function="jsonb_array_length", output_field=IntegerField())
        if check.field in _LISTS
        else Length(column)
    )
    return LessThan(size, check.least)

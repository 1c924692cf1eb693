"""How well a product presents itself (商品质量诊断, CA-20): a score, and what would raise it.

The score is a column that the database computes from the product's own columns
(`catalog.models.quality`), so that lists filter by it and it is never out of date. What is wrong
is found here by the same table of checks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from catalog.models.quality import CHECKS, FULL_SCORE, PASS_SCORE
from kernel.actors import Actor

_SAID: dict[str, tuple[str | Promise, Callable[[Product], int]]] = {
    "title": (_("Write a title of eight characters or more."), lambda one: len(one.title)),
    "brief": (_("Say in a sentence what makes it good."), lambda one: len(one.brief)),
    "description": (
        _("Describe it in fifty characters or more."),
        lambda one: len(one.description),
    ),
    "image_urls": (
        _("Show it in three main pictures or more, from several sides."),
        lambda one: len(one.image_urls),
    ),
    "detail_image_urls": (
        _("Add detail pictures: material, sizes, how it is used."),
        lambda one: len(one.detail_image_urls),
    ),
    "attributes": (
        _("Give three attributes or more: buyers filter and search by them."),
        lambda one: len(one.attributes),
    ),
    "brand": (_("Name the brand."), lambda one: int(one.brand_id is not None)),
}


@dataclass(frozen=True)
class Problem:
    """What costs points: the field, how many, and what to do. The act ``edit`` mends all of it."""

    field: str
    points: int
    suggestion: str | Promise


@dataclass(frozen=True)
class Diagnosis:
    """The score of a product, 0 to 100, whether it passes, and its problems, the dearest first."""

    score: int
    problems: list[Problem]

    @property
    def is_passed(self) -> bool:
        return self.score >= PASS_SCORE


def diagnose(product: Product) -> Diagnosis:
    """Return the diagnosis of what buyers see of `product` now."""
    problems = [
        Problem(check.field, check.points, _SAID[check.field][0])
        for check in CHECKS
        if _SAID[check.field][1](product) < check.least
    ]
    problems.sort(key=lambda one: -one.points)
    return Diagnosis(FULL_SCORE - sum(one.points for one in problems), problems)


def pass_rate(actor: Actor) -> int | None:
    """Return the share of products that pass, in basis points; None without products.

    Of the products that `actor` sees; those in the recycle bin do not count.
    """
    rows = Product.objects.visible_to(actor).exclude(shelf_status="deleted")
    counts = rows.aggregate(
        all=Count("pk"), good=Count("pk", filter=Q(quality_score__gte=PASS_SCORE))
    )
    return counts["good"] * 10_000 // counts["all"] if counts["all"] else None

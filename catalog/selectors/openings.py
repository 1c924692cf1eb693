"""Which categories are open to a shop (SH-05), computed from rules and papers when it is asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from catalog.enums import OpeningState, PaperStatus
from catalog.models import Category, QualificationRule, ShopQualification
from catalog.policies import values_of


@dataclass(frozen=True)
class Licence:
    """A licence that a category asks for, and how the shop stands to it."""

    rule: QualificationRule
    state: OpeningState


@dataclass(frozen=True)
class Opening:
    """A category that asks for something, and whether it is open to the shop."""

    category: Category
    licences: Sequence[Licence]

    @property
    def is_open(self) -> bool:
        """Every licence that is asked of all products is there."""
        always = (one for one in self.licences if not one.rule.attribute)
        return all(one.state == OpeningState.OPEN for one in always)


def openings(shop_id: int, *, at: datetime) -> list[Opening]:
    """Return the categories that ask for licences, as the shop stands to them. Two queries."""
    states = _states(shop_id, at)
    found: dict[Category, list[Licence]] = defaultdict(list)
    for rule in _rules(at).select_related("category").order_by("category__path", "code"):
        found[rule.category].append(Licence(rule, states.get(rule.code, OpeningState.MISSING)))
    return [Opening(category, licences) for category, licences in found.items()]


def missing(
    shop_id: int, category: Category, attributes: Iterable[Mapping[str, Any]], *, at: datetime
) -> list[QualificationRule]:
    """Return the licences that a product lacks in its category; empty where it may be listed.

    One query where the category asks for nothing, else two.
    """
    asked = [one for one in _rules_of([category], at) if _applies(one, attributes)]
    held = _held({shop_id}, at) if asked else set()
    return [one for one in asked if (shop_id, one.code) not in held]


def barred(products: Collection[Any], *, at: datetime) -> set[int]:
    """Return those of `products` (with their categories) that lack a licence. Two queries."""
    rules = _rules_of({one.category for one in products}, at)
    if not rules:
        return set()
    held = _held({one.shop_id for one in products}, at)
    return {
        product.pk
        for product in products
        for rule in rules
        if rule.category_id in _line(product.category)
        and _applies(rule, product.attributes)
        and (product.shop_id, rule.code) not in held
    }


def _rules(at: datetime) -> Any:
    running = Q(ends_at__isnull=True) | Q(ends_at__gt=at)
    return QualificationRule.objects.filter(running, starts_at__lte=at)


def _rules_of(categories: Iterable[Category], at: datetime) -> list[QualificationRule]:
    line = {key for one in categories for key in _line(one)}
    return list(_rules(at).filter(category_id__in=line).order_by("pk"))


def _line(category: Category) -> set[int]:
    """The category and all above it."""
    return {int(key) for key in category.path.split("/") if key}


def _applies(rule: QualificationRule, attributes: Iterable[Mapping[str, Any]]) -> bool:
    if not rule.attribute:
        return True
    said = [one["value"] for one in attributes if one["name"] == rule.attribute]
    return any(set(rule.values) & {text, *values_of(text)} for text in said)


def _held(shop_ids: Collection[int], at: datetime) -> set[tuple[int, str]]:
    running = Q(ends_at__isnull=True) | Q(ends_at__gt=at)
    rows = ShopQualification.objects.filter(
        running, shop_id__in=shop_ids, status=PaperStatus.APPROVED, starts_at__lte=at
    )
    return set(rows.values_list("shop_id", "code"))


def _states(shop_id: int, at: datetime) -> dict[str, OpeningState]:
    """Licence → how the shop stands to it: what opens counts before what waits."""
    found: dict[str, OpeningState] = {}
    for one in ShopQualification.objects.filter(shop_id=shop_id).order_by("pk"):
        state = _state(one, at)
        if found.get(one.code) == OpeningState.OPEN:
            continue
        found[one.code] = state
    return found


def _state(one: ShopQualification, at: datetime) -> OpeningState:
    if one.status == PaperStatus.PENDING:
        return OpeningState.IN_REVIEW
    if one.status == PaperStatus.REJECTED:
        return OpeningState.REJECTED
    is_over = one.ends_at is not None and one.ends_at <= at
    if one.status != PaperStatus.APPROVED or is_over or one.starts_at > at:
        return OpeningState.EXPIRED
    return OpeningState.OPEN

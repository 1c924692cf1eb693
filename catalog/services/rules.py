"""Rules of a leaf: given by the platform, one version after the other (CA-01, ADR 0020)."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.enums import AttributeKind, ShippingTime
from catalog.errors import InvalidCategory
from catalog.models import Category, CategoryRuleSet
from catalog.policies import (
    MAX_IMAGES,
    MAX_LIST_PRICE_FACTOR,
    MAX_MAIN_IMAGES,
    MAX_OPTION_NAMES,
    MAX_OPTION_VALUES,
    MAX_SKUS,
    MAX_TITLE_WIDTH,
    AttributeRule,
    LeafRules,
    is_plain_text,
)
from catalog.selectors import category_rules
from kernel import audit
from kernel.actors import Actor
from kernel.errors import FieldError, StaleVersion

MAX_ATTRIBUTES = 50
MAX_CHOICES = 200
#: Field → (least, most).
BOUNDS = {
    "max_option_names": (0, MAX_OPTION_NAMES),
    "max_option_values": (1, MAX_OPTION_VALUES),
    "max_skus": (1, MAX_SKUS),
    "min_title_width": (1, MAX_TITLE_WIDTH),
    "max_title_width": (1, MAX_TITLE_WIDTH),
    "min_main_images": (0, MAX_MAIN_IMAGES),
    "max_main_images": (1, MAX_MAIN_IMAGES),
    "max_images": (1, MAX_IMAGES),
    "max_list_price_factor": (1, MAX_LIST_PRICE_FACTOR),
}
#: Which field may not be more than which.
_ORDERED = (
    ("min_title_width", "max_title_width"),
    ("min_main_images", "max_main_images"),
    ("max_main_images", "max_images"),
)


@transaction.atomic
def set_rules(
    *, category: Category, rules: LeafRules, actor: Actor, at: datetime, reason: str = ""
) -> LeafRules:
    """Give the leaf `category` its next version of rules and return it.

    ``rules.version`` is the one that was read. It holds for every product that is written from now
    on; products that stand already are not asked before their next change. Raises InvalidCategory
    naming the faulty fields, StaleVersion when somebody gave another version meanwhile.
    """
    locked = Category.objects.select_for_update(no_key=True).get(pk=category.pk)
    before = category_rules(locked)
    if before.version != rules.version:
        raise StaleVersion(extra={"version": before.version})
    faults = _faults(locked, rules)
    if faults:
        raise InvalidCategory(str(faults[0].detail), errors=faults)
    after = replace(rules, version=before.version + 1)
    CategoryRuleSet.objects.create(
        category=locked, reason=reason[:200], actor_label=actor.label[:120], **_columns(after)
    )
    audit.record(
        actor=actor,
        action="catalog.set_rules",
        target=locked,
        at=at,
        before=_columns(before),
        after=_columns(after),
        reason=reason,
    )
    return after


@transaction.atomic
def set_attribute(
    *, category: Category, attribute: AttributeRule, actor: Actor, at: datetime
) -> AttributeRule:
    """Let products of the leaf `category` say their `attribute`; one of that name is replaced.

    That is a new version of the rules. Raises InvalidCategory.
    """
    Category.objects.select_for_update(no_key=True).get(pk=category.pk)
    rules = category_rules(category)
    others = [one for one in rules.attributes if one.name != attribute.name]
    attribute = replace(attribute, choices=tuple(dict.fromkeys(attribute.choices)))
    faults = _attribute_faults(attribute, "")
    if faults:
        raise InvalidCategory(str(faults[0].detail), errors=faults)
    changed = replace(rules, attributes=(*others, attribute))
    set_rules(category=category, rules=changed, actor=actor, at=at)
    return attribute


def _columns(rules: LeafRules) -> dict[str, Any]:
    """Return the columns of `rules`; attributes and choices as lists."""
    values = {one.name: getattr(rules, one.name) for one in fields(rules)}
    attributes = [
        {**asdict(one), "kind": str(one.kind), "choices": list(one.choices)}
        for one in rules.attributes
    ]
    return values | {"attributes": attributes, "shipping_times": list(rules.shipping_times)}


def _faults(category: Category, rules: LeafRules) -> list[FieldError]:
    faults = []
    if not category.is_leaf:
        faults.append(_fault("/category_id", "not_a_leaf", _("Only leaves have rules.")))
    for name, (least, most) in BOUNDS.items():
        if not least <= getattr(rules, name) <= most:
            told = _("This is from %(least)s to %(most)s.") % {"least": least, "most": most}
            faults.append(_fault(f"/{name}", "out_of_range", told))
    for low, high in _ORDERED:
        if getattr(rules, low) > getattr(rules, high):
            detail = _("The least may not be more than the most.")
            faults.append(_fault(f"/{low}", "cannot_be_met", detail))
    if not set(rules.shipping_times) <= set(ShippingTime.values):
        detail = _("This shipping time is not known.")
        faults.append(_fault("/shipping_times", "not_known", detail))
    names = [one.name for one in rules.attributes]
    if len(names) > MAX_ATTRIBUTES or len(set(names)) != len(names):
        detail = _("A category has at most %(most)s attributes, each once.")
        told = detail % {"most": MAX_ATTRIBUTES}
        faults.append(_fault("/attributes", "bad_attributes", told))
    for place, one in enumerate(rules.attributes):
        faults += _attribute_faults(one, f"/attributes/{place}")
    return faults


def _attribute_faults(one: AttributeRule, pointer: str) -> list[FieldError]:
    faults = []
    if not is_plain_text(one.name, 1, 60):
        detail = _("A name has 1 to 60 characters.")
        faults.append(_fault(f"{pointer}/name", "bad_text", detail))
    if one.kind not in AttributeKind.values:
        detail = _("This kind is not known.")
        faults.append(_fault(f"{pointer}/kind", "not_known", detail))
    if not is_plain_text(one.unit, 0, 10):
        detail = _("A unit has at most 10 characters.")
        faults.append(_fault(f"{pointer}/unit", "bad_text", detail))
    are_good = all(is_plain_text(choice, 1, 60) for choice in one.choices)
    if len(one.choices) > MAX_CHOICES or not are_good:
        detail = _("A choice has 1 to 60 characters.")
        faults.append(_fault(f"{pointer}/choices", "bad_choices", detail))
    return faults


def _fault(pointer: str, code: str, detail: str | Promise) -> FieldError:
    return FieldError(pointer, code, str(detail))

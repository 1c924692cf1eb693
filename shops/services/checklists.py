"""What the platform asks of applications, as versions of data (SH-04)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from kernel import audit
from kernel.actors import Actor
from shops.enums import FieldKind, RequirementKind, ShopType
from shops.errors import ChecklistInvalid
from shops.models import Checklist
from shops.selectors.checklist import FIELDS, top_categories

MAX_REQUIREMENTS = 30
_CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")
#: Kinds that come more than once and therefore bring a code and words of their own.
_WORDED = frozenset(
    {RequirementKind.ATTESTATION, RequirementKind.DOCUMENT, RequirementKind.CUSTOM_FIELD}
)


@transaction.atomic
def publish_checklist(
    *,
    shop_type: str,
    category: str,
    requirements: Sequence[Mapping[str, Any]],
    at: datetime,
    actor: Actor,
) -> Checklist:
    """Let a checklist hold from now on, in place of the one of this type and category.

    A requirement is ``{"kind"}``; a declaration and a document ``{"kind", "code", "label"}``; a
    further question also ``"field"`` and, of several, ``"choices"``; products ``{"kind",
    "minimum"}``. What a type asks of its brands is no part of it. Applications that were sent
    before keep the version they were sent under.

    Raises ChecklistInvalid; nothing is changed then.
    """
    if shop_type not in {"", *ShopType.values}:
        raise ChecklistInvalid
    if category and category not in dict(top_categories()):
        raise ChecklistInvalid
    asked = [_requirement(one) for one in requirements]
    _check_whole(asked)
    rows = Checklist.objects.select_for_update().filter(shop_type=shop_type, category=category)
    before = rows.order_by("-number").first()
    if before is not None:
        if before.starts_at >= at:
            raise ChecklistInvalid
        Checklist.objects.filter(pk=before.pk).update(ends_at=at)
    made = Checklist.objects.create(
        shop_type=shop_type,
        category=category,
        number=before.number + 1 if before else 1,
        requirements=asked,
        starts_at=at,
        created_by_label=(actor.label or actor.role)[:120],
    )
    audit.record(
        actor=actor,
        action="shops.publish_checklist",
        target=made,
        at=at,
        before={"requirements": before.requirements} if before else None,
        after={"requirements": asked},
    )
    return made


def _check_whole(asked: Sequence[Mapping[str, Any]]) -> None:
    codes = [one["code"] for one in asked]
    taken = {field for fields in FIELDS.values() for field in fields}
    if not asked or len(asked) > MAX_REQUIREMENTS:
        raise ChecklistInvalid
    if len(set(codes)) < len(codes) or taken & set(codes):
        raise ChecklistInvalid
    # A shop opens for a legal entity, and a person says so: these two are never left out.
    if not {RequirementKind.PROFILE, RequirementKind.MANUAL_REVIEW} <= {
        one["kind"] for one in asked
    }:
        raise ChecklistInvalid


def _requirement(given: Mapping[str, Any]) -> dict[str, Any]:
    kind = given.get("kind")
    if kind not in RequirementKind.values or kind == RequirementKind.BRAND_GRANTS:
        raise ChecklistInvalid
    label = str(given.get("label") or "").strip()
    asked: dict[str, Any] = {"code": str(kind), "kind": str(kind), "label": label[:200]}
    if kind in _WORDED:
        asked["code"] = str(given.get("code"))
        is_known = asked["code"] in RequirementKind.values
        if not label or is_known or not _CODE.fullmatch(asked["code"]):
            raise ChecklistInvalid
    if kind == RequirementKind.MINIMUM_PRODUCTS:
        minimum = given.get("minimum")
        if not isinstance(minimum, int) or not 1 <= minimum <= 1000:
            raise ChecklistInvalid
        asked["minimum"] = minimum
    if kind == RequirementKind.CUSTOM_FIELD:
        asked |= _question(given)
    return asked


def _question(given: Mapping[str, Any]) -> dict[str, Any]:
    field = given.get("field")
    if field not in FieldKind.values:
        raise ChecklistInvalid
    if field != FieldKind.CHOICE:
        return {"field": str(field)}
    choices = [str(one).strip()[:60] for one in given.get("choices") or ()]
    if len(choices) < 2 or not all(choices):
        raise ChecklistInvalid
    return {"field": str(field), "choices": choices}

"""Which licences a category asks for, as dated rows (SH-05)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from catalog.errors import QualificationRuleInvalid
from catalog.models import Category, QualificationRule
from catalog.policies import is_plain_text
from kernel import audit
from kernel.actors import Actor

_CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")
MAX_VALUES = 50


@transaction.atomic
def set_rule(
    *,
    category: Category,
    code: str,
    name: str,
    at: datetime,
    actor: Actor,
    attribute: str = "",
    values: Sequence[str] = (),
) -> QualificationRule:
    """Let `category` and all below it ask for the licence `code` from now on.

    With `attribute` only of products whose attribute has one of `values`. A rule of this code ends.
    Raises QualificationRuleInvalid; nothing is changed then.
    """
    kept = list(dict.fromkeys(one.strip() for one in values if one.strip()))
    is_conditional = bool(attribute.strip())
    if not _CODE.fullmatch(code) or not is_plain_text(name, 1, 120):
        raise QualificationRuleInvalid
    if is_conditional != bool(kept) or len(kept) > MAX_VALUES or len(attribute) > 60:
        raise QualificationRuleInvalid
    _end(category, code, at)
    made = QualificationRule.objects.create(
        category=category,
        code=code,
        name=name,
        attribute=attribute.strip(),
        values=kept,
        starts_at=at,
        created_by_label=actor.label[:120],
    )
    after = {"code": code, "attribute": made.attribute, "values": kept}
    audit.record(
        actor=actor, action="catalog.set_qualification_rule", target=made, at=at, after=after
    )
    return made


@transaction.atomic
def end_rule(*, rule: QualificationRule, at: datetime, actor: Actor) -> QualificationRule:
    """Ask for the licence no longer. A rule that has ended stays as it is."""
    _end(rule.category, rule.code, at)
    rule.refresh_from_db()
    audit.record(actor=actor, action="catalog.end_qualification_rule", target=rule, at=at)
    return rule


def _end(category: Category, code: str, at: datetime) -> None:
    Category.objects.select_for_update(no_key=True).get(pk=category.pk)
    running = QualificationRule.objects.filter(category=category, code=code, ends_at__isnull=True)
    running.update(ends_at=at)

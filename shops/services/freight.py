"""What sending costs (运费模板): a flat amount, and rules for regions that cost something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction

from kernel import audit
from kernel.actors import Actor
from kernel.errors import StaleVersion
from shops.errors import NoTemplate, RegionTwice, RegionUnknown, TooManyRules
from shops.models import FreightRule, FreightTemplate, Shop
from shops.selectors import RegionTerms, regions

#: Rules that a template keeps.
MAX_RULES = 50


@transaction.atomic
def set_freight(
    *,
    shop_id: int,
    flat_amount: int,
    free_from_amount: int | None,
    version: int,
    at: datetime,
    actor: Actor,
    rules: Sequence[RegionTerms] | None = None,
) -> FreightTemplate:
    """Say what sending costs (分) and from which goods amount on it is free; None is never.

    `rules` take the place of all there were; None leaves them. `version` is the one that was looked
    at, 0 when there was none. Orders that are placed keep their freight.

    Raises StaleVersion, RegionUnknown, RegionTwice, TooManyRules; nothing is changed then.
    """
    _check(rules or ())
    Shop.objects.select_for_update(no_key=True, of=("self",)).get(pk=shop_id)
    template = FreightTemplate.objects.filter(shop_id=shop_id).first()
    if (template.version if template else 0) != version:
        raise StaleVersion
    before = _told(template) if template else {}
    template = template or FreightTemplate(shop_id=shop_id, version=0)
    template.flat_amount, template.free_from_amount = flat_amount, free_from_amount
    template.version += 1
    template.updated_at = at
    template.save()
    if rules is not None:
        _replace(template, rules)
    audit.record(
        actor=actor,
        action="shops.set_freight",
        target=template,
        at=at,
        before=before,
        after=_told(template),
    )
    return template


@transaction.atomic
def add_rule(*, shop_id: int, terms: RegionTerms, at: datetime, actor: Actor) -> FreightRule:
    """Let sending to some regions cost something else.

    Raises NoTemplate, RegionUnknown, RegionTwice, TooManyRules; nothing is changed then.
    """
    template = _open(shop_id, terms, but=None)
    rule = FreightRule.objects.create(shop_id=shop_id, template=template, **_columns(terms))
    _close(template, "shops.add_freight_rule", rule, at, actor)
    return rule


@transaction.atomic
def change_rule(
    *, rule: FreightRule, terms: RegionTerms, at: datetime, actor: Actor
) -> FreightRule:
    """Replace what a rule says. Raises what `add_rule` does."""
    template = _open(rule.shop_id, terms, but=rule)
    columns = _columns(terms)
    for name, value in columns.items():
        setattr(rule, name, value)
    rule.save(update_fields=list(columns))
    _close(template, "shops.change_freight_rule", rule, at, actor)
    return rule


@transaction.atomic
def remove_rule(*, rule: FreightRule, at: datetime, actor: Actor) -> None:
    """Let the flat amount hold again where the rule did."""
    Shop.objects.select_for_update(no_key=True, of=("self",)).get(pk=rule.shop_id)
    template = FreightTemplate.objects.get(shop_id=rule.shop_id)
    _close(template, "shops.remove_freight_rule", rule, at, actor)
    FreightRule.objects.filter(shop_id=rule.shop_id, pk=rule.pk).delete()


def _open(shop_id: int, terms: RegionTerms, *, but: FreightRule | None) -> FreightTemplate:
    """Return the locked shop's template after a check of `terms` beside its other rules."""
    Shop.objects.select_for_update(no_key=True, of=("self",)).get(pk=shop_id)
    template = FreightTemplate.objects.filter(shop_id=shop_id).first()
    if template is None:
        raise NoTemplate
    others = FreightRule.objects.filter(shop_id=shop_id)
    if but is not None:
        others = others.exclude(pk=but.pk)
    taken = others.values_list("region_codes", flat=True)
    _check([*(RegionTerms(frozenset(codes)) for codes in taken), terms])
    return template


def _close(
    template: FreightTemplate, action: str, rule: FreightRule, at: datetime, actor: Actor
) -> None:
    template.version += 1
    template.updated_at = at
    template.save(update_fields=["version", "updated_at"])
    after = {"regions": [regions()[code].full_name for code in rule.region_codes[:20]]}
    audit.record(actor=actor, action=action, target=rule, at=at, after=after)


def _columns(terms: RegionTerms) -> dict[str, Any]:
    values = asdict(terms)
    return {"region_codes": sorted(values.pop("codes")), **values}


def _check(rules: Sequence[RegionTerms]) -> None:
    if len(rules) > MAX_RULES:
        raise TooManyRules
    codes = [code for rule in rules for code in rule.codes]
    unknown = sorted(set(codes) - regions().keys())
    if unknown or any(not rule.codes for rule in rules):
        raise RegionUnknown(extra={"codes": unknown})
    twice = sorted(code for code in set(codes) if codes.count(code) > 1)
    if twice:
        raise RegionTwice(extra={"codes": twice})


def _replace(template: FreightTemplate, rules: Sequence[RegionTerms]) -> None:
    FreightRule.objects.filter(shop_id=template.shop_id, template=template).delete()
    rows = [
        FreightRule(shop_id=template.shop_id, template=template, **_columns(rule)) for rule in rules
    ]
    FreightRule.objects.bulk_create(rows)


def _told(template: FreightTemplate) -> dict[str, Any]:
    rules = FreightRule.objects.filter(shop_id=template.shop_id, template=template)
    return {
        "flat_amount": template.flat_amount,
        "free_from_amount": template.free_from_amount,
        "rules": rules.count(),
    }

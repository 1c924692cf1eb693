"""Interception rules as operators write, try and publish them (CA-07, ADR 0029)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.enums import ScreeningEffect, ScreeningKind
from catalog.errors import (
    InvalidScreeningRule,
    RuleBeginsTooEarly,
    RuleNotTried,
    RulePublished,
)
from catalog.models import Category, Product, ScreeningRule
from catalog.models.product import ON_SALE
from catalog.policies import is_code, is_plain_text
from catalog.services.content import Content
from catalog.services.screening import facts
from catalog.services.screening.matching import Candidate, Finding, findings
from kernel import audit
from kernel.actors import Actor
from kernel.errors import FieldError, StaleVersion

#: A trial looks at so many products on sale, the latest listed first.
TRIAL_LIMIT = 10_000
_BATCH = 500
SAMPLES = 20
MAX_WORDS = 500


@dataclass(frozen=True)
class RuleSpec:
    """What a rule says; which of the last three columns it needs, its kind says."""

    code: str
    kind: str
    effect: str
    category: Category | None = None
    words: Sequence[str] = ()
    licence: str = ""
    floor_bp: int | None = None
    message: str = ""
    reason: str = ""


@transaction.atomic
def draft(*, spec: RuleSpec, actor: Actor, at: datetime) -> ScreeningRule:
    """Write a rule that holds nowhere yet, and return it. Raises InvalidScreeningRule."""
    spec = replace(spec, words=tuple(dict.fromkeys(spec.words)))
    if faults := _faults(spec):
        raise InvalidScreeningRule(str(faults[0].detail), errors=faults)
    rule = ScreeningRule.objects.create(
        code=spec.code,
        kind=spec.kind,
        effect=spec.effect,
        category=spec.category,
        words=list(spec.words),
        licence=spec.licence,
        floor_bp=spec.floor_bp,
        message=spec.message,
        reason=spec.reason,
        actor_label=actor.label[:120],
    )
    _record(actor, "catalog.draft_screening_rule", rule, at, after=_told(rule))
    return rule


@transaction.atomic
def try_out(*, rule: ScreeningRule, actor: Actor, at: datetime) -> ScreeningRule:
    """Hold a draft against the products on sale, keep what it would hit, and return it.

    It looks at TRIAL_LIMIT products at most, the latest listed; `trial_count` says how many they
    were. Nothing happens to the products. Raises RulePublished.
    """
    rule = _locked_draft(rule)
    looked_at, hits = 0, 0
    samples: list[dict[str, str]] = []
    on_sale = Product.objects.filter(ON_SALE).order_by("-listed_at", "-pk")
    keys = list(on_sale.values_list("pk", flat=True)[:TRIAL_LIMIT])
    for start in range(0, len(keys), _BATCH):
        for product, found in _tried(rule, keys[start : start + _BATCH], at):
            looked_at += 1
            if not found:
                continue
            hits += 1
            if len(samples) < SAMPLES:
                samples.append(
                    {
                        "product": product.public_id,
                        "title": product.title,
                        "found": found[0].found,
                    }
                )
    rule.trial_count, rule.trial_hits, rule.trial_samples = looked_at, hits, samples
    rule.tried_at = at
    rule.save(update_fields=["trial_count", "trial_hits", "trial_samples", "tried_at"])
    told = {"products": looked_at, "hits": hits}
    _record(actor, "catalog.try_screening_rule", rule, at, after=told)
    return rule


@transaction.atomic
def publish(
    *, rule: ScreeningRule, actor: Actor, at: datetime, effective_from: datetime | None = None
) -> ScreeningRule:
    """Let a tried draft hold from `effective_from`, or from now, as the next version of its code.

    What was submitted before keeps its verdict. Raises RulePublished, RuleNotTried,
    RuleBeginsTooEarly, StaleVersion when another version was published at the same moment.
    """
    rule = _locked_draft(rule)
    if rule.tried_at is None:
        raise RuleNotTried
    versions = ScreeningRule.objects.filter(code=rule.code, version__isnull=False)
    last = versions.order_by("-version").first()
    begins = effective_from or at
    is_early = last is not None and last.effective_from is not None and begins < last.effective_from
    if begins < at or is_early:
        detail = RuleBeginsTooEarly.message
        raise RuleBeginsTooEarly(errors=[FieldError("/effective_from", "too_early", detail)])
    rule.version = (last.version or 0) + 1 if last else 1
    rule.effective_from = begins
    rule.actor_label = actor.label[:120]
    try:
        with transaction.atomic():
            rule.save(update_fields=["version", "effective_from", "actor_label"])
    except IntegrityError:
        raise StaleVersion from None
    told = {**_told(rule), "version": rule.version, "from": begins.isoformat()}
    before = _told(last) if last else None
    _record(actor, "catalog.publish_screening_rule", rule, at, after=told, before=before)
    return rule


def in_force(at: datetime) -> list[ScreeningRule]:
    """Return the version of each rule that holds at `at`, with its category. One query."""
    rows = ScreeningRule.objects.filter(version__isnull=False, effective_from__lte=at)
    latest = rows.order_by("code", "-version").distinct("code").select_related("category")
    return [rule for rule in latest if rule.effect != ScreeningEffect.OFF]


def _tried(
    rule: ScreeningRule, keys: Sequence[int], at: datetime
) -> list[tuple[Product, list[Finding]]]:
    if rule.effect == ScreeningEffect.OFF:
        rows = Product.objects.filter(pk__in=keys)
        return [(product, []) for product in rows]
    products = Product.objects.filter(pk__in=keys).select_related("category", "brand")
    products = products.defer("search_words", "search_vector")
    found = [
        (one, Candidate(one.shop_id, Content.of(one), one.min_price, one.pk)) for one in products
    ]
    known = facts.read([rule], [candidate for _product, candidate in found], at=at)
    return [(one, findings([rule], candidate, known)) for one, candidate in found]


def _locked_draft(rule: ScreeningRule) -> ScreeningRule:
    rows = ScreeningRule.objects.select_for_update(no_key=True, of=("self",))
    found = rows.select_related("category").filter(pk=rule.pk).first()
    if found is None or found.version is not None:
        raise RulePublished
    return found


def _faults(spec: RuleSpec) -> list[FieldError]:
    faults = [] if spec.kind in ScreeningKind.values else [_fault("/kind", "not_known", _UNKNOWN)]
    if spec.effect not in ScreeningEffect.values:
        faults.append(_fault("/effect", "not_known", _UNKNOWN))
    if not is_code(spec.code):
        detail = _("A code has 1 to 40 letters, digits and dashes.")
        faults.append(_fault("/code", "bad_text", detail))
    faults += _word_faults(spec)
    is_lacking = (spec.kind == ScreeningKind.LICENCE) != bool(spec.licence)
    if is_lacking or (spec.licence and not is_code(spec.licence)):
        detail = _("A rule of licences names a licence, and no other rule does.")
        faults.append(_fault("/licence", "of_another_kind", detail))
    if (spec.kind == ScreeningKind.PRICE) != (spec.floor_bp is not None):
        detail = _("A rule of prices names a share of the median, and no other rule does.")
        faults.append(_fault("/floor_bp", "of_another_kind", detail))
    elif spec.floor_bp is not None and not 1 <= spec.floor_bp <= 10_000:
        detail = _("The share of the median is from 0.01 to 100 percent.")
        faults.append(_fault("/floor_bp", "out_of_range", detail))
    for name in ("message", "reason"):
        if not is_plain_text(getattr(spec, name), 0, 200):
            detail = _("This text has at most 200 characters.")
            faults.append(_fault(f"/{name}", "bad_text", detail))
    return faults


_UNKNOWN = _("This is not known.")


def _word_faults(spec: RuleSpec) -> list[FieldError]:
    kinds = (ScreeningKind.BANNED_WORDS, ScreeningKind.BRAND_GRANT)
    is_lacking = spec.kind == ScreeningKind.BANNED_WORDS and not spec.words
    if is_lacking or (spec.words and spec.kind not in kinds):
        detail = _("A rule of banned words names words; a rule of brands may name brands.")
        return [_fault("/words", "of_another_kind", detail)]
    are_good = all(is_plain_text(word, 1, 60) and word.strip() for word in spec.words)
    if len(spec.words) > MAX_WORDS or not are_good:
        detail = _("There are at most %(most)s words of 1 to 60 characters.")
        return [_fault("/words", "bad_words", detail % {"most": MAX_WORDS})]
    return []


def _fault(pointer: str, code: str, detail: str | Promise) -> FieldError:
    return FieldError(pointer, code, str(detail))


def _told(rule: ScreeningRule) -> dict[str, Any]:
    return {
        "code": rule.code,
        "kind": rule.kind,
        "effect": rule.effect,
        "category": rule.category.public_id if rule.category else None,
        "words": rule.words,
        "licence": rule.licence,
        "floor_bp": rule.floor_bp,
    }


def _record(actor: Actor, action: str, rule: ScreeningRule, at: datetime, **more: Any) -> None:
    audit.record(actor=actor, action=action, target=rule, at=at, **more)

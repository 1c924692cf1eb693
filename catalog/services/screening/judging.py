"""What becomes of a submission: refused, approved, or looked at by a person (CA-06, CA-07)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Q

from catalog.enums import ScreeningEffect, Verdict
from catalog.models import Product, ProductReview, ReviewPass, ScreeningHit
from catalog.services import axes, reviews
from catalog.services.content import Content
from catalog.services.reviews import Reason
from catalog.services.screening import facts, rules
from catalog.services.screening.matching import Candidate, Finding, findings, hardest_first
from kernel.actors import SYSTEM, Actor

#: What a hit, and a shop that never sold, weigh in the queue; together at most MAX_RISK.
HUMAN_RISK, WARN_RISK, NEW_SHOP_RISK = 40, 10, 20
MAX_RISK = 100
MAX_REASONS = 50


def look(
    submissions: Sequence[tuple[Product, Content]], *, at: datetime
) -> Mapping[int, list[Finding]]:
    """Return what the rules in force find in each submission, by the product's pk.

    One query without a rule; with rules as many as `facts.read` makes, for any number.
    """
    in_force = rules.in_force(at)
    candidates = {
        product.pk: Candidate(product.shop_id, content, product.min_price, product.pk)
        for product, content in submissions
    }
    known = facts.read(in_force, list(candidates.values()), at=at)
    return {pk: findings(in_force, one, known) for pk, one in candidates.items()}


def look_at(product: Product, *, at: datetime) -> list[Finding]:
    """Return what the rules would find if what waits of `product` were submitted now."""
    return look([(product, axes.waiting_content(product))], at=at)[product.pk]


def found_in(review: ProductReview) -> list[Finding]:
    """Return what was found when `review` was submitted, the hardest first; its hits are loaded
    with their rules, or it is one query.
    """
    rows = review.hits.all()
    if "hits" not in getattr(review, "_prefetched_objects_cache", ()):
        rows = rows.select_related("rule")
    found = [Finding(one.rule, one.field, one.found) for one in rows]
    return hardest_first(found)


def judge(
    review: ProductReview,
    found: Sequence[Finding],
    *,
    content: Content,
    at: datetime,
    trusted_by: Actor | None = None,
) -> ProductReview:
    """Keep what was `found`, and decide what a machine may decide of the open `review`; return it.

    A rule that blocks rejects it, with the reasons at their fields. Nothing that a person has to
    look at, in a shop that has a pass for the category, approves it; so it does against a standard
    product that is free of review, and where `trusted_by`, who may approve, vouches. Everything
    else waits for a person, the riskiest first.
    """
    record([(review, found)], at=at)
    effects = {one.rule.effect for one in found}
    if ScreeningEffect.BLOCK in effects:
        reviews.reject(review=review, reasons=_reasons(found), actor=SYSTEM, at=at)
    elif ScreeningEffect.HUMAN not in effects and (
        trusted_by or _is_standard(content) or _has_pass(review, content)
    ):
        reviews.approve(review=review, actor=trusted_by or SYSTEM, at=at)
    else:
        review.risk = _risk(review, found)
        review.save(update_fields=["risk"])
    return review


def stops(found: Sequence[Finding]) -> bool:
    """Tell whether a rule wants more than to be told."""
    return any(one.rule.effect != ScreeningEffect.WARN for one in found)


def record(judged: Sequence[tuple[ProductReview, Sequence[Finding]]], *, at: datetime) -> None:
    """Log every hit with the version of its rule. One statement, none without a hit."""
    hits = [
        ScreeningHit(
            rule=one.rule,
            review=review,
            product_id=review.product_id,
            shop_id=review.shop_id,
            field=one.field,
            found=one.found,
            at=at,
        )
        for review, found in judged
        for one in found
    ]
    if hits:
        ScreeningHit.objects.bulk_create(hits)


def _reasons(found: Sequence[Finding]) -> list[Reason]:
    blocking = [one for one in found if one.rule.effect == ScreeningEffect.BLOCK]
    return [
        Reason(one.field, str(one.rule.kind), str(one.message)) for one in blocking[:MAX_REASONS]
    ]


def _is_standard(content: Content) -> bool:
    return content.spu is not None and content.spu.is_free_of_review


def _has_pass(review: ProductReview, content: Content) -> bool:
    above = [int(pk) for pk in content.category.path.strip("/").split("/")]
    here = Q(category=None) | Q(category__in=above)
    return ReviewPass.objects.filter(here, shop_id=review.shop_id, revoked_at=None).exists()


def _risk(review: ProductReview, found: Sequence[Finding]) -> int:
    weights = {ScreeningEffect.HUMAN: HUMAN_RISK, ScreeningEffect.WARN: WARN_RISK}
    risk = sum(weights[ScreeningEffect(one.rule.effect)] for one in found)
    known = ProductReview.objects.filter(shop_id=review.shop_id, verdict=Verdict.APPROVED)
    if not known.exists():
        risk += NEW_SHOP_RISK
    return min(risk, MAX_RISK)

"""Verdicts of the platform: approve, reject, ask for changes, ban, reopen (CA-05, CA-06)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.enums import DraftStatus, ReviewStatus, ShelfStatus, Verdict
from catalog.errors import InvalidProduct, NotListable
from catalog.events import ProductReviewed
from catalog.models import Product, ProductDraft, ProductReview
from catalog.services import axes, checking, search
from catalog.services import content as contents
from catalog.services.content import Content
from kernel import audit
from kernel.actors import Actor
from kernel.errors import FieldError, IllegalTransition, StaleVersion
from kernel.events import publish
from kernel.states import move


@dataclass(frozen=True)
class Reason:
    """Why a field was refused: a code for machines, a message for the merchant."""

    field: str
    code: str
    message: str


@transaction.atomic
def approve(
    *, review: ProductReview, actor: Actor, at: datetime, version: int | None = None
) -> Product:
    """Approve an open review and return its product.

    A new product goes on the shelf when the merchant asked for that and it can be listed, else into
    the warehouse. The change of an approved product replaces its live content. `version` is the
    product version that the reviewer saw.

    Raises StaleVersion, IllegalTransition when the review is over, InvalidProduct when a rule that
    changed meanwhile refuses the content.
    """
    product = axes.locked(review.product)
    _refuse_stale(product, review, version)
    _decide(review, Verdict.APPROVED, actor, at)
    if review.is_draft:
        _make_live(product, actor, at)
    else:
        _admit(product, review, actor, at)
    _tell(product, review)
    audit.record(
        actor=actor,
        action="catalog.approve_product",
        target=product,
        at=at,
        after={"review": review.public_id, "version": review.product_version},
    )
    return product


@transaction.atomic
def reject(
    *,
    review: ProductReview,
    reasons: Sequence[Reason],
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> Product:
    """Reject an open review for `reasons`, one a field, and return its product.

    The live content of an approved product keeps selling; the change waits again for its merchant.
    Raises StaleVersion, IllegalTransition, InvalidProduct without a reason.
    """
    product, after = _turn_back(review, Verdict.REJECTED, reasons, actor, at, version)
    why = reasons[0].message
    audit.record(
        actor=actor,
        action="catalog.reject_product",
        target=product,
        at=at,
        after=after,
        reason=why,
    )
    return product


@transaction.atomic
def request_changes(
    *,
    review: ProductReview,
    reasons: Sequence[Reason],
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> Product:
    """Ask the merchant for changes, field by field, without a verdict against the product (CA-06).

    It is a draft again, not a rejected product; a live one keeps selling. Raises as `reject` does.
    """
    asked = Verdict.CHANGES_REQUESTED
    product, after = _turn_back(review, asked, reasons, actor, at, version)
    why = reasons[0].message
    audit.record(
        actor=actor,
        action="catalog.request_changes",
        target=product,
        at=at,
        after=after,
        reason=why,
    )
    return product


@transaction.atomic
def ban(*, product: Product, reason: str, actor: Actor, at: datetime) -> Product:
    """Ban an approved product: off the shelf at once, a waiting change is gone. Return it.

    Raises IllegalTransition unless it is approved, InvalidProduct without a reason.
    """
    if not reason.strip():
        detail = _("Say why.")
        raise InvalidProduct(detail, errors=[FieldError("/reason", "required", detail)])
    product = axes.locked(product)
    review = ProductReview.objects.filter(product=product, verdict=Verdict.PENDING).first()
    if review is not None and review.is_draft:
        plain = [asdict(Reason("", "banned", reason))]
        _decide(review, Verdict.REJECTED, actor, at, reasons=plain)
        _tell(product, review)
    ProductDraft.objects.filter(product=product).delete()
    if product.draft_status != DraftStatus.NONE:
        move(product, field="draft_status", to=DraftStatus.NONE, at=at, actor=actor)
    if product.shelf_status == ShelfStatus.ON:
        axes.take_off_shelf(product, actor=actor, at=at, reason=reason)
    move(
        product,
        field="review_status",
        to=ReviewStatus.BANNED,
        at=at,
        actor=actor,
        reason=reason,
    )
    product.refresh_from_db(fields=["display_state"])
    audit.record(actor=actor, action="catalog.ban_product", target=product, at=at, reason=reason)
    return product


@transaction.atomic
def reopen(*, product: Product, actor: Actor, at: datetime) -> ProductReview:
    """Send a banned product back to review, after an appeal was heard. Return the review.

    Raises IllegalTransition unless it is banned.
    """
    product = axes.locked(product)
    if product.review_status != ReviewStatus.BANNED or product.shelf_status == ShelfStatus.DELETED:
        raise IllegalTransition
    review = axes.open_review(product, list_when_approved=False, actor=actor, at=at)
    audit.record(actor=actor, action="catalog.reopen_product", target=product, at=at)
    return review


def _refuse_stale(product: Product, review: ProductReview, version: int | None) -> None:
    seen = review.product_version if version is None else version
    if seen != product.version:
        raise StaleVersion(extra={"version": product.version})


def _decide(
    review: ProductReview,
    verdict: Verdict,
    actor: Actor,
    at: datetime,
    reasons: list[dict[str, str]] | None = None,
) -> None:
    move(
        review,
        field="verdict",
        to=verdict,
        at=at,
        actor=actor,
        decided_at=at,
        decided_by_label=actor.label[:120],
        reasons=reasons or [],
    )


#: Verdict → where a product goes that was never approved.
_TURNED_BACK = {
    Verdict.REJECTED: ReviewStatus.REJECTED,
    Verdict.CHANGES_REQUESTED: ReviewStatus.NOT_SUBMITTED,
}


def _turn_back(
    review: ProductReview,
    verdict: Verdict,
    reasons: Sequence[Reason],
    actor: Actor,
    at: datetime,
    version: int | None,
) -> tuple[Product, dict[str, Any]]:
    """Decide the review and move the product; return it, and what the audit keeps of it."""
    _refuse_unless_reasoned(reasons)
    product = axes.locked(review.product)
    _refuse_stale(product, review, version)
    plain = [asdict(reason) for reason in reasons]
    _decide(review, verdict, actor, at, reasons=plain)
    if not review.is_draft:
        move(product, field="review_status", to=_TURNED_BACK[verdict], at=at, actor=actor)
    move(product, field="draft_status", to=DraftStatus.UNSUBMITTED, at=at, actor=actor)
    product.refresh_from_db(fields=["display_state"])
    _tell(product, review)
    return product, {"review": review.public_id, "reasons": plain}


def _make_live(product: Product, actor: Actor, at: datetime) -> None:
    draft = ProductDraft.objects.get(product=product)
    content = Content.of(product).changed(contents.loaded(draft.changes))
    checking.check_product(product, content)
    content.write_to(product)
    product.version += 1
    search.reindex([product])
    product.save()
    draft.delete()
    move(product, field="draft_status", to=DraftStatus.NONE, at=at, actor=actor)
    product.refresh_from_db(fields=["display_state"])


def _admit(product: Product, review: ProductReview, actor: Actor, at: datetime) -> None:
    to = ReviewStatus.APPROVED if review.list_when_approved else ReviewStatus.AWAITING_LISTING
    move(product, field="review_status", to=to, at=at, actor=actor)
    move(product, field="draft_status", to=DraftStatus.NONE, at=at, actor=actor)
    product.refresh_from_db(fields=["display_state"])
    if not review.list_when_approved:
        return
    try:
        axes.refuse_unless_listable(product, at=at)
    except NotListable:
        return  # approved all the same; the merchant lists it when shop and stock are ready
    axes.put_on_shelf(product, actor=actor, at=at)


def _tell(product: Product, review: ProductReview) -> None:
    publish(
        ProductReviewed(
            product_id=product.pk,
            shop_id=product.shop_id,
            review_id=review.pk,
            verdict=str(review.verdict),
        )
    )


def _refuse_unless_reasoned(reasons: Sequence[Reason]) -> None:
    is_bad = not reasons or len(reasons) > 50 or not all(one.message.strip() for one in reasons)
    if is_bad:
        detail = _("Say why, field by field.")
        raise InvalidProduct(detail, errors=[FieldError("/reasons", "required", detail)])

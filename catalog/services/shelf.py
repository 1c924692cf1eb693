"""Submitting, listing, delisting, the recycle bin: the merchant's moves (CA-03, CA-05, CA-23)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.enums import DraftStatus, ReviewStatus, ShelfStatus
from catalog.errors import ChangePending, NothingToSubmit, NotListable, RestoreTooLate
from catalog.events import ProductDelisted
from catalog.models import Product, ProductReview
from catalog.policies import restore_until
from catalog.services import axes, checking
from catalog.services.screening import judging
from kernel import audit
from kernel.actors import Actor
from kernel.errors import IllegalTransition
from kernel.events import publish
from kernel.states import move
from shops.enums import RestrictionKind
from shops.services import restrictions


@transaction.atomic
def submit(
    *, product: Product, actor: Actor, at: datetime, list_when_approved: bool = True
) -> ProductReview:
    """Send what waits to review: the product, or the change of an approved one. Return the review.

    `list_when_approved` False puts the product into the warehouse instead of on the shelf (CA-05).
    What waits is held against the rules of today first: a reviewer is not asked what a rule says
    (CA-06). Then the interception rules look at it: the review that comes back is rejected already
    when one blocks, approved when nobody has to look, and open else (CA-07).

    Raises InvalidProduct then, ShopRestricted for a new product of a shop that may list none,
    CategoryNotOpen where the shop lacks a licence of the category (SH-05), NothingToSubmit,
    ChangePending, NotListable without SKUs, IllegalTransition for a banned product
    (only the platform reopens it) or one in the bin.
    """
    product = axes.locked(product)
    if product.shelf_status == ShelfStatus.DELETED or product.review_status == ReviewStatus.BANNED:
        raise IllegalTransition
    if product.review_status not in axes.REVIEWED:
        restrictions.refuse_if_restricted(product.shop_id, RestrictionKind.LISTING)
    if product.draft_status == DraftStatus.PENDING:
        raise ChangePending
    if product.draft_status == DraftStatus.NONE:
        raise NothingToSubmit
    if not product.skus.filter(is_active=True).exists():
        raise NotListable(_("A product needs at least one SKU."))
    content = axes.waiting_content(product)
    rules = checking.check_product(product, content)
    axes.refuse_unless_open(product, content.category, content.attributes, at=at)
    review = axes.open_review(
        product,
        list_when_approved=list_when_approved,
        rules_version=rules.version,
        actor=actor,
        at=at,
    )
    _record(actor, "catalog.submit_product", product, at, after={"version": product.version})
    found = judging.look([(product, content)], at=at)[product.pk]
    return judging.judge(review, found, content=content, at=at)


@transaction.atomic
def withdraw(*, product: Product, actor: Actor, at: datetime) -> ProductReview:
    """Take the open review back; what waited waits again. Raises NothingToSubmit without one."""
    product = axes.locked(product)
    review = axes.close_review(product, actor=actor, at=at)
    if review is None:
        raise NothingToSubmit
    _record(actor, "catalog.withdraw_product", product, at)
    return review


@transaction.atomic
def list_product(*, product: Product, actor: Actor, at: datetime) -> Product:
    """Put an approved product on the shelf and return it.

    Raises NotListable unless it is approved, in an open shop, and has a piece at a price in force.
    """
    product = axes.locked(product)
    axes.refuse_unless_listable(product, at=at)
    axes.put_on_shelf(product, actor=actor, at=at)
    _record(actor, "catalog.list_product", product, at)
    return product


@transaction.atomic
def delist(*, product: Product, actor: Actor, at: datetime, reason: str = "") -> Product:
    """Take a product off the shelf and return it. Raises IllegalTransition."""
    product = axes.locked(product)
    if product.shelf_status != ShelfStatus.ON:
        raise IllegalTransition
    axes.take_off_shelf(product, actor=actor, at=at, reason=reason)
    _record(actor, "catalog.delist_product", product, at, reason=reason)
    return product


@transaction.atomic
def delete(*, product: Product, actor: Actor, at: datetime) -> Product:
    """Put a product into the recycle bin; orders still show it (CA-23). Open reviews are withdrawn.

    Raises IllegalTransition when it is there already.
    """
    product = axes.locked(product)
    was_on = product.shelf_status == ShelfStatus.ON
    axes.close_review(product, actor=actor, at=at)
    move(product, field="shelf_status", to=ShelfStatus.DELETED, at=at, actor=actor, deleted_at=at)
    if was_on:
        publish(ProductDelisted(product_id=product.pk, shop_id=product.shop_id))
    _record(actor, "catalog.delete_product", product, at)
    return product


@transaction.atomic
def restore(*, product: Product, actor: Actor, at: datetime) -> Product:
    """Take a product out of the bin, off the shelf. Raises RestoreTooLate, IllegalTransition."""
    product = axes.locked(product)
    if product.shelf_status != ShelfStatus.DELETED:
        raise IllegalTransition
    until = restore_until(product)
    if until is not None and at > until:
        raise RestoreTooLate
    move(product, field="shelf_status", to=ShelfStatus.OFF, at=at, actor=actor, deleted_at=None)
    _record(actor, "catalog.restore_product", product, at)
    return product


def _record(
    actor: Actor,
    action: str,
    product: Product,
    at: datetime,
    reason: str = "",
    after: dict[str, int] | None = None,
) -> None:
    audit.record(actor=actor, action=action, target=product, at=at, reason=reason, after=after)

"""The three axes of a product (CA-03): the moves that the services of this room share.

- shelf: on, off, in the bin;
- review: of the product itself, before it first sells;
- draft: of what waits. A new product waits as a whole; an approved one has a `ProductDraft`.

Every function but `locked` takes a product that is locked, and leaves the audit to its caller.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.enums import DraftStatus, ReviewStatus, ShelfStatus, Verdict
from catalog.errors import CategoryNotOpen, NotListable
from catalog.events import ProductDelisted, ProductListed, ProductReviewed, ProductSubmitted
from catalog.models import Category, PriceVersion, Product, ProductDraft, ProductReview, Stock
from catalog.policies import may_list
from catalog.selectors import category_rules, openings
from catalog.services import content as contents
from catalog.services.content import Content
from kernel.actors import Actor
from kernel.events import publish
from kernel.states import move
from shops.enums import RestrictionKind, ShopStatus
from shops.selectors import is_restricted

#: Reviews that are over: the content was, or can still be, on sale.
REVIEWED = (ReviewStatus.APPROVED, ReviewStatus.AWAITING_LISTING)


def locked(product: Product) -> Product:
    """Return the product as stored, its row locked until the transaction ends."""
    rows = Product.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("category", "brand", "spu", "shop").get(pk=product.pk)


def waiting_content(product: Product) -> Content:
    """Return what the locked `product` would say if all that waits were live."""
    live = Content.of(product)
    draft = ProductDraft.objects.filter(product=product).first()
    return live.changed(contents.loaded(draft.changes)) if draft else live


def open_review(
    product: Product,
    *,
    list_when_approved: bool,
    actor: Actor,
    at: datetime,
    rules_version: int | None = None,
) -> ProductReview:
    """Move the axes to "in review" and write the review of the locked `product`.

    `rules_version` are the rules that the content was held against; those of today unless told.
    """
    is_draft = product.review_status in REVIEWED
    live = contents.snapshot(Content.of(product))
    if is_draft:
        content = ProductDraft.objects.get(product=product).changes
        before = {name: live[name] for name in content}
    else:
        content = live
        last = ProductReview.objects.filter(product=product).order_by("-pk")
        before = last.values_list("content", flat=True).first() or {}
        move(product, field="review_status", to=ReviewStatus.PENDING, at=at, actor=actor)
    if product.draft_status == DraftStatus.NONE:  # a banned product comes back without a draft
        move(product, field="draft_status", to=DraftStatus.UNSUBMITTED, at=at, actor=actor)
    move(product, field="draft_status", to=DraftStatus.PENDING, at=at, actor=actor)
    review = ProductReview.objects.create(
        product=product,
        shop_id=product.shop_id,
        product_version=product.version,
        content=content,
        before=before,
        is_draft=is_draft,
        list_when_approved=list_when_approved,
        rules_version=(
            category_rules(product.category).version if rules_version is None else rules_version
        ),
        submitted_at=at,
    )
    publish(ProductSubmitted(product_id=product.pk, shop_id=product.shop_id, review_id=review.pk))
    return review


def refuse_unless_listable(product: Product, *, at: datetime) -> None:
    """Raise NotListable unless the locked `product` may go on the shelf now.

    CategoryNotOpen, one of those, where licences lack.
    """
    if not may_list(product):
        raise NotListable(_("Only an approved product in the warehouse can be listed."))
    if product.shop.status != ShopStatus.OPEN:
        raise NotListable(_("The shop is not open."))
    if is_restricted(product.shop_id, RestrictionKind.LISTING):
        raise NotListable(_("The platform lets this shop list nothing at present."))
    refuse_unless_open(product, product.category, product.attributes, at=at)
    skus = product.skus.filter(is_active=True)
    if not Stock.objects.filter(sku__in=skus, available__gte=1).exists():
        raise NotListable(_("There is no stock."))
    if not PriceVersion.objects.filter(sku__in=skus).in_force().exists():
        raise NotListable(_("There is no price."))


def refuse_unless_open(
    product: Product, category: Category, attributes: Sequence[Mapping[str, Any]], *, at: datetime
) -> None:
    """Raise CategoryNotOpen unless the shop has the licences that `category` asks for (SH-05)."""
    lacking = openings.missing(product.shop_id, category, attributes, at=at)
    if lacking:
        names = ", ".join(one.name for one in lacking)
        detail = _("This category is not open to the shop. It lacks: %(names)s.")
        codes = [one.code for one in lacking]
        raise CategoryNotOpen(detail % {"names": names}, extra={"qualifications": codes})


def put_on_shelf(product: Product, *, actor: Actor, at: datetime) -> None:
    """Move the locked, listable `product` to the shelf."""
    if product.review_status == ReviewStatus.AWAITING_LISTING:
        move(product, field="review_status", to=ReviewStatus.APPROVED, at=at, actor=actor)
    move(product, field="shelf_status", to=ShelfStatus.ON, at=at, actor=actor, listed_at=at)
    product.refresh_from_db(fields=["display_state"])
    publish(ProductListed(product_id=product.pk, shop_id=product.shop_id))


def take_off_shelf(product: Product, *, actor: Actor, at: datetime, reason: str = "") -> None:
    """Move the locked `product` off the shelf and tell."""
    move(product, field="shelf_status", to=ShelfStatus.OFF, at=at, actor=actor, reason=reason)
    product.refresh_from_db(fields=["display_state"])
    publish(ProductDelisted(product_id=product.pk, shop_id=product.shop_id))


def close_review(product: Product, *, actor: Actor, at: datetime) -> ProductReview | None:
    """Withdraw the open review, if there is one, and return it."""
    review = ProductReview.objects.filter(product=product, verdict=Verdict.PENDING).first()
    if review is None:
        return None
    move(
        review,
        field="verdict",
        to=Verdict.WITHDRAWN,
        at=at,
        actor=actor,
        decided_at=at,
        decided_by_label=actor.label[:120],
    )
    if not review.is_draft:
        move(product, field="review_status", to=ReviewStatus.NOT_SUBMITTED, at=at, actor=actor)
    move(product, field="draft_status", to=DraftStatus.UNSUBMITTED, at=at, actor=actor)
    product.refresh_from_db(fields=["display_state"])
    publish(
        ProductReviewed(
            product_id=product.pk,
            shop_id=product.shop_id,
            review_id=review.pk,
            verdict=Verdict.WITHDRAWN,
        )
    )
    return review

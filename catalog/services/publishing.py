"""Submit, approve and list a set of products at once: what an import of the platform does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from catalog.enums import DraftStatus, ReviewStatus, ShelfStatus, Verdict
from catalog.events import ProductListed, ProductReviewed
from catalog.models import PriceVersion, Product, ProductReview, Stock
from catalog.selectors import openings, rules_of
from catalog.services import axes
from catalog.services import content as contents
from catalog.services.content import Content
from catalog.services.screening import judging
from catalog.services.screening.matching import Finding
from kernel.actors import Actor
from kernel.events import publish
from kernel.models import StatusChange
from shops.enums import RestrictionKind, ShopStatus
from shops.selectors import restricted

_UNSOLD = (ReviewStatus.NOT_SUBMITTED, ReviewStatus.REJECTED)


@transaction.atomic
def publish_all(wishes: Sequence[tuple[int, bool]], *, actor: Actor, at: datetime) -> list[int]:
    """Approve the products of `wishes` (pk, to be listed) and list those that can be.

    It leaves what submitting and approving one by one leaves: reviews, history, events. A product
    without a piece in stock, in a shop or a category that is not open, goes into the warehouse.
    Changes that wait on approved products are approved too. What an interception rule blocks is
    rejected, what it wants a person for waits for one (CA-07). Returns the products that went on
    the shelf. The platform's power; the audit is the caller's: one entry a decision.
    """
    is_wished = dict(wishes)
    rows = (
        Product.objects.select_for_update(no_key=True, of=("self",))
        .select_related("category", "brand", "spu", "shop")
        .filter(pk__in=is_wished)
        .exclude(shelf_status=ShelfStatus.DELETED)
        .order_by("pk")
    )
    waiting = [one for one in rows if one.draft_status == DraftStatus.UNSUBMITTED]
    said = {
        one.pk: axes.waiting_content(one) if one.review_status in axes.REVIEWED else Content.of(one)
        for one in waiting
    }
    found = judging.look([(one, said[one.pk]) for one in waiting], at=at)
    fresh = []
    for product in waiting:
        is_change = product.review_status in axes.REVIEWED
        if is_change or (product.review_status in _UNSOLD and judging.stops(found[product.pk])):
            review = axes.open_review(
                product,
                list_when_approved=is_change or is_wished[product.pk],
                actor=actor,
                at=at,
            )
            content, hits = said[product.pk], found[product.pk]
            judging.judge(review, hits, content=content, at=at, trusted_by=actor)
        elif product.review_status in _UNSOLD:
            fresh.append(product)
    ready = _ready(fresh, at)
    listed = [one for one in fresh if is_wished[one.pk] and one.pk in ready]
    later = [one for one in fresh if not is_wished[one.pk]]
    stocked = [one for one in fresh if is_wished[one.pk] and one.pk not in ready]
    _approve(listed, ReviewStatus.APPROVED, ShelfStatus.ON, found, actor, at)
    _approve(stocked, ReviewStatus.APPROVED, ShelfStatus.OFF, found, actor, at)
    _approve(later, ReviewStatus.AWAITING_LISTING, ShelfStatus.OFF, found, actor, at)
    return [one.pk for one in listed]


def _ready(products: Sequence[Product], at: datetime) -> set[int]:
    """Return those that `axes.refuse_unless_listable` would let pass."""
    closed = openings.barred(products, at=at)
    barred = restricted({one.shop_id for one in products}, RestrictionKind.LISTING)
    open_ones = [
        one.pk
        for one in products
        if one.shop.status == ShopStatus.OPEN and one.shop_id not in barred and one.pk not in closed
    ]
    active = {"sku__product__in": open_ones, "sku__is_active": True}
    in_stock = Stock.objects.filter(available__gte=1, **active)
    priced = PriceVersion.objects.filter(**active).in_force()
    with_stock = set(in_stock.values_list("sku__product_id", flat=True))
    return with_stock & set(priced.values_list("sku__product_id", flat=True))


def _approve(
    products: Sequence[Product],
    review_status: ReviewStatus,
    shelf_status: ShelfStatus,
    found: Mapping[int, list[Finding]],
    actor: Actor,
    at: datetime,
) -> None:
    if not products:
        return
    rules = rules_of({product.category_id for product in products})
    made = ProductReview.objects.bulk_create(
        [
            ProductReview(
                product=product,
                shop_id=product.shop_id,
                product_version=product.version,
                content=contents.snapshot(Content.of(product)),
                list_when_approved=review_status == ReviewStatus.APPROVED,
                rules_version=rules[product.category_id].version,
                verdict=Verdict.APPROVED,
                submitted_at=at,
                decided_at=at,
                decided_by_label=actor.label[:120],
            )
            for product in products
        ]
    )
    judging.record([(review, found[review.product_id]) for review in made], at=at)
    is_listed = shelf_status == ShelfStatus.ON
    # The rows are locked and their states were read under the lock.
    Product.objects.filter(pk__in=[one.pk for one in products]).update(
        review_status=review_status,
        draft_status=DraftStatus.NONE,
        shelf_status=shelf_status,
        **({"listed_at": at} if is_listed else {}),
    )
    _write_history(products, review_status, is_listed, actor, at)
    events: list[ProductReviewed | ProductListed] = [
        ProductReviewed(
            product_id=review.product_id,
            shop_id=review.shop_id,
            review_id=review.pk,
            verdict=Verdict.APPROVED,
        )
        for review in made
    ]
    if is_listed:
        events += [ProductListed(product_id=one.pk, shop_id=one.shop_id) for one in products]
    publish(*events)


def _write_history(
    products: Sequence[Product],
    review_status: ReviewStatus,
    is_listed: bool,
    actor: Actor,
    at: datetime,
) -> None:
    changes = []
    for product in products:
        moves = [
            ("review_status", product.review_status, ReviewStatus.PENDING),
            ("draft_status", DraftStatus.UNSUBMITTED, DraftStatus.PENDING),
            ("review_status", ReviewStatus.PENDING, review_status),
            ("draft_status", DraftStatus.PENDING, DraftStatus.NONE),
        ]
        if is_listed:
            moves.append(("shelf_status", ShelfStatus.OFF, ShelfStatus.ON))
        changes += [
            StatusChange(
                model=Product._meta.label_lower,
                object_id=product.pk,
                field=field,
                from_status=was,
                to_status=to,
                at=at,
                actor_label=actor.label or str(actor.role),
            )
            for field, was, to in moves
        ]
    StatusChange.objects.bulk_create(changes)

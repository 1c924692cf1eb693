"""Products as their merchants make and change them (CA-04, CA-09)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from catalog.enums import DraftStatus, ShelfStatus
from catalog.errors import ChangePending, DuplicateCode, NothingToSubmit
from catalog.models import Product, ProductDraft, Sku
from catalog.services import axes, checking, search, shelf, variants
from catalog.services import content as contents
from catalog.services.content import Content
from catalog.services.variants import SkuSpec
from kernel import audit
from kernel.actors import Actor
from kernel.errors import IllegalTransition, StaleVersion
from kernel.states import move
from shops.models import Shop


@transaction.atomic
def create(
    *,
    shop: Shop,
    content: Content,
    skus: Sequence[SkuSpec],
    actor: Actor,
    at: datetime,
    submit_now: bool = False,
    list_when_approved: bool = True,
) -> Product:
    """Make a product with its SKUs, prices and first count of stock; return it as a draft.

    With `submit_now` it goes to review at once (CA-05). Raises InvalidProduct,
    DuplicateCode; nothing is made then.
    """
    checking.check(content, skus, shop_id=shop.pk)
    product = Product(shop=shop)
    content.write_to(product)
    search.reindex([product])
    try:
        with transaction.atomic():
            product.save()
    except IntegrityError:
        raise DuplicateCode from None
    variants.add_skus([(product, spec) for spec in skus], actor=actor, at=at)
    product.refresh_from_db()
    audit.record(
        actor=actor,
        action="catalog.create_product",
        target=product,
        at=at,
        after={"title": product.title, "skus": [spec.merchant_code for spec in skus]},
    )
    if submit_now:
        shelf.submit(product=product, list_when_approved=list_when_approved, actor=actor, at=at)
    return product


@transaction.atomic
def edit(
    *,
    product: Product,
    changes: Mapping[str, Any],
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> Product:
    """Change the content of `product` and return it.

    What was never approved changes at once. What was approved keeps selling as it is: the changes
    wait in its draft until their own review is approved (CA-04); a change back to what is live
    leaves nothing to wait. `changes` maps names of `content.EDITABLE` to values; `version` is the
    one the editor saw.

    Raises InvalidProduct, StaleVersion, ChangePending while a review is open, IllegalTransition
    for a product in the bin.
    """
    product = axes.locked(product)
    _refuse_unless_editable(product, version)
    if product.review_status in axes.REVIEWED:
        return _edit_draft(product, changes, actor, at)
    before = Content.of(product)
    after = before.changed(changes)
    checking.check_product(product, after)
    after.write_to(product)
    product.version += 1
    search.reindex([product])
    product.save()
    _record(actor, "catalog.edit_product", product, at, after=contents.plain(changes))
    return product


@transaction.atomic
def discard_change(*, product: Product, actor: Actor, at: datetime) -> Product:
    """Throw the unsubmitted change of an approved product away. Raises NothingToSubmit."""
    product = axes.locked(product)
    draft = ProductDraft.objects.filter(product=product).first()
    if draft is None or product.draft_status != DraftStatus.UNSUBMITTED:
        raise NothingToSubmit
    move(product, field="draft_status", to=DraftStatus.NONE, at=at, actor=actor)
    _record(actor, "catalog.discard_change", product, at, before=draft.changes)
    draft.delete()
    return product


def add_sku(*, product: Product, spec: SkuSpec, actor: Actor, at: datetime) -> Sku:
    """Add a variant as `add_skus` does, and return it."""
    return add_skus(product=product, specs=[spec], actor=actor, at=at)[0]


@transaction.atomic
def add_skus(
    *, product: Product, specs: Sequence[SkuSpec], actor: Actor, at: datetime
) -> list[Sku]:
    """Add variants; like price and stock they need no review (CA-04). Returns the SKUs in order.

    Raises InvalidProduct, DuplicateCode, IllegalTransition for a product in the bin; none is made
    then.
    """
    product = axes.locked(product)
    if product.shelf_status == ShelfStatus.DELETED:
        raise IllegalTransition
    checking.check_added(
        Content.of(product),
        specs,
        standing=list(product.skus.all()),
        lowest=product.min_price,
        shop_id=product.shop_id,
    )
    skus = variants.add_skus([(product, spec) for spec in specs], actor=actor, at=at)
    for sku in skus:
        _record(actor, "catalog.add_sku", product, at, after={"sku": sku.merchant_code})
    return skus


def _refuse_unless_editable(product: Product, version: int | None) -> None:
    if product.shelf_status == ShelfStatus.DELETED:
        raise IllegalTransition
    if product.draft_status == DraftStatus.PENDING:
        raise ChangePending
    if version is not None and version != product.version:
        raise StaleVersion(extra={"version": product.version})


def _edit_draft(
    product: Product, changes: Mapping[str, Any], actor: Actor, at: datetime
) -> Product:
    draft = ProductDraft.objects.filter(product=product).first()
    waiting = {**(draft.changes if draft else {}), **contents.plain(changes)}
    content = Content.of(product).changed(contents.loaded(waiting))
    checking.check_product(product, content)
    live = contents.snapshot(Content.of(product))
    waiting = {name: value for name, value in waiting.items() if value != live[name]}
    if not waiting:
        return _forget_draft(product, draft, actor, at)
    ProductDraft.objects.update_or_create(
        product=product, defaults={"shop_id": product.shop_id, "changes": waiting}
    )
    if product.draft_status == DraftStatus.NONE:
        move(product, field="draft_status", to=DraftStatus.UNSUBMITTED, at=at, actor=actor)
    product.version += 1
    product.save(update_fields=["version"])
    product.refresh_from_db(fields=["display_state"])
    _record(actor, "catalog.edit_draft", product, at, after=contents.plain(changes))
    return product


def _forget_draft(
    product: Product, draft: ProductDraft | None, actor: Actor, at: datetime
) -> Product:
    """Everything says again what is live: nothing waits."""
    if draft is None:
        return product
    move(product, field="draft_status", to=DraftStatus.NONE, at=at, actor=actor)
    product.version += 1
    product.save(update_fields=["version"])
    product.refresh_from_db(fields=["display_state"])
    _record(actor, "catalog.discard_change", product, at, before=draft.changes)
    draft.delete()
    return product


def _record(actor: Actor, action: str, product: Product, at: datetime, **more: Any) -> None:
    audit.record(actor=actor, action=action, target=product, at=at, **more)

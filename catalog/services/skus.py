"""SKUs that exist, as their merchant changes them without a review (CA-09)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from catalog.enums import ShelfStatus
from catalog.errors import BadSku, DuplicateCode, LastSku
from catalog.models import Sku
from catalog.services import axes, prices
from kernel import audit
from kernel.actors import Actor
from kernel.errors import IllegalTransition

#: What a merchant says of a SKU at any time.
FIELDS = ("merchant_code", "supplier_code", "image_url", "is_active")


@transaction.atomic
def change(*, sku: Sku, changes: Mapping[str, Any], actor: Actor, at: datetime) -> Sku:
    """Write those of `FIELDS` that `changes` names; return the SKU. Orders keep what they show.

    A SKU that is not active is not sold and not seen by buyers; its stock and its history stay. Its
    picture is one of the product's own, which were looked at. Raises BadSku, DuplicateCode,
    LastSku for the only active one of a product on the shelf, IllegalTransition in the bin.
    """
    product = axes.locked(sku.product)
    if product.shelf_status == ShelfStatus.DELETED:
        raise IllegalTransition
    sku = Sku.objects.select_for_update(no_key=True).get(pk=sku.pk)
    before = {name: getattr(sku, name) for name in FIELDS}
    after = before | {name: changes[name] for name in FIELDS if name in changes}
    told = {name: value for name, value in after.items() if value != before[name]}
    if not told:
        return sku
    pictures = {"", *product.image_urls, *product.detail_image_urls}
    if "image_url" in told and told["image_url"] not in pictures:
        raise BadSku.about("image_url", "not_a_picture_of_it", _NOT_ITS_PICTURE)
    others = product.skus.filter(is_active=True).exclude(pk=sku.pk)
    is_on = product.shelf_status == ShelfStatus.ON
    if is_on and not told.get("is_active", True) and not others.exists():
        raise LastSku
    for name, value in told.items():
        setattr(sku, name, value)
    try:
        with transaction.atomic():
            sku.save(update_fields=list(told))
    except IntegrityError as error:
        if "sku_merchant_code" not in str(error):
            raise
        raise DuplicateCode from None
    if "is_active" in told:
        prices.refresh_bands([product.pk])
    audit.record(
        actor=actor,
        action="catalog.change_sku",
        target=sku,
        at=at,
        before={name: before[name] for name in told},
        after=told,
    )
    return sku


_NOT_ITS_PICTURE = _("Choose one of the product's own pictures.")

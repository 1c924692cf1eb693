"""When the pieces of a product stop being for sale (CA-11): the merchant's word, no review."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from catalog.enums import DeductMode, ShelfStatus
from catalog.models import Product
from catalog.services import axes
from kernel import audit
from kernel.actors import Actor
from kernel.errors import IllegalTransition


@transaction.atomic
def set_deduct_mode(*, product: Product, mode: DeductMode, actor: Actor, at: datetime) -> Product:
    """Deduct as `mode` says from the next order on; return the product.

    By order, the pieces are held from the checkout until it is paid or closed. By payment they stay
    for sale until money comes: who pays first has them, and who pays too late has the money back.
    Orders that wait keep what they were placed with. Raises IllegalTransition in the bin.
    """
    product = axes.locked(product)
    if product.shelf_status == ShelfStatus.DELETED:
        raise IllegalTransition
    before = product.deduct_mode
    if before == mode:
        return product
    product.deduct_mode = mode
    product.save(update_fields=["deduct_mode"])
    audit.record(
        actor=actor,
        action="catalog.set_deduct_mode",
        target=product,
        at=at,
        before={"mode": str(before)},
        after={"mode": str(mode)},
    )
    return product

"""How many pieces of a product a buyer may take (CA-17): the merchant's word, no review."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from catalog.enums import ShelfStatus
from catalog.errors import LimitsCannotBeMet
from catalog.models import Product
from catalog.policies import PurchaseLimits
from catalog.services import axes
from kernel import audit
from kernel.actors import Actor
from kernel.errors import IllegalTransition


@transaction.atomic
def set_limits(*, product: Product, limits: PurchaseLimits, actor: Actor, at: datetime) -> Product:
    """Let `limits` hold for each checkout from now on and return the product.

    What a buyer took before counts: a limit below it lets no further piece go to that buyer. Orders
    that exist stay as they are. Raises LimitsCannotBeMet when no number of pieces would be allowed,
    IllegalTransition for a product in the bin.
    """
    if not limits.can_be_met:
        raise LimitsCannotBeMet
    product = axes.locked(product)
    if product.shelf_status == ShelfStatus.DELETED:
        raise IllegalTransition
    before = PurchaseLimits.of(product)
    for name, value in asdict(limits).items():
        setattr(product, name, value)
    product.save(update_fields=list(asdict(limits)))
    audit.record(
        actor=actor,
        action="catalog.set_limits",
        target=product,
        at=at,
        before=asdict(before),
        after=asdict(limits),
    )
    return product

"""A buyer's cart: SKUs and pieces, never prices (OR-03)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts.models import User
from catalog.models import Sku
from catalog.selectors.offers import buyable
from kernel.actors import Actor
from kernel.errors import NotFound
from orders.errors import CartFull
from orders.models import CartLine
from orders.services.requests import Touch


@transaction.atomic
def put_in_cart(
    *, sku_id: str, quantity: int, at: datetime, actor: Actor, touch: Touch | None = None
) -> CartLine:
    """Let the actor's cart hold `quantity` pieces of the SKU with that public id.

    A touch replaces the line's, none leaves it: the content that put it there first stays known.
    Raises NotFound for a SKU that cannot be bought and is not in the cart, CartFull.
    """
    sku = Sku.objects.filter(public_id=sku_id).first()
    if sku is None:
        raise NotFound
    buyer = User.objects.select_for_update(no_key=True).get(pk=actor.user_id)  # one writer a cart
    lines = CartLine.objects.filter(buyer=buyer)
    line = lines.filter(sku=sku).first()
    if line is None:
        if sku.pk not in buyable([sku.pk], at=at):
            raise NotFound
        if lines.count() >= settings.MAX_CART_LINES:
            raise CartFull
        line = CartLine(buyer=buyer, sku=sku)
    line.quantity = quantity
    if touch is not None:
        line.touch = asdict(touch)
    line.save()
    return line


@transaction.atomic
def remove_from_cart(*, sku_id: str, actor: Actor) -> None:
    """Take a line out of the actor's cart; one that is not there is no fault."""
    CartLine.objects.visible_to(actor).filter(sku__public_id=sku_id).delete()

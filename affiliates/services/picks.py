"""Creators choose what to sell (选品); each choice has a code that an order line can name."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from accounts.enums import CreatorStatus
from accounts.models import Creator
from affiliates import selectors
from affiliates.enums import PickStatus
from affiliates.errors import (
    CreatorSuspended,
    NotNamed,
    OnProbation,
    OwnShopProduct,
    ProductOffShelf,
    PromotionClosed,
    ShopNotInAlliance,
)
from affiliates.models import Pick
from catalog.models import Product
from catalog.selectors.channels import sold_through
from kernel.actors import Actor
from kernel.states import move

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's, without i l o u


@transaction.atomic
def pick(*, creator: Creator, product: Product, at: datetime, actor: Actor) -> Pick:
    """Put `product` into the creator's showcase and return the pick with its code.

    A product picked before gives the first pick, active again. The code of a pick never changes.

    Raises, by what stands in the way (AL-21, BI-09): CreatorSuspended, ProductOffShelf,
    NotNamed (CA-19), OwnShopProduct, OnProbation (BI-15), ShopNotInAlliance, PromotionClosed.
    """
    creator = Creator.objects.select_for_update(no_key=True, of=("self",)).get(pk=creator.pk)
    if creator.status != CreatorStatus.ACTIVE:
        raise CreatorSuspended
    on_sale = Product.objects.on_sale().filter(pk=product.pk)
    if not on_sale.exists():
        raise ProductOffShelf
    if not on_sale.filter(sold_through(creator.account.public_id)).exists():
        raise NotNamed
    if selectors.is_own_shop(creator, product.shop_id, at=at):
        raise OwnShopProduct
    ends_at = selectors.probation_ends_at(creator, at=at)
    if ends_at is not None:
        raise OnProbation(extra={"possible_from": ends_at.isoformat()})
    if not selectors.is_in_alliance(product.shop_id, at=at):
        raise ShopNotInAlliance
    plan = selectors.running_plan(product.pk, at=at)
    if plan is None:
        raise PromotionClosed
    chosen, _is_new = Pick.objects.get_or_create(
        creator=creator,
        plan=plan,
        defaults={
            "product": product,
            "shop_id": product.shop_id,
            "pick_code": new_code(),
            "created_at": at,
        },
    )
    if chosen.status == PickStatus.REMOVED:
        move(chosen, to=PickStatus.ACTIVE, at=at, actor=actor)
    return chosen


@transaction.atomic
def remove(*, pick: Pick, at: datetime, actor: Actor) -> Pick:
    """Take the pick out of the showcase; a repetition changes nothing.

    Links made before go on earning (AL-13): a buyer may hold one.
    """
    held = Pick.objects.select_for_update(no_key=True, of=("self",)).get(pk=pick.pk)
    if held.status == PickStatus.ACTIVE:
        move(held, to=PickStatus.REMOVED, at=at, actor=actor)
    return held


def new_code() -> str:
    """Return a pick code: 25 letters and digits, 120 random bits, nothing to guess."""
    return "p" + "".join(secrets.choice(_ALPHABET) for _ in range(24))

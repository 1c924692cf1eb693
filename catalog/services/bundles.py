"""Bundles: SKUs that are put together from pieces of others (组合商品, CA-09).

A bundle has a stock of its own, like any SKU: putting it together takes pieces of its parts off the
shelf and puts bundles on it, in one act. So whoever sells, holds or takes back a bundle needs to
know nothing of its parts.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet

from catalog.enums import MovementKind, ShelfStatus
from catalog.errors import BadBundle, BundleHasPieces, NoBundle, OutOfStock
from catalog.models import Bundle, BundlePart, Sku, Stock
from catalog.services import stock
from kernel import audit
from kernel.actors import SYSTEM, Actor
from kernel.errors import StaleVersion

MAX_PARTS = 20
MAX_PART_PIECES = 99
#: Bundles that one sweep fills up.
BATCH = 200


@dataclass(frozen=True)
class Part:
    """`quantity` pieces of a SKU in each bundle."""

    sku: Sku
    quantity: int


@transaction.atomic
def set_parts(
    *, sku: Sku, parts: Sequence[Part], keep: int | None, actor: Actor, at: datetime
) -> Bundle | None:
    """Say what `sku` is put together from; return the bundle, None when it is none any more.

    `keep` is how many shall always be ready, as far as the parts last; None is by hand alone. What
    was ordered until now keeps what it was put together from. Raises BadBundle for parts that are
    of another shop, in the bin, bundles themselves, the SKU itself or named twice, and for a SKU
    that is a part itself; BundleHasPieces while bundles of the old parts are there.
    """
    stock.lock([sku.pk, *(part.sku.pk for part in parts)])  # who looks at the same SKUs waits
    _check(sku, parts)
    before = told(sku)
    same = {one.part_id: one.quantity for one in _parts(sku.pk)} == {
        part.sku.pk: part.quantity for part in parts
    }
    if not same:
        if Stock.objects.filter(Q(on_hand__gt=0) | Q(held__gt=0), pk=sku.pk).exists():
            raise BundleHasPieces
        _parts(sku.pk).update(ends_at=at)
    bundle = None
    if parts:
        bundle, _new = Bundle.objects.update_or_create(
            sku=sku, defaults={"keep": keep}, create_defaults={"keep": keep, "shop_id": sku.shop_id}
        )
        if not same:
            BundlePart.objects.bulk_create(
                BundlePart(
                    bundle=bundle,
                    shop_id=sku.shop_id,
                    part=part.sku,
                    quantity=part.quantity,
                    starts_at=at,
                )
                for part in parts
            )
    else:
        Bundle.objects.filter(sku=sku).update(keep=None)
    audit.record(
        actor=actor,
        action="catalog.set_bundle",
        target=sku,
        at=at,
        before=before,
        after=told(sku),
    )
    return bundle


@transaction.atomic
def put_together(*, sku: Sku, count: int, actor: Actor, at: datetime, reference: str = "") -> Stock:
    """Make `count` bundles (> 0) of pieces of the parts; return the bundle's counters.

    `reference` makes it happen once. Raises NoBundle, OutOfStock naming the parts that are short.
    """
    kinds = MovementKind.BUNDLE_OUT, MovementKind.BUNDLE_IN
    if _assemble(sku, count, *kinds, actor, at, reference):
        after = {"pieces": count, **told(sku)}
        audit.record(actor=actor, action="catalog.put_together", target=sku, at=at, after=after)
    return Stock.objects.select_related("sku").get(pk=sku.pk)


@transaction.atomic
def take_apart(*, sku: Sku, count: int, actor: Actor, at: datetime, reference: str = "") -> Stock:
    """Make pieces of the parts of `count` bundles (> 0) that are for sale; return the counters.

    Raises NoBundle, OutOfStock when fewer are available.
    """
    kinds = MovementKind.BUNDLE_IN, MovementKind.BUNDLE_OUT
    if _assemble(sku, count, *kinds, actor, at, reference):
        after = {"pieces": count, **told(sku)}
        audit.record(actor=actor, action="catalog.take_apart", target=sku, at=at, after=after)
    return Stock.objects.select_related("sku").get(pk=sku.pk)


def fill_up(*, at: datetime, limit: int = BATCH) -> int:
    """Put together what bundles lack of what they shall keep; return how many bundles it made.

    As many as the parts last; each SKU is a transaction of its own.
    """
    short = Bundle.objects.filter(
        keep__gt=F("sku__stock__available"), sku__product__shelf_status=ShelfStatus.ON
    )
    made = 0
    for bundle in short.select_related("sku__stock").order_by("pk")[:limit]:
        count = min(bundle.keep - bundle.sku.stock.available, _possible(bundle.pk))
        if count < 1:
            continue
        try:
            put_together(sku=bundle.sku, count=count, actor=SYSTEM, at=at)
        except (OutOfStock, NoBundle):
            continue  # somebody was faster; the next sweep looks again
        made += count
    return made


def told(sku: Sku) -> dict[str, object]:
    """Return what `sku` is put together from now, as the audit trail and the doors tell it."""
    bundle = Bundle.objects.filter(sku=sku).first()
    return {
        "keep": bundle.keep if bundle else None,
        "parts": {one.part.merchant_code: one.quantity for one in _parts(sku.pk)},
    }


def _parts(bundle_id: int) -> QuerySet[BundlePart]:
    rows = BundlePart.objects.filter(bundle=bundle_id, ends_at__isnull=True)
    return rows.select_related("part").order_by("pk")


def _possible(bundle_id: int) -> int:
    """Return how many bundles the parts last for."""
    rows = _parts(bundle_id).values_list("part__stock__available", "quantity")
    return min((available // quantity for available, quantity in rows), default=0)


def _check(sku: Sku, parts: Sequence[Part]) -> None:
    named = [part.sku.pk for part in parts]
    faults = {
        "itself": sku.pk in named,
        "named_twice": len(set(named)) < len(named),
        "too_many_parts": len(parts) > MAX_PARTS,
        "bad_quantity": any(not 1 <= part.quantity <= MAX_PART_PIECES for part in parts),
        "of_another_shop": any(part.sku.shop_id != sku.shop_id for part in parts),
        "part_is_a_bundle": BundlePart.objects.filter(
            bundle__in=named, ends_at__isnull=True
        ).exists(),
        "is_a_part": bool(parts)
        and BundlePart.objects.filter(part=sku, ends_at__isnull=True).exists(),
        "one_piece": len(parts) == 1 and parts[0].quantity == 1,
    }
    for code, is_so in faults.items():
        if is_so:
            raise BadBundle.about("parts", code)


def _assemble(
    sku: Sku,
    count: int,
    of_parts: MovementKind,
    of_bundle: MovementKind,
    actor: Actor,
    at: datetime,
    reference: str,
) -> bool:
    """Move the pieces under the locks of all their SKUs; return whether `reference` was new."""
    asked = list(_parts(sku.pk))
    stock.lock([sku.pk, *(one.part_id for one in asked)])
    parts = list(_parts(sku.pk))
    if not parts:
        raise NoBundle
    if {one.part_id for one in parts} != {one.part_id for one in asked}:
        raise StaleVersion
    name = f"bundle:{sku.public_id}:{reference or uuid.uuid4().hex}"
    moves = [
        stock.Move(one.part_id, sku.shop_id, of_parts, count * one.quantity, name, actor.label)
        for one in parts
    ]
    moves.append(stock.Move(sku.pk, sku.shop_id, of_bundle, count, name, actor.label))
    return bool(stock.apply(moves, at))

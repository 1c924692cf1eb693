"""What a shop promises: guarantees (SH-10), and where returns go."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from kernel import audit
from kernel.actors import Actor
from kernel.errors import NotFound
from kernel.events import publish
from shops.errors import (
    BoundElsewhere,
    GuaranteeRunning,
    LastReturnAddress,
    RegionUnknown,
    TooManyReturnAddresses,
)
from shops.events import StorefrontChanged
from shops.models import Guarantee, ReturnAddress, Shop
from shops.selectors import regions

MAX_RETURN_ADDRESSES = 20


@dataclass(frozen=True)
class ReturnAddressData:
    """Who takes returns, and where."""

    receiver: str
    phone: str
    province: str
    city: str
    district: str
    street: str


@transaction.atomic
def start_guarantee(*, shop_id: int, kind: str, at: datetime, actor: Actor) -> Guarantee:
    """Promise `kind` from `at` on; orders placed before do not have it. Raises GuaranteeRunning."""
    try:
        with transaction.atomic():
            guarantee = Guarantee.objects.create(shop_id=shop_id, kind=kind, starts_at=at)
    except IntegrityError as error:
        if "guarantee_one_open" not in str(error):
            raise
        raise GuaranteeRunning from None
    _changed("shops.start_guarantee", guarantee, at, actor)
    return guarantee


@transaction.atomic
def end_guarantee(*, shop_id: int, kind: str, at: datetime, actor: Actor) -> Guarantee:
    """Promise `kind` no longer; orders placed before keep it. Raises NotFound when none runs."""
    running = Guarantee.objects.filter(shop_id=shop_id, kind=kind, ends_at__isnull=True)
    guarantee = running.select_for_update(no_key=True, of=("self",)).first()
    if guarantee is None or guarantee.starts_at >= at:
        raise NotFound
    guarantee.ends_at = at
    guarantee.save(update_fields=["ends_at"])
    _changed("shops.end_guarantee", guarantee, at, actor)
    return guarantee


@transaction.atomic
def add_return_address(
    *, shop_id: int, data: ReturnAddressData, is_default: bool, at: datetime, actor: Actor
) -> ReturnAddress:
    """Save an address for returns; the first one, and one asked for, becomes the default.

    Raises TooManyReturnAddresses.
    """
    _lock(shop_id)
    book = ReturnAddress.objects.filter(shop_id=shop_id)
    count = book.count()
    if count >= MAX_RETURN_ADDRESSES:
        raise TooManyReturnAddresses
    is_default = is_default or count == 0
    if is_default:
        book.update(is_default=False)
    address = ReturnAddress.objects.create(shop_id=shop_id, is_default=is_default, **asdict(data))
    audit.record(actor=actor, action="shops.add_return_address", target=address, at=at)
    return address


@transaction.atomic
def change_return_address(
    *,
    address: ReturnAddress,
    data: ReturnAddressData,
    is_default: bool,
    at: datetime,
    actor: Actor,
) -> ReturnAddress:
    """Replace what is saved; cases in which a return was agreed keep their copy."""
    _lock(address.shop_id)
    if is_default and not address.is_default:
        ReturnAddress.objects.filter(shop_id=address.shop_id).update(is_default=False)
        address.is_default = True
    for column, value in asdict(data).items():
        setattr(address, column, value)
    address.save(update_fields=["is_default", *asdict(data)])
    audit.record(actor=actor, action="shops.change_return_address", target=address, at=at)
    return address


@transaction.atomic
def remove_return_address(*, address: ReturnAddress, at: datetime, actor: Actor) -> None:
    """Forget it. When it was the default, the newest that is left becomes it.

    Raises LastReturnAddress.
    """
    _lock(address.shop_id)
    book = ReturnAddress.objects.filter(shop_id=address.shop_id)
    newest = book.exclude(pk=address.pk).order_by("-pk").first()
    if newest is None:
        raise LastReturnAddress
    audit.record(actor=actor, action="shops.remove_return_address", target=address, at=at)
    book.filter(pk=address.pk).delete()
    if not book.filter(is_default=True).exists():
        book.filter(pk=newest.pk).update(is_default=True)


@transaction.atomic
def bind_return_address(
    *,
    address: ReturnAddress,
    product_ids: Collection[str],
    region_codes: Collection[str],
    at: datetime,
    actor: Actor,
) -> ReturnAddress:
    """Send back here what is of these products, or comes from buyers in these regions (SH-18).

    Both take the place of what was bound before; a product comes before a region. Raises
    RegionUnknown, BoundElsewhere for what another address takes; nothing is changed then.
    """
    unknown = sorted(set(region_codes) - regions().keys())
    if unknown:
        raise RegionUnknown(extra={"codes": unknown})
    _lock(address.shop_id)
    others = ReturnAddress.objects.filter(shop_id=address.shop_id).exclude(pk=address.pk)
    taken = others.values_list("product_ids", "region_codes")
    products = {one for ids, _codes in taken for one in ids} & set(product_ids)
    codes = {one for _ids, several in taken for one in several} & set(region_codes)
    if products or codes:
        raise BoundElsewhere(extra={"products": sorted(products), "codes": sorted(codes)})
    address.product_ids, address.region_codes = sorted(set(product_ids)), sorted(set(region_codes))
    address.save(update_fields=["product_ids", "region_codes"])
    after = {"products": len(address.product_ids), "regions": len(address.region_codes)}
    audit.record(
        actor=actor, action="shops.bind_return_address", target=address, at=at, after=after
    )
    return address


def _lock(shop_id: int) -> None:
    Shop.objects.select_for_update(no_key=True, of=("self",)).get(pk=shop_id)


def _changed(action: str, guarantee: Guarantee, at: datetime, actor: Actor) -> None:
    Shop.objects.filter(pk=guarantee.shop_id).update(version=F("version") + 1)
    publish(StorefrontChanged(shop_id=guarantee.shop_id))
    after = {"kind": str(guarantee.kind)}
    audit.record(actor=actor, action=action, target=guarantee, at=at, after=after)

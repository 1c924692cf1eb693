"""How a product is sold (CA-15): the merchant's word, no review."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from catalog.enums import SaleKind, ShelfStatus, ShippingTime, ShipsFrom
from catalog.errors import BadSaleMode
from catalog.models import PriceVersion, Product, SaleMode, Sku
from catalog.selectors import category_rules
from catalog.services import axes
from kernel import audit
from kernel.actors import Actor
from kernel.errors import FieldError, IllegalTransition

#: Days until what comes later leaves the warehouse, and how far ahead a presale may end.
DAYS = range(2, 16)
LONGEST_PRESALE = timedelta(days=30)
MOST_PIECES = 1_000_000


@dataclass(frozen=True)
class Mode:
    """How something is sold; what the kind does not speak of is empty."""

    kind: SaleKind = SaleKind.SPOT
    #: A value of `ShippingTime`; empty is what the product or its shop promises.
    shipping_time: str = ""
    days: int | None = None
    #: A value of `ShipsFrom`.
    ships_from: str = ""
    presale_ends_at: datetime | None = None
    later_pieces: int | None = None


@transaction.atomic
def set_sale_mode(
    *, product: Product, sku: Sku | None = None, mode: Mode, actor: Actor, at: datetime
) -> Product:
    """Sell `product`, or the one `sku` of it, as `mode` says from the next order on; return it.

    From stock without a shipping time is what needs no word: the SKU is sold as its product then,
    the product as it or its shop promises. Orders that exist keep what they were promised. Raises
    BadSaleMode naming the fields, also where a price is too low for a presale; IllegalTransition
    in the bin.
    """
    product = axes.locked(product)
    if product.shelf_status == ShelfStatus.DELETED:
        raise IllegalTransition
    faults = _faults(mode, product, at)
    if faults:
        raise BadSaleMode(errors=faults)
    if mode.kind == SaleKind.PRESALE:
        _refuse_cheap(product, sku)
    rows = SaleMode.objects.filter(product=product, sku=sku, ended_at__isnull=True)
    before = rows.first()
    if before is not None and _of(before) == mode:
        return product
    rows.update(ended_at=at)
    if mode != Mode():
        SaleMode.objects.create(
            shop_id=product.shop_id, product=product, sku=sku, starts_at=at, **asdict(mode)
        )
    audit.record(
        actor=actor,
        action="catalog.set_sale_mode",
        target=product,
        at=at,
        before=_told(_of(before) if before else Mode(), sku),
        after=_told(mode, sku),
    )
    return product


def _of(row: SaleMode) -> Mode:
    return Mode(**{name: getattr(row, name) for name in asdict(Mode())})


def _told(mode: Mode, sku: Sku | None) -> dict[str, Any]:
    told = {name: value for name, value in asdict(mode).items() if value not in ("", None)}
    if mode.presale_ends_at is not None:
        told["presale_ends_at"] = mode.presale_ends_at.isoformat()
    return told | ({"sku": sku.public_id} if sku else {})


def _faults(mode: Mode, product: Product, at: datetime) -> list[FieldError]:
    faults = []
    if mode.shipping_time:
        faults += _speed_faults(mode, product)
    waits = mode.kind != SaleKind.SPOT
    if waits != (mode.days is not None) or (mode.days is not None and mode.days not in DAYS):
        detail = _("What comes later is sent within 2 to 15 days; what is there, is not.")
        faults.append(FieldError("/days", "out_of_range", detail))
    is_presale = mode.kind == SaleKind.PRESALE
    if is_presale != (mode.ships_from in ShipsFrom.values):
        detail = _("A presale says from when the days count, nothing else does.")
        faults.append(FieldError("/ships_from", "not_known", detail))
    ends = mode.presale_ends_at
    if is_presale != (ends is not None) or (ends and not at < ends <= at + LONGEST_PRESALE):
        detail = _("A presale ends within 30 days, nothing else does.")
        faults.append(FieldError("/presale_ends_at", "out_of_range", detail))
    later = mode.later_pieces
    is_stepped = mode.kind == SaleKind.STEPPED
    if is_stepped != (later is not None) or (later is not None and not 1 <= later <= MOST_PIECES):
        detail = _("Say how many pieces come later, where not all are there.")
        faults.append(FieldError("/later_pieces", "out_of_range", detail))
    return faults


def _speed_faults(mode: Mode, product: Product) -> list[FieldError]:
    if mode.kind == SaleKind.PRESALE or mode.shipping_time not in ShippingTime.values:
        detail = _("This shipping time is not for what is sold like this.")
        return [FieldError("/shipping_time", "not_known", detail)]
    if mode.shipping_time not in category_rules(product.category).shipping_times:
        detail = _("The category does not allow this shipping time.")
        return [FieldError("/shipping_time", "not_allowed", detail)]
    return []


def _refuse_cheap(product: Product, sku: Sku | None) -> None:
    """Raise BadSaleMode where a SKU costs less than a presale may, now or from a day on."""
    skus = Q(sku=sku) if sku else Q(sku__product=product, sku__is_active=True)
    prices = PriceVersion.objects.filter(skus)
    now = prices.in_force().values("pk")
    coming = Q(effective_from__gt=Now())
    if prices.filter(Q(pk__in=now) | coming, price__lt=settings.PRESALE_LEAST_PRICE).exists():
        detail = _("The price is too low for a presale.")
        raise BadSaleMode(errors=[FieldError("/kind", "price_too_low", detail)])

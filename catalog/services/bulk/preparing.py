"""The look before the change: every row with what is there now and what it would be."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from catalog.enums import BulkLineState, MovementKind
from catalog.errors import NothingToChange
from catalog.models import BulkEdit, BulkEditLine, PriceVersion, Product, Sku, Stock, StockMovement
from catalog.services import prices
from catalog.services.bulk.reading import Wish
from kernel.actors import Actor
from shops.models import Shop

#: Movements that people make; what orders and returns move is nobody's edit.
EDITS = (MovementKind.INBOUND, MovementKind.OUTBOUND)
#: 10,000 are 100 %.
WHOLE_BP = 10_000


@dataclass
class Standing:
    """What the database says of some SKUs now, by their primary keys."""

    versions: dict[int, PriceVersion]
    #: SKU → (on hand, held).
    counters: dict[int, tuple[int, int]]
    #: SKU → its last movement that somebody made by hand.
    marks: dict[int, int]


@transaction.atomic
def prepare(
    *,
    shop: Shop,
    wishes: Sequence[Wish],
    actor: Actor,
    at: datetime,
    filename: str = "",
    price_change_bp: int | None = None,
) -> BulkEdit:
    """Write down what `wishes` would change in `shop`, and change nothing; return the bulk edit.

    With `price_change_bp` (basis points; -1000 is 10 % less) every row's price is the price in
    force changed by that, rounded to the nearest minor unit; the row's own is not read. A row that
    cannot be says why; it does not stop the others. Raises NothingToChange for no row at all.
    """
    if not wishes:
        raise NothingToChange
    skus = _skus(shop, wishes)
    now = standing([sku.pk for sku in skus.values()])
    seen: set[str] = set()
    lines = []
    for wish in wishes:
        lines.append(_line(wish, skus.get(wish.merchant_code), now, price_change_bp, seen))
        seen.add(wish.merchant_code)
    _judge([line for line in lines if line.state == BulkLineState.WAITING])
    job = BulkEdit.objects.create(
        shop=shop,
        filename=filename[:200],
        has_prices=any(line.sets_price for line in lines),
        total_count=len(lines),
        good_count=sum(line.state == BulkLineState.WAITING for line in lines),
        bad_count=sum(line.state == BulkLineState.BAD for line in lines),
        actor_label=actor.label[:120],
        created_at=at,
    )
    for line in lines:
        line.job, line.shop_id = job, shop.pk
    BulkEditLine.objects.bulk_create(lines, batch_size=1000)
    return job


def standing(sku_ids: Collection[int]) -> Standing:
    """Return prices in force, counters and marks of SKUs. Three queries."""
    versions = PriceVersion.objects.filter(sku_id__in=sku_ids).in_force()
    counters = Stock.objects.filter(sku_id__in=sku_ids)
    marks = StockMovement.objects.filter(sku_id__in=sku_ids, kind__in=EDITS)
    return Standing(
        versions={one.sku_id: one for one in versions},
        counters={one.sku_id: (one.on_hand, one.held) for one in counters},
        marks=dict(marks.order_by().values_list("sku_id").annotate(last=Max("id"))),
    )


def _skus(shop: Shop, wishes: Iterable[Wish]) -> dict[str, Sku]:
    codes = {wish.merchant_code for wish in wishes}
    rows = Sku.objects.filter(shop=shop, merchant_code__in=codes).select_related("product")
    return {sku.merchant_code: sku for sku in rows.only(*_READ)}


#: All that a line and the rules of its price ask for.
_READ = (
    "merchant_code",
    "shop_id",
    "product__category_id",
    "product__min_price",
    "product__price_evidence",
)


def _line(
    wish: Wish, sku: Sku | None, now: Standing, price_change_bp: int | None, seen: set[str]
) -> BulkEditLine:
    line = BulkEditLine(
        row_number=wish.row,
        merchant_code=wish.merchant_code,
        sku=sku,
        state=BulkLineState.WAITING,
    )
    if wish.code:
        return refuse(line, wish.code, wish.column)
    if sku is None:
        return refuse(line, "unknown_sku", "sku_code")
    if wish.merchant_code in seen:
        return refuse(line, "duplicate_code", "sku_code")
    version = now.versions.get(sku.pk)
    price, list_price = _wanted_price(wish, version, price_change_bp)
    if version is not None:
        line.old_version = version.pk
        line.old_price, line.old_list_price = version.price, version.list_price
    if price is not None and (price, list_price) != (line.old_price, line.old_list_price):
        line.new_price, line.new_list_price = price, list_price
    on_hand, held = now.counters.get(sku.pk, (0, 0))
    line.old_on_hand, line.edit_mark = on_hand, now.marks.get(sku.pk, 0)
    if wish.stock is not None and wish.stock != on_hand:
        line.new_on_hand = wish.stock
        if wish.stock < held:
            return refuse(line, "stock_below_held", "stock")
    if not line.sets_price and line.new_on_hand is None:
        line.state = BulkLineState.SAME
    return line


def _wanted_price(
    wish: Wish, version: PriceVersion | None, price_change_bp: int | None
) -> tuple[int | None, int | None]:
    """Return price and list price after the row; a list price that is not said stays."""
    live = version.list_price if version else None
    list_price = wish.list_price if wish.list_price is not None else live
    if price_change_bp is not None:
        if version is None:
            return None, None
        changed = version.price * (WHOLE_BP + price_change_bp)
        return (changed + WHOLE_BP // 2) // WHOLE_BP, list_price
    if wish.price is not None:
        return wish.price, list_price
    if wish.list_price is not None and version is not None:
        return version.price, list_price
    return None, None


def _judge(lines: Sequence[BulkEditLine]) -> None:
    """Refuse the lines whose prices break a rule, those of one product seen together."""
    priced = [line for line in lines if line.sets_price]
    products: dict[int, Product] = {line.target.product_id: line.target.product for line in priced}
    refusals = prices.judge([wanted(line) for line in priced], products)
    for line, refusal in zip(priced, refusals, strict=True):
        if refusal is not None:
            fault = refusal.errors[0]
            refuse(line, fault.code, fault.pointer.strip("/"))


def wanted(line: BulkEditLine) -> prices.NewPrice:
    """Return the price that the line asks for."""
    return prices.NewPrice(line.target, line.new_price or 0, line.new_list_price)


def refuse(line: BulkEditLine, code: str, column: str) -> BulkEditLine:
    """Mark the line as one that cannot be, and why."""
    line.state, line.code, line.column = BulkLineState.BAD, code, column
    return line

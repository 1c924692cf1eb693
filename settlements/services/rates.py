"""The rate of the technical service fee that holds for a sale (SH-09)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q

from catalog.enums import Verdict
from catalog.models import Category, ProductReview
from orders.models import OrderLine
from settlements.enums import FeeKind
from settlements.models import FeeRate, SettlementEntry
from shops.enums import ShopType

#: Specialty shops 专卖店: for what they sell without a brand the platform may ask for more.
SPECIALTY = frozenset({ShopType.MULTI_BRAND, ShopType.BRAND_SPECIALTY})


@dataclass(frozen=True)
class Fee:
    """A rate in basis points, by its parts."""

    base_bp: int
    channel_bp: int = 0
    unbranded_bp: int = 0

    @property
    def rate_bp(self) -> int:
        """What is asked for in all."""
        return self.base_bp + self.channel_bp + self.unbranded_bp

    @classmethod
    def of(cls, entry: SettlementEntry) -> Fee:
        """Return what was asked for when the line was settled: it does not change afterwards."""
        channel_bp, unbranded_bp = entry.fee_channel_bp, entry.fee_unbranded_bp
        return cls(entry.fee_rate_bp - channel_bp - unbranded_bp, channel_bp, unbranded_bp)

    @property
    def columns(self) -> dict[str, int]:
        """The columns of an entry that keep it."""
        return {
            "fee_rate_bp": self.rate_bp,
            "fee_channel_bp": self.channel_bp,
            "fee_unbranded_bp": self.unbranded_bp,
        }


def fee_rate(category: Category, at: datetime) -> int:
    """Return the base rate in basis points for sales of `category` made at `at`.

    The nearest category up the tree with a dated rate of its own decides, else the rate without
    category, else the setting.
    """
    chain = _chain(category)
    return _base(_rates([chain]), chain, at)


def fees_of(lines: Sequence[OrderLine]) -> list[Fee]:
    """Return the fee of each line, at the rates that held when its order was placed.

    The base rate of its category; on top the supplement of the channel that it came by, and that of
    a product without a brand in a specialty shop, each from the nearest category up the tree or the
    row for all. Category and brand are those that the product had then. Two queries; one more where
    a category has changed. `order__shop` and `product__category` of the lines are loaded.
    """
    if not lines:
        return []
    sold = _as_sold(lines)
    chains = {line.pk: _chain(sold[line.pk].category) for line in lines}
    rates = _rates(chains.values())
    fees = []
    for line in lines:
        chain, at = chains[line.pk], line.order.placed_at
        channel = rates[FeeKind.CHANNEL, str(line.traffic_channel)]
        unbranded = 0
        if line.order.shop.type in SPECIALTY and not sold[line.pk].has_brand:
            unbranded = _supplement(rates[FeeKind.UNBRANDED, ""], chain, at)
        fees.append(Fee(_base(rates, chain, at), _supplement(channel, chain, at), unbranded))
    return fees


#: (kind, channel) → its rows, in the order in which they begin.
_Rates = Mapping[tuple[str, str], list[FeeRate]]


def _rates(chains: Iterable[Sequence[int]]) -> _Rates:
    wanted = {pk for chain in chains for pk in chain}
    rows = FeeRate.objects.filter(category__in=wanted) | FeeRate.objects.filter(
        category__isnull=True
    )
    found: dict[tuple[str, str], list[FeeRate]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.effective_from, row.pk)):
        found[row.kind, row.channel].append(row)
    return found


@dataclass(frozen=True)
class _Sold:
    """What a product was when a line of it was ordered."""

    category: Category
    has_brand: bool


def _as_sold(lines: Sequence[OrderLine]) -> dict[int, _Sold]:
    """Return what the product of each line (by pk) was when it was ordered.

    What was approved since says what it was before; what nobody changed is what it is. One query,
    and one more where a category has changed.
    """
    since: dict[int, list[ProductReview]] = defaultdict(list)
    reviews = ProductReview.objects.filter(
        product__in={line.product_id for line in lines},
        verdict=Verdict.APPROVED,
        decided_at__gt=min(line.order.placed_at for line in lines),
    )
    changes = Q(content__has_any_keys=["brand", "category"])
    for review in reviews.filter(changes).order_by("decided_at", "pk"):
        since[review.product_id].append(review)
    former = {line.pk: _former(since[line.product_id], line.order.placed_at) for line in lines}
    moved = {one["category"] for one in former.values() if one.get("category")}
    categories = {one.public_id: one for one in Category.objects.filter(public_id__in=moved)}
    found = {}
    for line in lines:
        was = former[line.pk]
        category = categories.get(was.get("category", ""), line.product.category)
        has_brand = bool(was["brand"]) if "brand" in was else line.product.brand_id is not None
        found[line.pk] = _Sold(category, has_brand)
    return found


def _former(reviews: Iterable[ProductReview], at: datetime) -> dict[str, Any]:
    """Return what the first approval of each field after `at` says that it was before."""
    former: dict[str, Any] = {}
    for review in reviews:
        if review.decided_at is not None and review.decided_at > at:
            former = {name: review.before[name] for name in review.before} | former
    return former


def _chain(category: Category) -> list[int]:
    """Return the primary keys from the category up to the root."""
    above = [int(part) for part in category.path.split("/") if part]
    return [category.pk, *(pk for pk in reversed(above) if pk != category.pk)]


def _base(rates: _Rates, chain: Sequence[int], at: datetime) -> int:
    found = _nearest(rates.get((FeeKind.BASE, ""), []), chain, at)
    return settings.SERVICE_FEE_BP if found is None else found


def _supplement(rows: Iterable[FeeRate], chain: Sequence[int], at: datetime) -> int:
    return _nearest(rows, chain, at) or 0


def _nearest(rows: Iterable[FeeRate], chain: Sequence[int], at: datetime) -> int | None:
    latest = {row.category_id: row.rate_bp for row in rows if row.effective_from <= at}
    return next((latest[pk] for pk in (*chain, None) if pk in latest), None)

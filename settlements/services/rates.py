"""The rate of the technical service fee that holds for a sale (SH-09)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

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
    row for all. One query; one more when somebody asks for the brand. `order__shop` and
    `product__category` of the lines are loaded.
    """
    chains = {line.pk: _chain(line.product.category) for line in lines}
    rates = _rates(chains.values())
    doubtful = [
        line
        for line in lines
        if line.order.shop.type in SPECIALTY
        and _supplement(rates[FeeKind.UNBRANDED, ""], chains[line.pk], line.order.placed_at)
    ]
    branded = _branded(doubtful)
    fees = []
    for line in lines:
        chain, at = chains[line.pk], line.order.placed_at
        channel = rates[FeeKind.CHANNEL, str(line.traffic_channel)]
        unbranded = 0
        if not branded.get(line.pk, True):
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


def _branded(lines: Collection[OrderLine]) -> dict[int, bool]:
    """Tell of each line (by pk) whether its product had a brand when it was sold.

    By the last approval before; one that was never reviewed is what it is. No query for nothing.
    """
    if not lines:
        return {}
    reviews = ProductReview.objects.filter(
        product__in={line.product_id for line in lines}, verdict=Verdict.APPROVED
    )
    approved: dict[int, list[tuple[datetime, bool]]] = defaultdict(list)
    for product_id, at, brand in reviews.order_by("decided_at", "pk").values_list(
        "product_id", "decided_at", "content__brand"
    ):
        if at is not None:
            approved[product_id].append((at, bool(brand)))
    told = {}
    for line in lines:
        before = [has for at, has in approved[line.product_id] if at <= line.order.placed_at]
        told[line.pk] = before[-1] if before else line.product.brand_id is not None
    return told


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

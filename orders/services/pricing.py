"""The price pipeline (OR-04): pure functions, one step after the other, each leaving a row.

The order of the steps is fixed and is `AdjustmentStep`'s. So far one of them changes anything:
freight, spread over the lines so that the parts add up to it exactly (OR-06).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from kernel.money import allocate
from orders.enums import AdjustmentStep, Bearer


@dataclass(frozen=True)
class Adjustment:
    """What one step did to one line: positive makes it dearer. Minor units."""

    step: AdjustmentStep
    amount: int
    bearer: Bearer


@dataclass(frozen=True)
class PricedLine:
    """The amounts of one line; ``pay = goods − promotion + freight`` (OR-05)."""

    unit_price: int
    quantity: int
    freight_original_amount: int = 0
    freight_promotion_amount: int = 0
    promotion_shop_amount: int = 0
    promotion_platform_amount: int = 0
    promotion_talent_amount: int = 0
    adjustments: tuple[Adjustment, ...] = ()

    @property
    def goods_amount(self) -> int:
        return self.unit_price * self.quantity

    @property
    def promotion_amount(self) -> int:
        return (
            self.promotion_shop_amount
            + self.promotion_platform_amount
            + self.promotion_talent_amount
        )

    @property
    def freight_amount(self) -> int:
        return self.freight_original_amount - self.freight_promotion_amount

    @property
    def pay_amount(self) -> int:
        return self.goods_amount - self.promotion_amount + self.freight_amount


@dataclass(frozen=True)
class PricedOrder:
    """One shop's order: the sums of its lines."""

    lines: tuple[PricedLine, ...]

    @property
    def goods_amount(self) -> int:
        return sum(line.goods_amount for line in self.lines)

    @property
    def promotion_amount(self) -> int:
        return sum(line.promotion_amount for line in self.lines)

    @property
    def freight_amount(self) -> int:
        return sum(line.freight_amount for line in self.lines)

    @property
    def pay_amount(self) -> int:
        return sum(line.pay_amount for line in self.lines)


@dataclass(frozen=True)
class Terms:
    """What the steps know besides the lines. Minor units."""

    freight: int = 0


Step = Callable[[PricedOrder, Terms], PricedOrder]


def price_order(prices: Sequence[tuple[int, int]], terms: Terms) -> PricedOrder:
    """Return the amounts of one shop's order of (unit price, pieces), all steps applied."""
    order = PricedOrder(tuple(PricedLine(price, pieces) for price, pieces in prices))
    for step in PIPELINE:
        order = step(order, terms)
    return order


def add_freight(order: PricedOrder, terms: Terms) -> PricedOrder:
    """Spread the order's freight over its lines by what their goods cost; the buyer bears it."""
    shares = allocate(terms.freight, [line.goods_amount for line in order.lines])
    return PricedOrder(
        tuple(
            _adjusted(
                replace(line, freight_original_amount=share),
                Adjustment(AdjustmentStep.FREIGHT, share, Bearer.BUYER),
            )
            for line, share in zip(order.lines, shares, strict=True)
        )
    )


def _adjusted(line: PricedLine, adjustment: Adjustment) -> PricedLine:
    if not adjustment.amount:
        return line
    return replace(line, adjustments=(*line.adjustments, adjustment))


PIPELINE: tuple[Step, ...] = (add_freight,)

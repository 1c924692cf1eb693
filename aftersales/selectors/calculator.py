"""The refund calculator (AF-10): what a request is worth, to the cent. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from aftersales.enums import SHOP_FAULT, CaseKind, ReasonCode


@dataclass(frozen=True)
class LineFacts:
    """What of a line was paid, sent and given back. Amounts are minor units, freight apart."""

    currency: str
    quantity: int
    goods_amount: int
    freight_amount: int
    shipped_quantity: int = 0
    refunded_quantity: int = 0
    #: Of `refunded_quantity`, the pieces that never left the shop.
    cancelled_quantity: int = 0
    refunded_goods_amount: int = 0
    refunded_freight_amount: int = 0

    @property
    def pieces_left(self) -> int:
        """Pieces that no refund has taken back."""
        return self.quantity - self.refunded_quantity

    @property
    def unshipped_left(self) -> int:
        """Pieces that wait in the shop."""
        return self.quantity - self.shipped_quantity - self.cancelled_quantity

    @property
    def shipped_left(self) -> int:
        """Pieces that left the shop and were not taken back."""
        return self.pieces_left - self.unshipped_left

    @property
    def goods_left_amount(self) -> int:
        """Paid for goods and not given back."""
        return self.goods_amount - self.refunded_goods_amount

    @property
    def freight_left_amount(self) -> int:
        """Paid for sending and not given back."""
        return self.freight_amount - self.refunded_freight_amount

    def most_pieces(self, kind: CaseKind | str) -> int:
        """Return how many pieces a case of `kind` may cover."""
        return self.unshipped_left if kind == CaseKind.REFUND_UNSHIPPED else self.shipped_left


@dataclass(frozen=True)
class Calculation:
    """The most that a request may ask for; ``amount = goods_amount + freight_amount``."""

    kind: str
    quantity: int
    reason: str
    currency: str
    goods_amount: int
    freight_amount: int

    @property
    def amount(self) -> int:
        """Goods and freight together."""
        return self.goods_amount + self.freight_amount

    def freight_in(self, amount: int) -> int:
        """Return how much of `amount` is freight: goods are given back first."""
        return max(0, amount - self.goods_amount)

    def covers_goods(self, amount: int) -> bool:
        """Tell whether `amount` gives back all the money of the goods."""
        return amount >= self.goods_amount


def calculate(
    facts: LineFacts, *, kind: CaseKind | str, quantity: int, reason: ReasonCode | str
) -> Calculation:
    """Return what `quantity` pieces are worth in a case of `kind` for `reason`.

    Goods pro rata by pieces, rounded down; the last pieces take what is left, so parts add up to
    what was paid. Freight goes back with the last pieces: when nothing of the line was sent, or
    when the shop answers for the reason. Never more than is left on the line.
    """
    is_rest = quantity == facts.pieces_left
    if quantity < 1 or quantity > facts.pieces_left:
        goods = 0
    elif is_rest:
        goods = facts.goods_left_amount
    else:
        goods = facts.goods_left_amount * quantity // facts.pieces_left
    is_unsent = kind == CaseKind.REFUND_UNSHIPPED and not facts.shipped_quantity
    is_freight_due = is_rest and (is_unsent or reason in SHOP_FAULT)
    return Calculation(
        kind=str(kind),
        quantity=quantity,
        reason=str(reason),
        currency=facts.currency,
        goods_amount=goods,
        freight_amount=facts.freight_left_amount if is_freight_due else 0,
    )

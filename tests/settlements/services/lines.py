"""Finished lines, and what settling made of them."""

from datetime import timedelta

from affiliates.services.invariants import violations as alliance_violations
from ledger.services.invariants import violations as ledger_violations
from orders.enums import OrderStatus
from orders.models import OrderLine
from orders.services.refunds import refund_line
from settlements.models import SettlementEntry
from settlements.services import settling
from settlements.services.invariants import violations
from tests.factories.affiliates import ContractFactory, PickFactory, PlanFactory
from tests.factories.orders import PLACED_AT, make_order, make_sku

AT = PLACED_AT + timedelta(days=12)


def sale(
    *,
    price: int = 10_000,
    freight: int = 1_000,
    rate_bp: int = 2_000,
    share_bp: int = 2_500,
    status: str = OrderStatus.COMPLETED,
    **fields: object,
) -> OrderLine:
    """Return the line of a completed order, sold by a creator with an agency."""
    sku = make_sku(price=price)
    chosen = PickFactory(plan=PlanFactory(product=sku.product, rate_bp=rate_bp))
    if share_bp:
        ContractFactory(creator=chosen.creator, share_bp=share_bp)
    order = make_order(
        status, items=[(sku, 1)], freight=freight, pick_code=chosen.pick_code, **fields
    )
    return order.lines.get()


def settle() -> int:
    return settling.settle_due(at=AT, limit=100)


def refund(line: OrderLine, amount: int, reference: str, **fields: int) -> None:
    refund_line(line_id=line.pk, amount=amount, reference=reference, at=AT, **fields)


def shares(line: OrderLine) -> list[tuple[str, int, int, int, int, int]]:
    rows = SettlementEntry.objects.filter(line=line).order_by("pk")
    return [
        (
            e.kind,
            e.paid_amount,
            e.shop_amount,
            e.creator_amount,
            e.agency_amount,
            e.platform_fee_amount,
        )
        for e in rows
    ]


def all_right() -> bool:
    return not (violations() or alliance_violations() or ledger_violations())

"""Sales that a pick brought, and what was made of them."""

from datetime import datetime, timedelta

from accounts.models import Creator
from affiliates.models import Commission, CommissionEntry
from affiliates.services import commissions
from orders.enums import OrderStatus
from orders.models import Order
from orders.services.refunds import refund_line
from tests.factories.accounts import CreatorFactory
from tests.factories.affiliates import (
    PickFactory,
    PlanFactory,
)
from tests.factories.orders import PLACED_AT, make_order, make_sku

AT = PLACED_AT + timedelta(days=10)

#: Paid five minutes after it was placed: see the factory.
PAID_AT = PLACED_AT + timedelta(minutes=5)


def sale(
    status: str = OrderStatus.PAID,
    *,
    price: int = 10_000,
    freight: int = 0,
    rate_bp: int = 1_500,
    creator: Creator | None = None,
    placed_at: datetime = PLACED_AT,
    **fields: object,
) -> Order:
    """Return a paid order of one line that a creator's pick brought."""
    sku = make_sku(price=price)
    plan = PlanFactory(product=sku.product, rate_bp=rate_bp)
    chosen = PickFactory(plan=plan, creator=creator or CreatorFactory())
    return make_order(
        status,
        items=[(sku, 1)],
        freight=freight,
        pick_code=chosen.pick_code,
        placed_at=placed_at,
        **fields,
    )


def derive(*orders: Order) -> None:
    commissions.sync(order_ids=[order.pk for order in orders], at=AT)


def refund(order: Order, amount: int, reference: str = "case:1", **fields: int) -> None:
    refund_line(line_id=order.lines.get().pk, amount=amount, reference=reference, at=AT, **fields)


def entries(order: Order) -> list[tuple[str, str, int, int, int]]:
    rows = CommissionEntry.objects.filter(commission__order_number=order.number).order_by("pk")
    return [
        (e.kind, e.reference.partition(":")[0], e.base_amount, e.creator_amount, e.agency_amount)
        for e in rows
    ]


def only() -> Commission:
    return Commission.objects.get()

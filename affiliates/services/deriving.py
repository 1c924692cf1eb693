"""The first estimate: what a set of sales earns, in the same few statements for one and for 500.

A live session brings hundreds of sales a second, so a line is read as a narrow tuple and written as
one row of a set; which terms it earns by is decided in plain Python (`terms`, `policies`).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from affiliates import policies
from affiliates.enums import CommissionStatus, EntryKind
from affiliates.events import CommissionEstimated
from affiliates.services.terms import Terms, terms_of
from kernel.events import publish
from kernel.rowsets import plain
from orders.enums import OrderStatus


class Sale(NamedTuple):
    """A line that a pick sold: as little of it, and of its order, as its commission needs."""

    line_id: int
    order_id: int
    order_number: str
    shop_id: int
    product_id: int
    pick_code: str
    currency: str
    pay_amount: int
    freight_amount: int
    placed_at: datetime
    paid_at: datetime | None
    status: str
    is_frozen: bool
    is_refunded: bool
    is_derived: bool

    @property
    def is_plain(self) -> bool:
        """True while nothing happened since the payment that a first estimate does not say."""
        is_over = self.status in (OrderStatus.COMPLETED, OrderStatus.CLOSED)
        return not (is_over or self.is_frozen or self.is_refunded)


#: In the order of `Sale`.
READ = """
SELECT
    line.id, line.order_id, sold.number, line.shop_id, line.product_id, line.pick_code,
    line.currency, line.pay_amount, line.freight_amount, sold.placed_at, sold.paid_at,
    sold.status, sold.is_frozen,
    EXISTS (SELECT FROM orders_linerefund WHERE line_id = line.id),
    EXISTS (SELECT FROM affiliates_commission WHERE line_id = line.id)
FROM orders_orderline AS line JOIN orders_order AS sold ON sold.id = line.order_id
WHERE line.order_id = ANY(%s) AND line.pick_code <> ''
ORDER BY line.id
"""


def sales_of(order_ids: Collection[int]) -> list[Sale]:
    """Return the promoted lines of the orders by id, in one query, as they are now.

    A statement of its own, after the orders' lock: what a refund wrote that held it is seen here.
    """
    with connection.cursor() as cursor:
        cursor.execute(READ, [list(order_ids)])
        return [Sale._make(row) for row in cursor.fetchall()]


#: Both rows of each estimate: the commission, and the entry that explains its amounts.
WRITE = """
WITH derived AS (
    INSERT INTO affiliates_commission (
        line_id, order_number, shop_id, creator_id, agency_id, contract_id, pick_id,
        plan_version_id, currency, rate_bp, agency_share_bp, original_base_amount, base_amount,
        amount, creator_amount, agency_amount, status, is_on_hold, paid_at)
    SELECT
        line_id, order_number, shop_id, creator_id, agency_id, contract_id, pick_id,
        plan_version_id, currency, rate_bp, agency_share_bp, base_amount, base_amount,
        amount, creator_amount, agency_amount, %(status)s, false, paid_at
    FROM jsonb_populate_recordset(NULL::affiliates_commission, %(rows)s) ORDER BY line_id
    RETURNING id, shop_id, creator_id, agency_id, base_amount, creator_amount, agency_amount
), explained AS (
    INSERT INTO affiliates_commissionentry (
        commission_id, shop_id, creator_id, agency_id, kind,
        base_amount, creator_amount, agency_amount, reference, at)
    SELECT
        id, shop_id, creator_id, agency_id, %(kind)s,
        base_amount, creator_amount, agency_amount, %(reference)s, %(at)s
    FROM derived ORDER BY id
)
SELECT id, creator_id, shop_id FROM derived ORDER BY id
"""


def derive(sales: Sequence[Sale], at: datetime) -> None:
    """Write and tell what each of the paid `sales` earns by its terms; some earn nothing.

    The caller holds the locks of their orders, and none of them has a commission.
    """
    terms = terms_of(sales) if sales else {}
    rows = [
        _row(sale, terms[sale.line_id])
        for sale in sales
        if sale.line_id in terms and sale.pay_amount > sale.freight_amount
    ]
    if not rows:
        return
    values: dict[str, Any] = {
        "rows": json.dumps(rows, default=plain),
        "status": CommissionStatus.ESTIMATED,
        "kind": EntryKind.ESTIMATE,
        "reference": "estimate",
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(WRITE, values)
        made = cursor.fetchall()
    publish(
        *(
            CommissionEstimated(commission_id=pk, creator_id=creator_id, shop_id=shop_id)
            for pk, creator_id, shop_id in made
        )
    )


def _row(sale: Sale, terms: Terms) -> dict[str, Any]:
    """Return the columns of a new commission; freight earns nothing."""
    rate_bp, share_bp = terms.version.rate_bp, terms.agency_share_bp
    base = sale.pay_amount - sale.freight_amount
    earned = policies.split(base_amount=base, rate_bp=rate_bp, agency_share_bp=share_bp)
    return {
        "line_id": sale.line_id,
        "order_number": sale.order_number,
        "shop_id": sale.shop_id,
        "creator_id": terms.pick.creator_id,
        "agency_id": terms.contract.agency_id if terms.contract else None,
        "contract_id": terms.contract.pk if terms.contract else None,
        "pick_id": terms.pick.pk,
        "plan_version_id": terms.version.pk,
        "currency": sale.currency,
        "rate_bp": rate_bp,
        "agency_share_bp": share_bp,
        "base_amount": base,
        "amount": earned.amount,
        "creator_amount": earned.creator_amount,
        "agency_amount": earned.agency_amount,
        "paid_at": sale.paid_at,
    }

"""What must always be true of orders and their money, asked of the database itself."""

from __future__ import annotations

from django.db import connection

_LAWS = (
    (
        "order {0}: its lines add up to {1}/{2}/{3}/{4}, it says {5}/{6}/{7}/{8}",
        """
        SELECT o.number, sum(l.goods_amount), sum(l.freight_amount), sum(l.promotion_amount),
               sum(l.pay_amount), o.goods_amount, o.freight_amount, o.promotion_amount, o.pay_amount
          FROM orders_order o LEFT JOIN orders_orderline l ON l.order_id = o.id
         GROUP BY o.id
        HAVING (sum(l.goods_amount), sum(l.freight_amount), sum(l.promotion_amount),
                sum(l.pay_amount))
               IS DISTINCT FROM
               (o.goods_amount::numeric, o.freight_amount::numeric, o.promotion_amount::numeric,
                o.pay_amount::numeric)
        """,
    ),
    (
        "group {0}: its orders add up to {1}, it says {2}",
        """
        SELECT g.number, sum(o.pay_amount), g.pay_amount
          FROM orders_ordergroup g LEFT JOIN orders_order o ON o.group_id = g.id
         GROUP BY g.id HAVING sum(o.pay_amount) IS DISTINCT FROM g.pay_amount::numeric
        """,
    ),
    (
        "line {0}-{1}: freight and promotions of its adjustments are {2}, it says {3}",
        """
        SELECT o.number, l.position, coalesce(a.amount, 0), l.pay_amount - l.goods_amount
          FROM orders_orderline l
          JOIN orders_order o ON o.id = l.order_id
          LEFT JOIN (SELECT line_id, sum(amount) AS amount FROM orders_priceadjustment
                      GROUP BY line_id) a ON a.line_id = l.id
         WHERE coalesce(a.amount, 0) <> l.pay_amount - l.goods_amount
        """,
    ),
    (
        "SKU {0}: unpaid orders hold {1}, its counters say {2}",
        """
        SELECT k.public_id, coalesce(u.pieces, 0), s.held - s.set_aside
          FROM catalog_stock s
          JOIN catalog_sku k ON k.id = s.sku_id
          LEFT JOIN (SELECT l.sku_id, sum(l.quantity) AS pieces
                       FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
                      WHERE o.status = 'unpaid' AND l.is_held
                      GROUP BY l.sku_id) u ON u.sku_id = s.sku_id
         WHERE coalesce(u.pieces, 0) <> s.held - s.set_aside
        """,
    ),
    (
        "order {0} is {1} {2} and {3} was captured for it",
        """
        SELECT o.number, o.status, o.close_reason, coalesce(sum(p.captured_amount), 0)
          FROM orders_order o LEFT JOIN orders_paymentsplit p ON p.order_id = o.id
         GROUP BY o.id
        HAVING coalesce(sum(p.captured_amount), 0)
               <> CASE WHEN o.status = 'unpaid'
                         OR (o.status = 'closed' AND o.close_reason <> 'refunded')
                       THEN 0 ELSE o.pay_amount END
        """,
    ),
    (
        "payment {0}: {1} came in, {2} went to orders and {3} goes back whole",
        """
        SELECT p.number, p.amount, coalesce(s.amount, 0), coalesce(r.amount, 0)
          FROM orders_payment p
          LEFT JOIN (SELECT payment_id, sum(captured_amount) AS amount FROM orders_paymentsplit
                      GROUP BY payment_id) s ON s.payment_id = p.id
          LEFT JOIN (SELECT payment_id, sum(amount) AS amount FROM orders_refund
                      WHERE order_id IS NULL GROUP BY payment_id) r ON r.payment_id = p.id
         WHERE coalesce(s.amount, 0) + coalesce(r.amount, 0)
               <> CASE WHEN p.status = 'paid' THEN p.amount ELSE 0 END
        """,
    ),
    (
        "payment {0} is {1} and {2} captures of it are in the book",
        """
        SELECT p.number, p.status, count(t.id)
          FROM orders_payment p
          LEFT JOIN ledger_transfer t
            ON p.gateway_txn <> '' AND t.reference = 'capture:' || p.gateway || ':' || p.gateway_txn
         GROUP BY p.id
        HAVING count(t.id) <> CASE WHEN p.status = 'paid' THEN 1 ELSE 0 END
        """,
    ),
    (
        "line {0}-{1}: refunds of it are {2}, it says {3}",
        """
        SELECT o.number, l.position, coalesce(sum(r.amount), 0), l.refunded_amount
          FROM orders_orderline l
          JOIN orders_order o ON o.id = l.order_id
          LEFT JOIN orders_linerefund r ON r.line_id = l.id
         GROUP BY o.id, l.id HAVING coalesce(sum(r.amount), 0) <> l.refunded_amount
        """,
    ),
    (
        "order {0}: refunds of it are {1}, its split says {2}",
        """
        SELECT o.number, coalesce(r.amount, 0), s.refunded_amount
          FROM orders_paymentsplit s
          JOIN orders_order o ON o.id = s.order_id
          LEFT JOIN (SELECT order_id, sum(amount) AS amount FROM orders_refund GROUP BY order_id) r
            ON r.order_id = o.id
         WHERE coalesce(r.amount, 0) <> s.refunded_amount
        """,
    ),
    (
        "refund {0} is {1} and {2} of it were sent by the book",
        """
        SELECT r.number, r.status, count(t.id)
          FROM orders_refund r LEFT JOIN ledger_transfer t
            ON t.reference = 'refund_sent:' || r.number
         GROUP BY r.id
        HAVING count(t.id) <> CASE WHEN r.status = 'success' THEN 1 ELSE 0 END
        """,
    ),
    (
        "shop {0}: the book took in {1} for it less refunds, the splits say {2}",
        """
        SELECT shop.public_id, coalesce(b.amount, 0), coalesce(s.amount, 0)
          FROM shops_shop shop
          LEFT JOIN (SELECT a.owner, -sum(l.amount) AS amount
                       FROM ledger_leg l
                       JOIN ledger_ledgeraccount a ON a.id = l.account_id AND a.code = 'escrow'
                       JOIN ledger_transfer t ON t.id = l.transfer_id
                      WHERE t.kind IN ('capture', 'refund') GROUP BY a.owner) b
            ON b.owner = shop.public_id
          LEFT JOIN (SELECT shop_id, sum(captured_amount - refunded_amount) AS amount
                       FROM orders_paymentsplit GROUP BY shop_id) s ON s.shop_id = shop.id
         WHERE coalesce(b.amount, 0) <> coalesce(s.amount, 0)
        """,
    ),
    (
        "line {0}-{1}: {2} pieces are in parcels, it says {3}",
        """
        SELECT o.number, l.position, coalesce(sum(p.quantity), 0), l.shipped_quantity
          FROM orders_orderline l
          JOIN orders_order o ON o.id = l.order_id
          LEFT JOIN orders_packageline p ON p.line_id = l.id
         GROUP BY o.id, l.id HAVING coalesce(sum(p.quantity), 0) <> l.shipped_quantity
        """,
    ),
)


def violations() -> list[str]:
    """Return a sentence for each breach; empty when orders, stock and book agree.

    Lines = order = group; unpaid pieces = held; paid ⇔ captured; captured = splits + what goes back
    whole; refunded = Σ refunds, on line and split; closed unpaid ⇒ nothing captured; the splits are
    what the book holds for each shop (reliability 4.3–4.8, 5). At most 100 sentences a law.
    """
    found: list[str] = []
    with connection.cursor() as cursor:
        for text, query in _LAWS:
            cursor.execute(f"{query} LIMIT 100")
            found += [text.format(*row) for row in cursor.fetchall()]
    return found

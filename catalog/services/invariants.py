"""What must always be true of the catalog, asked of the database itself."""

from __future__ import annotations

from django.db import connection

#: One row a SKU whose counters its movements do not explain (CA-10).
_STOCK = """
SELECT sku.public_id, coalesce(s.on_hand, 0), coalesce(s.held, 0),
    coalesce(m.on_hand, 0), coalesce(m.held, 0)
FROM catalog_sku AS sku
LEFT JOIN catalog_stock AS s ON s.sku_id = sku.id
LEFT JOIN (
    SELECT sku_id, sum(on_hand_delta) AS on_hand, sum(held_delta) AS held
    FROM catalog_stockmovement GROUP BY sku_id
) AS m ON m.sku_id = sku.id
WHERE coalesce(s.on_hand, 0) <> coalesce(m.on_hand, 0) OR coalesce(s.held, 0) <> coalesce(m.held, 0)
ORDER BY sku.id
"""

#: One row a product whose price band is not that of the prices in force of its active SKUs.
_PRICES = """
WITH in_force AS (
    SELECT DISTINCT ON (sku_id) sku_id, price,
        effective_from > created_at
            AND effective_from > statement_timestamp() - interval '5 minutes' AS may_wait
    FROM catalog_priceversion WHERE effective_from <= statement_timestamp()
    ORDER BY sku_id, effective_from DESC, id DESC
), band AS (
    SELECT sku.product_id, min(price) AS low, max(price) AS high, bool_or(may_wait) AS may_wait
    FROM catalog_sku AS sku JOIN in_force ON in_force.sku_id = sku.id
    WHERE sku.is_active GROUP BY sku.product_id
)
SELECT p.public_id, p.min_price, p.max_price, band.low, band.high
FROM catalog_product AS p JOIN band ON band.product_id = p.id
WHERE NOT band.may_wait AND (p.min_price, p.max_price) IS DISTINCT FROM (band.low, band.high)
ORDER BY p.id
"""


def violations() -> list[str]:
    """Return one English line per broken invariant; an empty list is what everybody hopes for.

    - initial + Σ in − Σ out = on_hand and Σ held_delta = held, for every SKU;
    - a product's price band is that of its SKUs' prices in force; a scheduled price
      that began less than five minutes ago may still wait for the sweep that applies it.
    """
    found = []
    with connection.cursor() as cursor:
        cursor.execute(_STOCK)
        for name, on_hand, held, moved, moved_held in cursor.fetchall():
            found.append(
                f"stock of {name}: on hand {on_hand}, held {held},"
                f" but its movements add up to {moved} and {moved_held}"
            )
        cursor.execute(_PRICES)
        for name, low, high, true_low, true_high in cursor.fetchall():
            found.append(
                f"price band of {name}: {low} to {high},"
                f" but its SKUs cost {true_low} to {true_high}"
            )
    return found

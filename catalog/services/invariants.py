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

#: One row a SKU of which another number is set aside than its buckets hold (CA-10).
_BUCKETS = """
SELECT sku.public_id, s.set_aside, coalesce(b.remaining, 0), coalesce(m.set_aside, 0)
FROM catalog_stock AS s
JOIN catalog_sku AS sku ON sku.id = s.sku_id
LEFT JOIN (
    SELECT sku_id, sum(remaining) AS remaining FROM catalog_stockbucket GROUP BY sku_id
) AS b ON b.sku_id = s.sku_id
LEFT JOIN (
    SELECT sku_id, sum(held_delta) AS set_aside FROM catalog_stockmovement
    WHERE kind IN ('set_aside', 'set_free', 'drawn', 'put_back') GROUP BY sku_id
) AS m ON m.sku_id = s.sku_id
WHERE s.set_aside <> coalesce(b.remaining, 0) OR s.set_aside <> coalesce(m.set_aside, 0)
ORDER BY sku.id
"""

#: One row a bucket from which its draws, less those put back, took another number than it says.
_DRAWS = """
SELECT b.public_id, b.drawn, coalesce(d.quantity, 0)
FROM catalog_stockbucket AS b
LEFT JOIN (
    SELECT bucket_id, sum(quantity) AS quantity FROM catalog_bucketdraw
    WHERE undone_at IS NULL GROUP BY bucket_id
) AS d ON d.bucket_id = b.id
WHERE b.drawn <> coalesce(d.quantity, 0)
ORDER BY b.id
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
    - what is set aside of a SKU is what is in its buckets, and what its movements say; a bucket's
      draws are those of its orders;
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
        cursor.execute(_BUCKETS)
        for name, set_aside, remaining, moved in cursor.fetchall():
            found.append(
                f"stock of {name}: {set_aside} are set aside,"
                f" but its buckets hold {remaining} and its movements say {moved}"
            )
        cursor.execute(_DRAWS)
        for name, drawn, noted in cursor.fetchall():
            found.append(f"bucket {name}: {drawn} were drawn, but its draws say {noted}")
        cursor.execute(_PRICES)
        for name, low, high, true_low, true_high in cursor.fetchall():
            found.append(
                f"price band of {name}: {low} to {high},"
                f" but its SKUs cost {true_low} to {true_high}"
            )
    return found

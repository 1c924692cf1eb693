"""A database with a year of orders in minutes: plain SQL into tables without their indexes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.bed import Bed

STATEMENTS = Path(__file__).with_name("lists.sql")
SHOPS, BUYERS, DAYS, SKUS = 2_000, 200_000, 365, 100_000
#: Who lists orders all day.
BUSY_BUYER = "buyer0@bench.example"
#: Tables that grow with the number of orders; their indexes are made at the end, in one go.
LARGE = (
    "orders_ordergroup",
    "orders_order",
    "orders_orderline",
    "orders_payment",
    "orders_paymentsplit",
    "orders_package",
    "orders_packageline",
    "orders_refund",
    "orders_linerefund",
    "aftersales_refundcase",
    "settlements_settlemententry",
    "settlements_statementline",
    "kernel_outboxmessage",
    "kernel_delivery",
)
GIVEN = """
CREATE TEMP TABLE given AS
SELECT %(orders)s::bigint AS orders, %(shops)s::int AS shops, %(buyers)s::bigint AS buyers,
       %(days)s::int AS days, %(skus)s::int AS skus,
       %(now)s::timestamptz AS now, %(large_shop)s::bigint AS large_shop,
       (SELECT id FROM accounts_user WHERE email = %(busy_buyer)s) AS busy_buyer,
       %(storefront)s::jsonb AS storefront,
       (SELECT max(id) FROM accounts_user) AS first_buyer,
       (SELECT max(id) FROM shops_shop) AS first_shop,
       (SELECT max(id) FROM catalog_product) AS first_product,
       (SELECT max(id) FROM catalog_sku) AS first_sku,
       (SELECT max(id) FROM catalog_priceversion) AS first_price
"""
#: What is dropped before and made again at the end: keys along the tenants, unique constraints,
#: other indexes. In this order, for keys need the constraints; made again the other way round.
INDEXES = """
WITH uniques AS (
  SELECT * FROM pg_constraint WHERE contype = 'u' AND conrelid = ANY(%(tables)s::regclass[])
), dropped AS (
  SELECT *, 1 AS step FROM pg_constraint
  WHERE contype = 'f' AND (conindid IN (SELECT conindid FROM uniques)
                           OR cardinality(conkey) > 1 AND conrelid = ANY(%(tables)s::regclass[]))
  UNION ALL SELECT *, 2 FROM uniques
)
SELECT step, format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
       format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname,
              pg_get_constraintdef(oid))
FROM dropped
UNION ALL
SELECT 3, format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
FROM pg_index
WHERE indrelid = ANY(%(tables)s::regclass[])
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
ORDER BY 1
"""
SEQUENCES = """
SELECT setval(pg_get_serial_sequence(c.table_name, 'id'), 1000000000)
FROM information_schema.columns c
WHERE c.table_schema = 'public' AND c.column_name = 'id' AND c.is_identity = 'YES'
"""


def fill(one: Bed, scene: dict[str, Any], orders: int) -> Iterator[str]:
    """Write `orders` orders of a year, a fifth of them of the scene's shop; yield what is done.

    The scene's shop has `SKUS` SKUs beside its own, three a product.

    Nothing is checked and nothing is flushed before the end, so the bed is of no use after an
    error. At the end all indexes and statistics are there, keys along the tenants were checked for
    each row of the large tables, and all is on disk.
    """
    given = {
        "orders": orders,
        "shops": SHOPS,
        "buyers": BUYERS,
        "days": DAYS,
        "skus": SKUS,
        "now": datetime.now(UTC),
        "large_shop": scene["shop"]["pk"],
        "busy_buyer": BUSY_BUYER,
        "storefront": json.dumps(scene["storefront"]),
    }
    with psycopg.connect(one.env["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET maintenance_work_mem = '512MB'")
        connection.execute("SET work_mem = '128MB'")
        indexes = connection.execute(INDEXES, {"tables": list(LARGE)}).fetchall()
        for _step, drop, _make in indexes:
            connection.execute(drop.encode())
        connection.execute(GIVEN, given)
        for statement in re.split(r";\n", STATEMENTS.read_text())[:-1]:
            table = re.search(
                r"^(?:INSERT INTO|CREATE \w+ TABLE|DROP TABLE) (\w+)", statement, re.MULTILINE
            )
            yield table[1] if table else "…"
            connection.execute(statement.encode())
        for _step, _drop, make in reversed(indexes):
            yield re.sub(r"^.* (INDEX|CONSTRAINT) (\w+).*$", r"\1 \2", make).lower()
            connection.execute(make.encode())
        connection.execute(SEQUENCES)
        yield "statistics"
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


def size_of(one: Bed) -> int:
    """Return the size of the bed's database in bytes."""
    return int(one.query("SELECT pg_database_size(current_database())")[0][0])

"""Pieces sold, as lists sort by them."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection, transaction


@transaction.atomic
def count(deltas: Mapping[int, int]) -> None:
    """Add `deltas` (product pk to pieces, negative for returns) to the products' sales counts.

    A count never falls below zero. Rows are taken in order of their keys, so counters that run side
    by side cannot deadlock. The caller makes sure that each sale is counted once.
    """
    product_ids = sorted(pk for pk, pieces in deltas.items() if pieces)
    if not product_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH taken AS (SELECT id FROM catalog_product WHERE id = ANY(%s)"
            " ORDER BY id FOR NO KEY UPDATE)"
            " UPDATE catalog_product AS p SET sales_count = greatest(p.sales_count + d.pieces, 0)"
            " FROM unnest(%s::bigint[], %s::int[]) AS d (id, pieces), taken"
            " WHERE p.id = d.id AND taken.id = d.id",
            [product_ids, product_ids, [deltas[pk] for pk in product_ids]],
        )

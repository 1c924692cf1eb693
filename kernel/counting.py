"""Counts that end: nobody reads the difference between a thousand and a million."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

COUNT_CAP = 1_000


def capped_count(rows: QuerySet[Any]) -> int:
    """Return how many rows there are, `COUNT_CAP` + 1 when there are more than `COUNT_CAP`."""
    return rows.order_by()[: COUNT_CAP + 1].count()


def shown_count(count: int) -> str:
    """Return a capped count as people read it: ``123``, or ``1,000+`` when there are more."""
    return f"{COUNT_CAP:,}+" if count > COUNT_CAP else f"{count:,}"

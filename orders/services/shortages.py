"""What was sold out a moment ago: refused without a lock.

When the pieces are gone, thousands still press. Each would queue for the lock of the one row that
the last sales, and every return of pieces, need as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from threading import Lock

from cachetools import TTLCache

#: How long a shortage is believed. Pieces that come back are sold again after that.
BELIEVED = timedelta(milliseconds=500)


class Shortages:
    """SKUs that had too few pieces under the lock, and how many they had; for all threads."""

    def __init__(self) -> None:
        self._left: TTLCache[int, int] = TTLCache(10_000, BELIEVED.total_seconds())
        self._mutex = Lock()

    def left(self, sku_ids: Iterable[int]) -> dict[int, int]:
        """Return SKU pk → pieces, for those of `sku_ids` that are known to be short."""
        with self._mutex:
            if not self._left:
                return {}
            found = {sku_id: self._left.get(sku_id) for sku_id in sku_ids}
        return {sku_id: left for sku_id, left in found.items() if left is not None}

    def learn(self, left: Mapping[int, int]) -> None:
        """Remember how many pieces of short SKUs there are."""
        with self._mutex:
            self._left.update(left)

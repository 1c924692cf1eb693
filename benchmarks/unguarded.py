"""The system without the guard of its stock, for the control of `make bench-exact`.

Nothing but a benchmark's own database is ever served by this. What is free is read and not locked,
with a moment in between, as a shop does that checks first and takes afterwards.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from config.wsgi import application

__all__ = ["application"]

#: Seconds between the look and the act.
MOMENT = 0.3


def _take_away() -> None:
    from catalog.services import stock  # noqa: PLC0415 -- only when the rooms are loaded

    look = stock._lock

    def look_and_wait(sku_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
        counters = look(sku_ids)
        time.sleep(MOMENT)
        return counters

    stock.LOCK = stock.LOCK.replace("FOR NO KEY UPDATE", "")
    stock._lock = look_and_wait


_take_away()

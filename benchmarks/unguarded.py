"""The system without the guard of its stock, for the control of `make bench-exact`.

Nothing but a benchmark's own database is ever served by this. What is free is read and not locked,
with a moment in between, as a shop does that checks first and takes afterwards.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from config.wsgi import application
from kernel.asking import Rows, Statement

__all__ = ["application"]

#: Seconds between the look and the act.
MOMENT = 0.3


def _take_away() -> None:
    from catalog.services import stock  # noqa: PLC0415 -- only when the rooms are loaded

    to_look = stock.to_lock

    def to_look_and_wait(sku_ids: Iterable[int]) -> Statement[dict[int, int]]:
        look = to_look(sku_ids)

        def read(rows: Rows) -> dict[int, int]:
            time.sleep(MOMENT)
            return look.read(rows)

        return Statement(look.sql.replace("FOR NO KEY UPDATE", ""), look.params, read)

    stock.to_lock = to_look_and_wait


_take_away()

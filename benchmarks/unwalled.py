"""The system without its second wall, for the comparison of `make bench-walls`.

Nothing but a benchmark's own database is ever served by this: merchants' requests run as the role
of everybody else, and each statement in a transaction of its own, as they would without the wall.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from config.wsgi import application
from kernel import walls

__all__ = ["application"]


def _nothing(shop_id: int) -> Any:
    return nullcontext()


walls.behind = _nothing

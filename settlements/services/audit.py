"""All books at once: what every room says must always hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from affiliates.services import invariants as alliance
from aftersales.services import invariants as aftersales
from catalog.services import invariants as catalog
from ledger.services import invariants as ledger
from orders.services import invariants as orders
from settlements.services import invariants as settlements

#: Rooms that state what must always hold, from the ground floor up; those above this one register.
ROOMS: dict[str, Callable[[], Iterable[object]]] = {
    "ledger": ledger.violations,
    "catalog": catalog.violations,
    "orders": orders.violations,
    "aftersales": aftersales.violations,
    "affiliates": alliance.violations,
    "settlements": settlements.violations,
}


def register(room: str, violations: Callable[[], Iterable[object]]) -> None:
    """Let `violations()` be asked with the others. Called from an `apps.ready()` further up."""
    ROOMS[room] = violations


def audit() -> dict[str, list[str]]:
    """Return room → a sentence for each breach. Reads only; heavy on large tables."""
    return {room: [str(breach) for breach in violations()] for room, violations in ROOMS.items()}

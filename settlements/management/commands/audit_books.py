"""``manage.py audit_books``: are all books right?"""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

from django.core.management.base import BaseCommand

#: Rooms that state what must always hold, each in its `services/invariants.py`.
ROOMS = ("ledger", "catalog", "orders", "aftersales", "affiliates", "settlements")


class Command(BaseCommand):
    """Print every breach of an invariant as one line of JSON; exit 1 when there is one."""

    help = "Check the invariants of all rooms and print the result as JSON."

    def handle(self, *args: Any, **options: Any) -> None:
        found = {room: import_module(f"{room}.services.invariants").violations() for room in ROOMS}
        total = sum(len(breaches) for breaches in found.values())
        report = {
            "violations": total,
            "rooms": {room: list(map(str, found[room])) for room in ROOMS},
        }
        self.stdout.write(json.dumps(report, ensure_ascii=False))
        if total:
            raise SystemExit(1)

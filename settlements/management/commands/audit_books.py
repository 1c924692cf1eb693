"""``manage.py audit_books``: are all books right?"""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand

from settlements.services.audit import audit


class Command(BaseCommand):
    """Print every breach of an invariant as one line of JSON; exit 1 when there is one."""

    help = "Check the invariants of all rooms and print the result as JSON."

    def handle(self, *args: Any, **options: Any) -> None:
        found = audit()
        total = sum(len(breaches) for breaches in found.values())
        self.stdout.write(json.dumps({"violations": total, "rooms": found}, ensure_ascii=False))
        if total:
            raise SystemExit(1)

"""``manage.py audit verify`` and ``manage.py audit export``: the trail, checked and taken along."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel import sealing
from kernel.models import AuditSeal


class Command(BaseCommand):
    """Read the sealed audit trail."""

    help = "Verify the chain of the audit trail, or write it out as lines of JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=("verify", "export"))
        parser.add_argument(
            "--anchor", default="", help="a head seen earlier, number:digest (see the workers' log)"
        )
        parser.add_argument(
            "--since", type=int, default=1, help="export: the first seal to write (default 1)"
        )

    def handle(self, *args: Any, what: str, anchor: str, since: int, **options: Any) -> None:
        if what == "export":
            self._export(since)
            return
        try:
            found = sealing.verify(anchor)
        except ValueError:
            raise CommandError("--anchor is number:digest, as the log writes it") from None
        self.stdout.write(f"{found.sealed} sealed, {found.waiting} waiting, head {found.head}")
        if found.fault:
            raise CommandError(found.fault)
        self.stdout.write("The chain holds.")

    def _export(self, since: int) -> None:
        seals = AuditSeal.objects.filter(number__gte=since).select_related("entry")
        for one in seals.order_by("number").iterator(chunk_size=2_000):
            line = {
                "number": one.number,
                "digest": bytes(one.digest).hex(),
                "entry": json.loads(sealing.message(one.entry)),
            }
            self.stdout.write(json.dumps(line, ensure_ascii=False))

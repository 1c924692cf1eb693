"""``manage.py check_days``: are the kept figures of the shops' days what the rows say?"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from insights.services import checking, days
from kernel.numbers import TRADE_ZONE
from shops.models import Shop


class Command(BaseCommand):
    """Print one line of JSON; exit 1 when a day differs."""

    help = "Compare the shops' days with the rows behind them and print the result as JSON."

    def add_arguments(self, parser: Any) -> None:
        """Take a first day, a shop, and whether to mend."""
        parser.add_argument("--since", type=_day, default=datetime(2000, 1, 1, tzinfo=UTC))
        parser.add_argument("--shop", help="public id of a shop; all without")
        parser.add_argument("--mend", action="store_true", help="add up again what differs")
        parser.add_argument(
            "--again",
            action="store_true",
            help="first add up every day with trade: after rows were written past the services",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, mend if asked, and say what was found."""
        shop_id: int | None = None
        if options["shop"]:
            shop = Shop.objects.filter(public_id=options["shop"]).first()
            if shop is None:
                raise CommandError("There is no such shop.")
            shop_id = shop.pk
        if options["again"]:
            days.mark_traded(since=options["since"], shop_id=shop_id)
            days.add_up_all(rests=False)
        found = checking.check(since=options["since"], shop_id=shop_id, mends=options["mend"])
        added = days.add_up_all(rests=False) if options["mend"] else 0
        said = {
            "days": found.days,
            "differences": [
                {"shop": one.shop_id, "day": str(one.day), "figures": one.figures}
                for one in found.differences
            ],
            "added_up": added,
        }
        self.stdout.write(json.dumps(said, ensure_ascii=False))
        if found.differences and not options["mend"]:
            raise SystemExit(1)


def _day(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=TRADE_ZONE)

"""`manage.py seed_demo`: two months of trade to look at, once."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from demo.seeding import World, cases, figures, market, people, sales, shelf, stakes
from kernel import clock
from shops.models import Shop


class Command(BaseCommand):
    """Make the demo data where there is no shop yet; all of them or none."""

    help = "Make demo shops, products, orders and cases in an empty database. Never in production."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed, with a progress bar; do nothing where a shop exists."""
        if settings.HAODIAN_ENV == "production" or not settings.HAODIAN_SANDBOX:
            raise CommandError("Demo data are for sandboxes only.")
        if Shop.objects.exists():
            return
        columns = (TextColumn("  {task.description:<28}"), BarColumn(), TimeElapsedColumn())
        with Progress(*columns) as progress, transaction.atomic():
            bar = progress.add_task("Demo data")

            def report(what: str, done: int, total: int) -> None:
                progress.update(bar, description=what, completed=done, total=total)

            world = World.new(clock.now(), report)
            people.seed(world)
            market.seed(world)
            sales.seed(world)
            cases.seed(world)
            figures.seed(world)
            stakes.seed(world)
            shelf.seed(world)
            report("Demo data", 1, 1)

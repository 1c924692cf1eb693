"""`manage.py prepare`: what stands between an empty database and the first page."""

import time
from typing import Any

from django.core.management import call_command, get_commands
from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from config.environment import wants_demo
from kernel import serving


class Command(migrate.Command):
    """Migrate with a progress bar, then load demo data outside production. Safe to repeat."""

    help = "Migrate, then load demo data where there are none. `manage.py up` runs it."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take migrate's options, and who is going to serve."""
        super().add_arguments(parser)
        parser.add_argument("--serving", default="", help="a log-in to make and let serve")

    def handle(self, *args: Any, **options: Any) -> None:
        """Wait for the database, migrate it, and call `seed_demo` where that is allowed."""
        _wait_for_database()
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            with _progress() as progress:
                self._bar = progress.add_task("Migrating", total=len(plan))
                self._progress = progress
                super().handle(*args, **(options | {"verbosity": 0, "interactive": False}))
        if login := options["serving"]:
            serving.allow(login)
        if wants_demo() and "seed_demo" in get_commands():
            call_command("seed_demo")

    def migration_progress_callback(
        self, action: str, migration: Any = None, fake: bool = False
    ) -> None:
        """Move the bar instead of printing a line for each migration."""
        if action == "apply_success":
            self._progress.update(
                self._bar, advance=1, description=f"Migrating {migration.app_label}"
            )


def _progress() -> Progress:
    return Progress(
        TextColumn("  {task.description:<28}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )


def _wait_for_database(seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            connection.ensure_connection()
        except OperationalError as fault:
            if time.monotonic() > deadline:
                raise CommandError(f"no database after {seconds:.0f} s: {fault}") from None
            time.sleep(0.2)
        else:
            return

"""`manage.py up`; manage.py itself calls the supervisor before any app is loaded."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config import supervisor


class Command(BaseCommand):
    """Run the whole system on this machine."""

    help = "Run database, broker, migrations, demo data, web, worker and beat until Ctrl+C."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the options of config.supervisor."""
        parser.add_argument("--port")
        parser.add_argument("--host")

    def handle(self, *args: Any, **options: Any) -> None:
        """Hand over to the supervisor."""
        words = [f"--{name}={options[name]}" for name in ("port", "host") if options[name]]
        raise SystemExit(supervisor.main(words))

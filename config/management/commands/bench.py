"""`manage.py bench`: a fresh embedded PostgreSQL with durable WAL, measured and removed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from config.embedded.postgres import Postgres
from config.environment import BASE_DIR


class Command(BaseCommand):
    """Measure on a database of its own; nothing of a running system is touched."""

    help = (
        "Measure the order path on a fresh embedded PostgreSQL and print a table and a JSON line."
    )
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Start the server, migrate, measure in a process of its own, stop the server."""
        home = Path(tempfile.mkdtemp(prefix="haodian-bench-"))
        home.chmod(0o711)  # as root the server runs as another user, who must pass through
        server = Postgres(home / "postgres", log=home / "postgres.log")
        try:
            server.create_cluster()
            server.start()
            server.wait()
            server.ensure_database("haodian")
            env = os.environ | {"DATABASE_URL": server.url("haodian"), "REDIS_URL": ""}
            for step in (["migrate", "--verbosity", "0"], ["bench_placement"]):
                subprocess.run(
                    [sys.executable, "manage.py", *step], cwd=BASE_DIR, env=env, check=True
                )
        finally:
            server.stop()
            shutil.rmtree(home, ignore_errors=True)

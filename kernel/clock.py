"""Two clocks: the application's, read by doors only; the database's, which decides deadlines."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.utils import timezone


def now() -> datetime:
    """Return the application's time, aware, in UTC. Doors read it once and pass it on as `at`."""
    return timezone.now()


def database_now() -> datetime:
    """Return the database's time, with which deadlines compare: application clocks may be wrong."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]

"""Up to when a list of changed orders is complete (OR-24, ADR 0025)."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

# The clock first, then the locks: who takes one later than this looks writes a later time, too.
# A session's own changes are seen by itself, so they hold nothing back.
_HORIZON = """
SELECT least(
    statement_timestamp(),
    (SELECT min(to_timestamp(1577836800 + objid::bigint)) FROM pg_locks
     WHERE locktype = 'advisory' AND classid = 1329873748 AND objsubid = 2
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND pid IS DISTINCT FROM pg_backend_pid())
)
"""


def settled_until() -> datetime:
    """Return a moment before which no order will be found changed that is not found so now.

    It is now, less as long as the oldest transaction that changed an order and has not ended. Rows
    are to be read by a later statement: this one's snapshot may be older than what it promises.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HORIZON)
        (moment,) = cursor.fetchone()
    return moment

"""Public numbers and ids: sortable by day, opaque within it, never a primary key."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

TRADE_ZONE = ZoneInfo("Asia/Shanghai")
_SPACE = 10**10
# Coprime to the space, so the map is a permutation: unique as long as the sequence is, and two
# neighbours in the sequence do not tell how many orders lie between two numbers.
_FACTOR = 7_236_067_977
_SHIFT = 3_141_592_653
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's, without i l o u


def day_ends(at: datetime) -> datetime:
    """Return the midnight that ends the trade's day of `at`."""
    local = at.astimezone(TRADE_ZONE)
    return local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def public_number(sequence: int, at: datetime) -> str:
    """Return 16 digits: the day in China as yymmdd, then ten scrambled digits of `sequence`."""
    day = at.astimezone(TRADE_ZONE).strftime("%y%m%d")
    return f"{day}{(sequence * _FACTOR + _SHIFT) % _SPACE:010d}"


def public_id(prefix: str) -> str:
    """Return a new opaque id such as ``shp_7k0q…`` with 100 random bits."""
    return f"{prefix}_{''.join(secrets.choice(_ALPHABET) for _ in range(20))}"

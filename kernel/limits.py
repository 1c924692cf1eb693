"""How often somebody may do something: exact over all processes while Valkey answers.

The rule is the generic cell rate algorithm: one number a subject, the moment until which its calls
are paid for. Valkey keeps it in one atomic script. Without Valkey each process keeps its own, so
people may do more than they should, and the sale goes on.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

from cachetools import TTLCache
from django.conf import settings
from redis import Redis, RedisError

from kernel.errors import TooOften

logger = logging.getLogger(__name__)

#: Seconds without asking Valkey again after it failed.
REST = 5.0
#: Seconds that a call waits for Valkey at most.
PATIENCE = 0.1

#: Returns the microseconds to wait, 0 when the call may go on. By the server's clock.
SCRIPT = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local paid_until = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
local wait = paid_until + interval - interval * burst - now
if wait > 0 then return wait end
local kept = paid_until + interval - now
redis.call('SET', KEYS[1], string.format('%.0f', now + kept), 'PX', math.ceil(kept / 1000))
return 0
"""


@dataclass(frozen=True)
class Limit:
    """`per_second` calls a subject in the long run, 0 for any number; `burst` at once."""

    name: str
    per_second: float
    burst: int

    def spend(self, subject: str) -> None:
        """Count one call of `subject`. Raises TooOften, which says how long to wait."""
        if not self.per_second:
            return
        wait = _ask(self, f"limit:{self.name}:{subject}")
        if wait > 0:
            raise TooOften(wait)


class _Resting:
    """Remembers that Valkey failed, so that not each call waits for it."""

    until = 0.0


def _ask(limit: Limit, key: str) -> float:
    script = _script()
    if script is not None and time.monotonic() >= _Resting.until:
        try:
            return script(keys=[key], args=[int(1e6 / limit.per_second), limit.burst]) / 1e6
        except RedisError as error:
            _Resting.until = time.monotonic() + REST
            logger.warning("limits are local for %s s: %s", REST, error)
    return _local(limit, key)


@cache
def _script() -> Callable[..., Any] | None:
    if not settings.LIMITS_URL:
        return None
    client = Redis.from_url(
        settings.LIMITS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
    )
    return client.register_script(SCRIPT)


_paid_until: TTLCache[str, float] = TTLCache(100_000, 60)
_mutex = Lock()


def _local(limit: Limit, key: str) -> float:
    """Return the seconds to wait, by this process's own count."""
    interval = 1 / limit.per_second
    with _mutex:
        now = time.monotonic()
        paid_until = max(_paid_until.get(key, now), now)
        wait = paid_until + interval - interval * limit.burst - now
        if wait <= 0:
            _paid_until[key] = paid_until + interval
    return max(wait, 0.0)

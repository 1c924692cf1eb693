"""How often somebody may do something: exact over all processes while Valkey answers.

The rule is the generic cell rate algorithm: one number a subject, the moment until which its calls
are paid for. A process knows its own count for nothing (`spend_here`); Valkey keeps that of all of
them in one atomic script, asked once for a whole set (`spend_all`). Without Valkey people may do
more than they should, and the sale goes on.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
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

#: Returns for each key the microseconds to wait, 0 for a call that may go on. By its own clock.
SCRIPT = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local waits = {}
for place, key in ipairs(KEYS) do
    local paid_until = math.max(tonumber(redis.call('GET', key) or now), now)
    local wait = paid_until + interval - interval * burst - now
    if wait <= 0 then
        wait = 0
        local kept = paid_until + interval - now
        redis.call('SET', key, string.format('%.0f', now + kept), 'PX', math.ceil(kept / 1000))
    end
    waits[place] = wait
end
return waits
"""


@dataclass(frozen=True)
class Limit:
    """`per_second` calls a subject in the long run, 0 for any number; `burst` at once."""

    name: str
    per_second: float
    burst: int

    def spend_here(self, subject: str) -> None:
        """Count one call of `subject` in this process. Raises TooOften: how long to wait."""
        if self.per_second and (wait := _spend_locally(self, self._key(subject))) > 0:
            raise TooOften(wait)

    def spend_all(self, subjects: Sequence[str]) -> list[float]:
        """Count a call of each subject in all processes; return the seconds that each has to wait.

        0.0 is a call that may go on. All of them may while Valkey does not answer.
        """
        script = _script() if self.per_second else None
        if script is None or time.monotonic() < _Resting.until:
            return [0.0] * len(subjects)
        try:
            keys = [self._key(subject) for subject in subjects]
            waits = script(keys=keys, args=[int(1e6 / self.per_second), self.burst])
        except RedisError as error:
            _Resting.until = time.monotonic() + REST
            logger.warning("limits are local for %s s: %s", REST, error)
            return [0.0] * len(subjects)
        return [wait / 1e6 for wait in waits]

    def _key(self, subject: str) -> str:
        return f"limit:{self.name}:{subject}"


class _Resting:
    """Remembers that Valkey failed, so that not each call waits for it."""

    until = 0.0


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


def _spend_locally(limit: Limit, key: str) -> float:
    """Return the seconds to wait, by this process's own count."""
    interval = 1 / limit.per_second
    with _mutex:
        now = time.monotonic()
        paid_until = max(_paid_until.get(key, now), now)
        wait = paid_until + interval - interval * limit.burst - now
        if wait <= 0:
            _paid_until[key] = paid_until + interval
    return max(wait, 0.0)

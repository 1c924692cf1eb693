"""Threads that run at the same moment, and what became of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from threading import Barrier, Lock, Thread

from django.db import close_old_connections, connection
from django.db.models import QuerySet

from kernel.errors import DomainError

#: Threads at work at one time; each has a connection of its own.
CREW = 16
#: Longer than any act, shorter than a patient person.
PATIENCE = 60


def results_of(*acts: Callable[[], object]) -> list[object]:
    """Run `acts` at once, `CREW` at a time; return what each returned or raised."""
    results: list[object] = [TimeoutError("still at work")] * len(acts)
    places, lock = iter(range(len(acts))), Lock()
    size = min(len(acts), CREW)
    gate = Barrier(size)

    def work() -> None:
        gate.wait(PATIENCE)
        try:
            while True:
                with lock:
                    place = next(places, None)
                if place is None:
                    return
                try:
                    results[place] = acts[place]()
                except Exception as error:  # noqa: BLE001 -- what it was is the finding
                    results[place] = error
        finally:
            connection.close()

    crew = [Thread(target=work, daemon=True) for _ in range(size)]
    for one in crew:
        one.start()
    for one in crew:
        one.join(PATIENCE)
    close_old_connections()
    return results


def ends_of(*acts: Callable[[], object]) -> Counter[str]:
    """Run `acts` at once; return how many ended how: "ok", a refusal's code, an error's name."""
    return Counter(_end(result) for result in results_of(*acts))


def pause() -> None:
    """Give the others time to read what this thread has just read."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.02)")


def told_late(statement: str, source: str) -> str:
    """Return `statement` without its lock, telling what it read only after others have read too."""
    unlocked = statement.replace("FOR NO KEY UPDATE", "")
    return unlocked.replace(f"FROM {source}", f"FROM pg_sleep(0.05), {source}")


def no_lock(queryset: QuerySet, **_options: object) -> QuerySet:
    """Stand in for `QuerySet.select_for_update`: nobody waits for anybody."""
    return queryset.all()


def _end(result: object) -> str:
    if isinstance(result, DomainError):
        return result.code
    return type(result).__name__ if isinstance(result, Exception) else "ok"

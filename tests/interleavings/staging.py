"""One act plays at every step of another: before each of its statements, and before its commits.

The first act runs in the test's own connection. At the chosen step it is held, and the rival runs
in a thread with a connection of its own until it has ended or PostgreSQL says that it waits for a
lock of the first. Then the first goes on. Nothing is left to luck: a step is the same each time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.db import connection, connections

from kernel.errors import DomainError

Act = Callable[[], str]

#: How long an act may wait for a lock before that is a finding, in seconds.
PATIENCE = 30
#: How long the stage looks at a rival that has neither ended nor met a lock.
WATCH = 60
#: Between two looks. It decides how long a test takes, never what it finds.
GLANCE = 0.01
#: They read and write nothing: a rival before one of them is a rival before the next statement.
MARKS = ("SAVEPOINT ", "RELEASE SAVEPOINT ")
COMMIT = "COMMIT"


@dataclass
class Played:
    """What became of the two; `rival` is empty when the first had no such step."""

    first: str
    rival: str = ""
    #: What the first was about to do when the rival came.
    statement: str = ""
    #: The rival met a lock of the first.
    has_waited: bool = False
    #: What the first did, in order.
    steps: list[str] = field(default_factory=list)


class Stage:
    """Plays acts against each other; `stage()` opens one and closes its connections."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="rival")
        self._rival_pid = self._thread.submit(_sit_down).result(PATIENCE)
        self._first_pid = _sit_down()
        self._watcher = psycopg.connect(**_parameters(), autocommit=True)

    def play(self, first: Act, rival: Act | None = None, *, step: int = 0) -> Played:
        """Run `first`, and `rival` right before its step number `step`, counted from 1."""
        played = Played("")
        futures: list[Future[str]] = []

        def on_step(statement: str) -> None:
            if statement.startswith(MARKS):
                return
            played.steps.append(statement)
            if rival is not None and len(played.steps) == step:
                played.statement = statement
                futures.append(self._thread.submit(_end_of, rival))
                played.has_waited = self._watch(futures[0])

        with _each_step(on_step):
            played.first = _end_of(first)
        if futures:
            played.rival = futures[0].result(2 * PATIENCE)
        return played

    def _watch(self, rival: Future[str]) -> bool:
        """Return once the rival has ended (False) or waits for a lock of the first (True)."""
        deadline = time.monotonic() + WATCH
        while not wait([rival], timeout=GLANCE).done:
            if self._is_waiting():
                return True
            if time.monotonic() > deadline:
                raise TimeoutError("the rival has neither ended nor met a lock")
        return False

    def _is_waiting(self) -> bool:
        query = "SELECT %s = ANY (pg_blocking_pids(%s))"
        row = self._watcher.execute(query, [self._first_pid, self._rival_pid]).fetchone()
        return bool(row and row[0])

    def close(self) -> None:
        """Let the rival's thread and both connections go."""
        self._thread.submit(connections.close_all).result(PATIENCE)
        self._thread.shutdown()
        self._watcher.close()
        connection.close()


@contextmanager
def _each_step(on_step: Callable[[str], None]) -> Iterator[None]:
    """Call `on_step` before each statement and each commit of this thread's connection."""
    here = connections["default"]
    commit = here._commit

    def commit_after_step() -> None:
        on_step(COMMIT)
        commit()

    def execute_after_step(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        on_step(" ".join(str(sql).split()))
        return execute(sql, params, many, context)

    here._commit = commit_after_step  # type: ignore[method-assign]
    try:
        with here.execute_wrapper(execute_after_step):
            yield
    finally:
        del here._commit


def _sit_down() -> int:
    """Open this thread's connection and return its process id; no lock is waited for for ever."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{PATIENCE}s"])
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def _end_of(act: Act) -> str:
    """Return the act's own word, a refusal's code, or what nobody expected."""
    try:
        return act()
    except DomainError as error:
        return error.code
    except Exception as error:  # noqa: BLE001 -- what it was is the finding
        return f"{type(error).__name__}: {error}".splitlines()[0]


def _parameters() -> dict[str, Any]:
    known = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    return {name: known[name] for name in names if known.get(name)}

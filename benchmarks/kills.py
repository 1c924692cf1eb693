"""`make kill-test`: web processes and database backends are killed while it sells.

Every buyer keeps pressing with the same key until there is a definite answer. Afterwards each
acknowledged order must be there, each key must have its first order, and stock must be exact.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any, TypeVar

import psycopg
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.bed import WEB_PROCESSES, Bed, bed, machine
from benchmarks.insisting import AT_MOST, Crowd, Press
from benchmarks.load import request
from benchmarks.orders import PATH, RECEIVER
from config.environment import BASE_DIR

CONNECTIONS, BUYERS = 32, 500
#: Orders that are sold between two kills.
BETWEEN = 30
#: Of a hundred checkouts so many want the hot SKU, which runs out.
HOT = 40
#: Keys that are pressed once more when all is over, besides those that ever lost an answer.
SAMPLE = 500
#: A web process is killed at most so many seconds after a transaction was seen open: before its
#: commit, after it, or while the answers are on their way.
MOMENT = 0.05
#: Seconds. granian takes two deaths of one process within 5.5 s for a crash loop and gives up; a
#: supervisor would start it again, but here single deaths are meant.
GROWN_UP = 6.0
SERVER_ERRORS = {str(status) for status in range(500, 600)} - {"502", "503"}
#: A transaction that is doing something, of somebody else.
BUSY_BACKEND = """
SELECT min(pid) FROM pg_stat_activity
 WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
   AND datname = current_database() AND xact_start IS NOT NULL
"""

T = TypeVar("T")
#: Kills something and returns when it did.
Kill = Callable[[Bed], float]


def presses_of(scene: dict[str, Any]) -> Iterator[Press]:
    """Yield checkouts of the hot SKU, of another, and of both, by one buyer after the other."""
    dice = random.Random(50)
    others = [sku for sku in scene["skus"] if sku != scene["hot"]][:3]
    for number in count():
        skus = [dice.choice(others)]
        if dice.randrange(100) < HOT:
            skus = [scene["hot"], *skus[: number % 2]]
        lines = [{"sku_id": sku, "quantity": 1} for sku in skus]
        token = scene["tokens"][number % len(scene["tokens"])]
        key = f"kill-{number}"
        body = {"lines": lines, "receiver": RECEIVER}
        yield Press(key, request(PATH, token, key, body), tuple(skus))


class WebKiller:
    """Kills a web process while it sells, and waits until another serves in its place."""

    def __init__(self) -> None:
        self.seen: dict[int, float] = {}

    def __call__(self, one: Bed) -> float:
        victim = _patiently(lambda: self._oldest(one), "no web process lives long enough")
        _busy_backend(one)
        time.sleep(random.uniform(0, MOMENT))
        os.kill(victim, signal.SIGKILL)
        moment = time.monotonic()
        _patiently(lambda: _is_replaced(one, victim), "the web process was not replaced")
        return moment

    def _oldest(self, one: Bed) -> int:
        """Return the process that works longest, at least `GROWN_UP` seconds; else 0."""
        one.tend_web()
        now = time.monotonic()
        alive = {pid: self.seen.setdefault(pid, now) for pid in one.web_processes()}
        oldest = min(alive, key=alive.__getitem__, default=0)
        return oldest if oldest and now - alive[oldest] >= GROWN_UP else 0


def _is_replaced(one: Bed, victim: int) -> bool:
    one.tend_web()
    alive = one.web_processes()
    return victim not in alive and len(alive) == one.listening() == WEB_PROCESSES


def kill_backend(one: Bed) -> float:
    """Kill a backend in the middle of its transaction: the whole server recovers."""
    os.kill(_busy_backend(one), signal.SIGKILL)
    return time.monotonic()


def _busy_backend(one: Bed) -> int:
    """Return a backend with a transaction open, as soon as there is one."""

    def look() -> int:
        with contextlib.suppress(psycopg.OperationalError):  # it recovers from the last kill
            return int(one.query(BUSY_BACKEND)[0][0] or 0)
        return 0

    return _patiently(look, "nobody sells")


def _patiently(look: Callable[[], T], complaint: str) -> T:
    """Return what `look` returns once that is something; raise RuntimeError when it never is."""
    deadline = time.monotonic() + AT_MOST
    while time.monotonic() < deadline:
        if seen := look():
            return seen
        time.sleep(0.01)
    raise RuntimeError(complaint)


async def siege(
    one: Bed, crowd: Crowd, kill: Kill, times: int, advance: Callable[[], None]
) -> dict[str, Any]:
    """Kill so many times while it sells; return what the buyers saw of it.

    `lost` requests were sent and had no answer; `found` were told, when they came again, that they
    had been placed then; `down` counts refused connections. `pause_s` and `longest_s`:
    how long no order was acknowledged after a kill, in the middle and at worst.
    """
    before, acknowledged = crowd.answers.copy(), crowd.acknowledged
    pauses = []
    await crowd.sell(BETWEEN)
    for _ in range(times):
        moment = await asyncio.to_thread(kill, one)
        await crowd.sell(BETWEEN)
        pauses.append(crowd.pause_after(moment))
        advance()
    answers = crowd.answers - before
    return {
        "kills": times,
        "orders": crowd.acknowledged - acknowledged,
        "lost": answers["lost"],
        "found": answers["found"],
        "down": answers["unreachable"],
        "busy": answers["503"],
        "errors": sum(number for status, number in answers.items() if status in SERVER_ERRORS),
        "pause_s": round(statistics.median(pauses), 2) if pauses else None,
        "longest_s": round(max(pauses), 2) if pauses else None,
    }


async def play(
    one: Bed, scene: dict[str, Any], web: int, database: int, advance: Callable[[], None]
) -> dict[str, Any]:
    """Open the shop, kill, close it, ask everybody in doubt once more; return what was seen."""
    crowd = Crowd(one.port, presses_of(scene))
    crowd_at_work = asyncio.create_task(crowd.work(CONNECTIONS))
    rows = {}
    try:
        rows["web"] = await siege(one, crowd, WebKiller(), web, advance)
        rows["database"] = await siege(one, crowd, kill_backend, database, advance)
    finally:
        crowd.is_open = False
        await crowd_at_work
    doubtful = [press for press in crowd.told if press.lost]
    placed = [press for press in crowd.told if press.number and not press.lost]
    again = doubtful + random.sample(placed, min(SAMPLE, len(placed)))
    await crowd.ask_again(again, CONNECTIONS)
    return {
        "rows": rows,
        "answers": dict(crowd.answers),
        "asked_again": len(again),
        **verdict(one, scene, crowd),
    }


def verdict(one: Bed, scene: dict[str, Any], crowd: Crowd) -> dict[str, Any]:
    """Return what the database says about what the buyers were told."""
    groups = one.query("SELECT idempotency_key, number FROM orders_ordergroup")
    numbers = dict(groups)
    told = {press.key: press.number for press in crowd.told}
    hot = _stock_of(one, scene["hot"])
    wrong_stock = one.query(
        "SELECT count(*) FROM catalog_stock s WHERE s.held > s.on_hand OR s.held <>"
        " (SELECT coalesce(sum(l.quantity), 0) FROM orders_orderline l"
        " JOIN orders_order o ON o.id = l.order_id"
        " WHERE l.sku_id = s.sku_id AND o.status = 'unpaid')"
    )[0][0]
    is_refused = any(press.refusal and press.skus == (scene["hot"],) for press in crowd.told)
    found = {
        "acknowledged": crowd.acknowledged,
        "missing": sum(
            1 for press in crowd.told if press.number and numbers.get(press.key) != press.number
        ),
        "refused": sum(1 for press in crowd.told if press.refusal),
        "refused_but_placed": sum(
            1 for press in crowd.told if press.refusal and press.key in numbers
        ),
        "unasked": sum(1 for key in numbers if not told.get(key)),
        "twice": len(groups) - len(numbers),
        "skus_with_wrong_stock": wrong_stock,
        "hot_sold": hot[1],
        "hot_pieces": hot[0],
        "refused_too_early": is_refused and hot[1] < hot[0],
        "violations": _audit(one),
        "faults": crowd.faults[:20],
    }
    must_be_none = set(found) - {"acknowledged", "refused", "hot_sold", "hot_pieces"}
    return found | {"is_exact": not any(found[name] for name in must_be_none)}


def _stock_of(one: Bed, sku: str) -> tuple[int, int]:
    """Return how many pieces of the SKU there are, and how many of them are held."""
    rows = one.query(
        "SELECT k.public_id, s.on_hand, s.held FROM catalog_stock s"
        " JOIN catalog_sku k ON k.id = s.sku_id"
    )
    return next((on_hand, held) for public_id, on_hand, held in rows if public_id == sku)


def _audit(one: Bed) -> list[str]:
    """Return the breaches of every room's invariants."""
    done = subprocess.run(
        [sys.executable, "manage.py", "audit_books"],
        cwd=BASE_DIR,
        env=one.env,
        check=False,
        stdout=subprocess.PIPE,
    )
    rooms = json.loads(done.stdout)["rooms"]
    return [f"{room}: {breach}" for room, breaches in rooms.items() for breach in breaches][:20]


def run(one: Bed, console: Console, options: argparse.Namespace) -> dict[str, Any]:
    """Make the scene, start the web processes and play; return what came of it."""
    scene = one.scene(f"--buyers={BUYERS}", f"--hot-stock={options.pieces}")
    one.start_web()
    with Progress(console=console, transient=True) as progress:
        bar = progress.add_task("killing", total=options.web + options.database)
        result = asyncio.run(
            play(one, scene, options.web, options.database, lambda: progress.advance(bar))
        )
    return {"bench": "kills", **result, **machine(one)}


def main() -> None:
    """Kill; print the table and the JSON line; fail when anything is missing or double."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--web", type=int, default=50, help="web processes to kill")
    parser.add_argument("--database", type=int, default=20, help="database backends to kill")
    parser.add_argument("--pieces", type=int, default=600, help="of the SKU that runs out")
    options = parser.parse_args()
    console = Console()
    with bed() as one:
        result = run(one, console, options)
    columns = list(next(iter(result["rows"].values())))
    table = Table("killed", *(name.replace("_", " ") for name in columns))
    for what, row in result["rows"].items():
        table.add_row(what, *(str(row[name]) for name in columns))
    console.print(table)
    print(json.dumps(result, ensure_ascii=False))
    if not result["is_exact"]:
        raise SystemExit(1)


if __name__ == "__main__":
    main()

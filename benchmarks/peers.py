"""`make bench-peers`: the same hot checkout here and in django-oscar, alternating in one run."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks import orders, oscar
from benchmarks.bed import Bed, Project, bed, machine
from benchmarks.load import GOOD

CONNECTIONS = (1, 32)
#: Of a race for few pieces, whatever the speed is measured with.
RACE_CONNECTIONS = 32
#: Orders of each side before it is measured: every thread has worked, every cache is filled.
WARM_UP = 128
OURS = "Haodian"
#: Its order is two requests: into the basket, checkout.
PEER = "oscar"
#: The second of these only; the baskets were filled before, unmeasured.
PEER_CHECKOUT = "oscar, checkout only"

Row = dict[str, Any]
#: Makes a job of that many orders for the load generator, which gets them over so many connections.
Work = Callable[[int, int], dict[str, Any]]


@dataclass
class Side:
    """One way to buy a piece: how its work is made, and what was measured of it."""

    name: str
    bed: Bed
    work: Work
    orders: int
    runs: dict[int, list[Row]] = field(default_factory=dict)
    placed: int = 0

    def run(self, connections: int, number: int) -> Row:
        """Return rates, latencies, CPU and SQL statements an order of one run."""
        work = self.work(number, connections)
        cpu, said = self.bed.cpu(), statements(self.bed)
        result = self.bed.load({"connections": connections, **work})
        used, spoken = self.bed.cpu(), statements(self.bed)
        placed = placed_of(result)
        self.placed += placed
        return {
            "orders_per_second": placed / result["seconds"],
            "app_cpu_ms": (used.app - cpu.app) * 1000 / max(placed, 1),
            "database_cpu_ms": (used.database - cpu.database) * 1000 / max(placed, 1),
            "p50_ms": result["p50_ms"],
            "p99_ms": result["p99_ms"],
            "statements": (spoken - said) / max(placed, 1),
            "placed": placed,
            "refused": len(work["calls"]) - placed,
        }

    def warm_up(self) -> None:
        """Place some orders that are not measured.

        Raises RuntimeError unless all were placed: nobody is compared who is not set up right.
        """
        if self.run(RACE_CONNECTIONS, WARM_UP)["refused"]:
            log = (self.bed.home / "web.log").read_text()[-2_000:]
            raise RuntimeError(f"{self.name} refused orders with plenty in stock: {log}")

    def measure(self, connections: int) -> None:
        """Run once, as many orders as fit the connections, and remember it."""
        number = max(min(100, self.orders), self.orders * min(connections, 32) // 32)
        self.runs.setdefault(connections, []).append(self.run(connections, number))

    def row(self, connections: int) -> Row:
        """Return the medians of the runs."""
        runs = self.runs[connections]
        figures = orders.median_of(runs) | {"refused": sum(run["refused"] for run in runs)}
        return {"what": self.name, "connections": connections, **figures}


def placed_of(result: dict[str, Any]) -> int:
    """Return how many calls of a job were answered as good."""
    return sum(result["statuses"].get(str(status), 0) for status in GOOD)


def statements(one: Bed) -> int:
    """Return how many statements the bed's database has done; BEGIN and COMMIT are such, too."""
    done = "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements JOIN pg_database ON oid = dbid"
    return int(one.query(f"{done} WHERE datname = current_database()")[0][0])


def ratio(ours: Row, peer: Row) -> Row:
    """Return by how many times ours is cheaper in CPU an order, and faster in orders/s."""
    return {
        "what": peer["what"],
        "connections": ours["connections"],
        "cpu": round(_cpu(peer) / _cpu(ours), 1),
        "orders_per_second": round(ours["orders_per_second"] / peer["orders_per_second"], 1),
    }


def _cpu(row: Row) -> float:
    return row["app_cpu_ms"] + row["database_cpu_ms"]


def speed(project: Project, options: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    """Measure both by turns on fresh databases with plenty of stock; return rows and checks."""
    buyers = max(10_000, options.peer_orders, WARM_UP)
    with bed() as here, bed(project) as there:
        sides = _sides(here, there, buyers, options)
        total = (len(options.connections) * options.repeats + 1) * len(sides)
        bar = progress.add_task("measuring", total=total)
        for side in sides:
            side.warm_up()
            progress.advance(bar)
        for connections in options.connections:
            for side in list(sides) * options.repeats:
                side.measure(connections)
                progress.advance(bar)
        ours, *peers = ([side.row(one) for one in options.connections] for side in sides)
        placed_there = sum(side.placed for side in sides[1:])
        return {
            "rows": [row for rows in zip(ours, *peers, strict=True) for row in rows],
            "ratios": [
                ratio(mine, other) for rows in peers for mine, other in zip(ours, rows, strict=True)
            ],
            "check": orders.check(here, sides[0].placed),
            "peer_check": oscar.check(there, placed_there),
            **machine(here),
        }


def _sides(here: Bed, there: Bed, buyers: int, options: argparse.Namespace) -> Sequence[Side]:
    mine, theirs = (one.scene(f"--buyers={buyers}") for one in (here, there))
    for one in (here, there):
        one.query("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        # Foreign keys are checked at COMMIT there and within the statement here: count both.
        one.query("ALTER ROLE CURRENT_USER SET pg_stat_statements.track = 'all'")
        one.start_web()
    return (
        Side(OURS, here, lambda number, _: our_orders(mine, number), options.orders),
        Side(
            PEER,
            there,
            lambda number, _: oscar.orders(there, theirs, number),
            options.peer_orders,
        ),
        Side(
            PEER_CHECKOUT,
            there,
            lambda number, connections: oscar.full_baskets(there, theirs, number, connections),
            options.peer_orders,
        ),
    )


def our_orders(scene: dict[str, Any], number: int) -> dict[str, Any]:
    """Return the job of `number` checkouts of the hot SKU."""
    return {"path": orders.PATH, "calls": list(orders.calls(scene, number, is_mixed=False))}


def race(project: Project, buyers: int, pieces: int) -> list[Row]:
    """Let `buyers` buy one of `pieces` on either side; return what was acknowledged and sold.

    In the peer twice, a product each: every buyer fills a basket and checks it out at once; or all
    have it in the basket before the first checks out.
    """
    wanted = (f"--buyers={buyers}", f"--hot-stock={pieces}")
    facts = {"buyers": buyers, "pieces": pieces}
    rows = []
    with bed() as here:
        scene = here.scene(*wanted)
        here.start_web()
        placed = _rush(here, our_orders(scene, buyers))
        found = orders.check(here, placed)
        rows.append({"what": OURS, **facts, "sold": found["pieces_ordered"], **found})
    with bed(project) as there:
        scene = there.scene(*wanted)
        there.start_web()
        for product, name in enumerate((PEER, PEER_CHECKOUT)):
            if name == PEER:
                job = oscar.orders(there, scene, buyers, product)
            else:
                job = oscar.full_baskets(there, scene, buyers, RACE_CONNECTIONS, product)
            placed = _rush(there, job)
            sold = oscar.sold(there, scene, product)
            found = {"acknowledged": placed, "is_exact": placed == sold}
            rows.append({"what": name, **facts, "sold": sold, **found})
    return rows


def _rush(one: Bed, job: dict[str, Any]) -> int:
    return placed_of(one.load({"connections": RACE_CONNECTIONS, **job}))


def tables(result: Row) -> list[Table]:
    """Return what is printed of a result: figures, ratios, and what was sold of few pieces."""
    figures = Table("what", "at", "orders/s", "app", "db", "SQL", "p50", "p99")
    figures.caption = (
        "at: connections; app, db, SQL: CPU ms, statements an order\n"
        "p50, p99: ms; oscar: into the basket, then checkout"
    )
    for row in result["rows"]:
        cells = [f"{row[name]:.1f}" for name in ("orders_per_second", "app_cpu_ms")]
        cells.append(f"{row['database_cpu_ms']:.2f}")
        cells += [f"{row[name]:.0f}" for name in ("statements", "p50_ms", "p99_ms")]
        figures.add_row(row["what"], str(row["connections"]), *cells)
    ratios = Table("Haodian against", "at", "less CPU an order", "more orders/s")
    for row in result["ratios"]:
        cells = [f"{row[name]:.1f} x" for name in ("cpu", "orders_per_second")]
        ratios.add_row(row["what"], str(row["connections"]), *cells)
    sold = Table("what", "buyers", "pieces", "sold")
    for row in result["race"]:
        sold.add_row(row["what"], *(str(row[name]) for name in ("buyers", "pieces", "sold")))
    return [figures, ratios, sold]


def faults(result: Row) -> list[str]:
    """Return what is wrong on our side; how the peer does is a finding, not a fault."""
    ours = result["race"][0]
    found = []
    if not (result["check"]["is_exact"] and ours["is_exact"]):
        found.append("an acknowledged order or a held piece is missing, or one is too many")
    if ours["sold"] > ours["pieces"]:
        found.append(f"{ours['sold']} of {ours['pieces']} pieces were sold")
    return found


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(
        description=__doc__,
        epilog="The first run installs django-oscar into var/peers/oscar-venv: your package index "
        "must be within reach then. Exit code 1: our side sold too many or lost an order; 2: the "
        "peer could not be installed.",
    )
    made.add_argument("--orders", type=int, default=2_000, help="ours, per run of 32 connections")
    made.add_argument("--peer-orders", type=int, default=400, help="the peer's, likewise")
    made.add_argument("--repeats", type=int, default=3)
    made.add_argument("--connections", type=int, nargs="*", default=list(CONNECTIONS))
    made.add_argument("--buyers", type=int, default=400, help="of the race for few pieces")
    made.add_argument("--pieces", type=int, default=100)
    return made


def main() -> None:
    """Measure both, print the tables and the JSON line; fail when our side is not exact."""
    options = parser().parse_args()
    try:
        project = oscar.install()
    except oscar.NotInstalled as failed:
        print(f"{failed}: the package index must be within reach once.", file=sys.stderr)
        raise SystemExit(2) from failed
    console, load_before = Console(), round(os.getloadavg()[0], 2)
    with Progress(console=console, transient=True) as progress:
        result = speed(project, options, progress)
        result["race"] = race(project, options.buyers, options.pieces)
    result = {
        "bench": "peers",
        "repeats": options.repeats,
        "load_before": load_before,
        "peer": oscar.versions(project),
        **result,
    }
    for table in tables(result):
        console.print(table)
    print(json.dumps(result))
    if found := faults(result):
        raise SystemExit("; ".join(found))


if __name__ == "__main__":
    main()

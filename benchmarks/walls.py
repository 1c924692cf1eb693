"""`make bench-walls`: what the second wall costs a merchant's page, in CPU, measured in pairs.

The same pages of the same orders, by turns with the wall and without it; each turn in web processes
of its own. The cost of a page is the median of its pairs.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections import defaultdict
from dataclasses import replace
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks import filling
from benchmarks.bed import HAODIAN, Bed, bed, machine
from benchmarks.lists import Question, Reader, measure

#: With and without, in an order that a machine which slowly warms up does not favour.
TURNS = ("with", "without", "without", "with")
SERVED = {
    "with": HAODIAN,
    "without": replace(HAODIAN, application="benchmarks.unwalled:application"),
}
TARGET_PERCENT = 5


def questions(scene: dict[str, Any]) -> list[Question]:
    """Return the pages that are compared."""
    orders = f"/api/v1/orders/shops/{scene['shop']['id']}/orders"
    return [
        Question("shop's orders", "merchant", (orders,)),
        Question("… 100 a page", "merchant", (f"{orders}?limit=100",)),
        Question("… rare status", "merchant", (f"{orders}?status=partly_shipped",)),
        Question("console: orders", "merchant", ("/merchant/orders/order/",)),
        Question(
            "console: orders to ship",
            "merchant",
            ("/merchant/orders/order/?status__exact=to_ship",),
        ),
        Question(
            "console: cases ended", "merchant", ("/merchant/aftersales/refundcase/?queue=ended",)
        ),
    ]


def compare(one: Bed, scene: dict[str, Any], rounds: int, repeats: int) -> list[dict[str, Any]]:
    """Return a row a page: CPU with and without, and the difference in percent."""
    used: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    with Progress(transient=True) as progress:
        for _round in progress.track(range(rounds), description="measuring"):
            for turn in TURNS:
                one.project = SERVED[turn]
                one.start_web()
                reader = Reader(one, scene)
                for asked in questions(scene):
                    row = measure(reader, asked, repeats)
                    used[asked.what][turn].append(row["app_cpu_ms"] + row["database_cpu_ms"])
                one.stop_web()
    return [_row(what, turns["with"], turns["without"]) for what, turns in used.items()]


def _row(what: str, with_it: list[float], without: list[float]) -> dict[str, Any]:
    pairs = [(a - b) / b * 100 for a, b in zip(with_it, without, strict=True)]
    return {
        "what": what,
        "with_ms": round(statistics.median(with_it), 2),
        "without_ms": round(statistics.median(without), 2),
        "cost_percent": round(statistics.median(pairs), 1),
        "pairs": len(pairs),
    }


def main() -> None:
    """Fill, measure, print the table and the JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3, help="of four turns each")
    parser.add_argument("--repeats", type=int, default=100, help="times that a page is opened")
    options = parser.parse_args()
    console = Console()
    with bed() as one:
        scene = one.scene("--buyers=1")
        for what in filling.fill(one, scene, options.orders):
            console.print(f"filling: {what}", end="\r")
        one.manage("collectstatic", "--no-input", "--verbosity", "0")
        rows = compare(one, scene, options.rounds, options.repeats)
        result = {"bench": "walls", "orders": options.orders, "rows": rows, **machine(one)}
    table = Table("page", "with ms", "without ms", "cost %")
    for row in rows:
        style = "red" if row["cost_percent"] > TARGET_PERCENT else None
        shown = (row["with_ms"], row["without_ms"], row["cost_percent"])
        table.add_row(row["what"], *map(str, shown), style=style)
    console.print(table)
    print(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()

"""`make bench-orders`: checkouts through HTTP on one hot SKU, and mixed carts; exact at the end."""

from __future__ import annotations

import argparse
import json
import random
import statistics
from collections.abc import Iterator
from itertools import count
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.bed import Bed, bed, machine

PATH = "/api/v1/orders/checkouts"
CONNECTIONS = (1, 8, 32, 128)
RECEIVER = {
    "name": "陈静",
    "phone": "13912345678",
    "province": "浙江省",
    "city": "杭州市",
    "street": "龙井路 1 号",
}
_numbers = count(1)


def calls(scene: dict[str, Any], orders: int, *, is_mixed: bool) -> Iterator[list[Any]]:
    """Yield [token, key, body] of `orders` checkouts, by one buyer after the other."""
    dice = random.Random(770_000)
    for _ in range(orders):
        number = next(_numbers)
        skus = dice.sample(scene["skus"], dice.randint(1, 5)) if is_mixed else [scene["hot"]]
        lines = [{"sku_id": sku, "quantity": 1} for sku in skus]
        body = {"lines": lines, "receiver": RECEIVER}
        yield [scene["tokens"][number % len(scene["tokens"])], f"bench-{number}", body]


def measure(
    one: Bed, scene: dict[str, Any], connections: int, orders: int, *, is_mixed: bool
) -> dict[str, Any]:
    """Return rates, latencies and CPU an order of one run."""
    job = {"path": PATH, "connections": connections}
    work = list(calls(scene, orders, is_mixed=is_mixed))
    before = one.cpu()
    result = one.load({**job, "calls": work})
    after = one.cpu()
    placed = result["statuses"].get("201", 0)
    return {
        "orders_per_second": placed / result["seconds"],
        "app_cpu_ms": (after.app - before.app) * 1000 / orders,
        "database_cpu_ms": (after.database - before.database) * 1000 / orders,
        "load_cpu_ms": result["load_cpu_ms"] / orders,
        "p50_ms": result["p50_ms"],
        "p99_ms": result["p99_ms"],
        "placed": placed,
        "refused": result["codes"],
    }


def median_of(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the median of each figure; sums of what was counted."""
    figures = {
        name: round(statistics.median(row[name] for row in rows), 3)
        for name, value in rows[0].items()
        if isinstance(value, float)
    }
    return figures | {"placed": sum(row["placed"] for row in rows)}


def check(one: Bed, placed: int) -> dict[str, Any]:
    """Return what the database says about `placed` acknowledged checkouts."""
    groups = one.query("SELECT count(*) FROM orders_ordergroup")[0][0]
    held = one.query("SELECT coalesce(sum(held), 0) FROM catalog_stock")[0][0]
    ordered = one.query("SELECT coalesce(sum(quantity), 0) FROM orders_orderline")[0][0]
    return {
        "acknowledged": placed,
        "groups": groups,
        "pieces_held": int(held),
        "pieces_ordered": int(ordered),
        "is_exact": placed == groups and held == ordered,
    }


def main() -> None:
    """Measure, print the table and the JSON line; fail when a piece or an order is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=4_000, help="per run at full concurrency")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--connections", type=int, nargs="*", default=list(CONNECTIONS))
    options = parser.parse_args()
    console = Console()
    table = Table("what", "connections", "orders/s", "app ms", "db ms", "load ms", "p50", "p99")
    rows = []
    with bed() as one, Progress(console=console, transient=True) as progress:
        scene = one.scene()
        one.start_web()
        one.load({"path": PATH, "connections": 8, "calls": []})
        plan = [(False, connections) for connections in options.connections] + [(True, 32)]
        bar = progress.add_task("measuring", total=len(plan) * options.repeats)
        placed = 0
        for is_mixed, connections in plan:
            orders = max(200, options.orders * min(connections, 32) // 32)
            runs = []
            for _ in range(options.repeats):
                runs.append(measure(one, scene, connections, orders, is_mixed=is_mixed))
                progress.advance(bar)
            row = median_of(runs)
            placed += row["placed"]
            what = "mixed carts" if is_mixed else "one hot SKU"
            rows.append({"what": what, "connections": connections, **row})
            names = ("orders_per_second", "app_cpu_ms", "database_cpu_ms", "load_cpu_ms")
            cells = [f"{row[name]:.2f}" for name in names]
            cells += [f"{row[name]:.1f}" for name in ("p50_ms", "p99_ms")]
            table.add_row(what, str(connections), *cells)
        result = {"bench": "orders", "rows": rows, **check(one, placed), **machine(one)}
    console.print(table)
    print(json.dumps(result))
    if not result["is_exact"]:
        raise SystemExit(1)


if __name__ == "__main__":
    main()

"""`make bench-exact`: many buyers press at once for a few pieces; exactly those are sold."""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.bed import Bed, bed, machine
from benchmarks.orders import PATH, RECEIVER, check

CONNECTIONS = 128
#: Of a hundred buyers so many press twice: the second press is the first one's order.
DOUBLE_PRESSES = 10
BUSY = "busy"


def presses_of(scene: dict[str, Any]) -> list[list[Any]]:
    """Return [token, key, body] of every press, each in a random place."""
    body = {"lines": [{"sku_id": scene["hot"], "quantity": 1}], "receiver": RECEIVER}
    presses = [[token, f"press-{n}", body] for n, token in enumerate(scene["tokens"])]
    presses += [press for n, press in enumerate(presses) if n % 100 < DOUBLE_PRESSES]
    random.Random(100).shuffle(presses)
    return presses


def press(one: Bed, presses: list[list[Any]]) -> tuple[Counter[str], float]:
    """Send all, again whoever is told to come again; return the answers and the seconds."""
    answers: Counter[str] = Counter()
    seconds = 0.0
    while presses:
        result = one.load({"path": PATH, "connections": CONNECTIONS, "calls": presses})
        seconds += result["seconds"]
        answers.update({"placed": result["statuses"].get("201", 0), **result["codes"]})
        presses = [presses[place] for place in result["busy"]]
    return answers, seconds


def run(one: Bed, scene: dict[str, Any], pieces: int) -> dict[str, Any]:
    """Let every buyer of `scene` press for the hot SKU; return what came of it."""
    presses = presses_of(scene)
    answers, seconds = press(one, presses)
    sold = one.query("SELECT count(*) FROM orders_order")[0][0]
    found = check(one, sold)
    found["is_exact"] = (
        found["is_exact"]
        and sold == pieces
        and set(answers) <= {"placed", "out_of_stock", BUSY}
        and answers["placed"] + answers["out_of_stock"] == len(presses)
    )
    return {
        "bench": "exact",
        "pieces": pieces,
        "presses": len(presses),
        "presses_per_second": round(len(presses) / seconds, 1),
        "sold": sold,
        "answers": dict(answers),
        **found,
        **machine(one),
    }


def main() -> None:
    """Let them press; print the table and the JSON line; fail unless exactly all were sold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--buyers", type=int, default=10_000)
    parser.add_argument("--pieces", type=int, default=100)
    options = parser.parse_args()
    with bed() as one:
        scene = one.scene(f"--buyers={options.buyers}", f"--hot-stock={options.pieces}")
        one.start_web()
        result = run(one, scene, options.pieces)
    table = Table("pieces", "presses", "presses/s", "sold", "answers")
    told = ", ".join(f"{number} {name}" for name, number in sorted(result["answers"].items()))
    cells = (options.pieces, result["presses"], result["presses_per_second"], result["sold"], told)
    table.add_row(*(str(cell) for cell in cells))
    Console().print(table)
    print(json.dumps(result))
    if not result["is_exact"]:
        raise SystemExit(1)


if __name__ == "__main__":
    main()

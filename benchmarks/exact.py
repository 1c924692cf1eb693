"""`make bench-exact`: many buyers press at once for a few pieces; exactly those are sold.

They come by all entrances: a third buys now, a third in a live session, a third from the cart. The
control lets them press at the same system without the guard of its stock, which sells more.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.bed import Bed, Project, bed, machine
from benchmarks.orders import PATH, RECEIVER, check

CONNECTIONS = 128
#: Of a hundred buyers so many press twice: the second press is the first one's order.
DOUBLE_PRESSES = 10
BUSY = "busy"


#: The control: nothing holds what was read until it is sold.
UNGUARDED = Project(application="benchmarks.unguarded:application")
#: Each third buyer has the piece in the cart, from where its touch comes.
FILL_CARTS = """
INSERT INTO orders_cartline (buyer_id, sku_id, quantity, touch)
SELECT buyer.id, sku.id, 1, '{{"is_live": true}}'
FROM accounts_user AS buyer, catalog_sku AS sku
WHERE buyer.email ~ '^buyer[0-9]+@' AND sku.public_id = '{sku}'
      AND substring(buyer.email FROM '[0-9]+')::int % 3 = 2
"""


def presses_of(scene: dict[str, Any]) -> list[list[Any]]:
    """Return [token, key, body] of every press, each in a random place."""
    presses = []
    for n, token in enumerate(scene["tokens"]):
        line = {"sku_id": scene["hot"], "quantity": 1}
        if n % 3 == 1:
            line["touch"] = scene["touches"].get(scene["hot"], {"is_live": True})
        presses.append([token, f"press-{n}", {"lines": [line], "receiver": RECEIVER}])
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
    one.query(FILL_CARTS.format(sku=scene["hot"]))
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


def control(buyers: int, pieces: int) -> int:
    """Return how many pieces the same presses buy where the guard is taken away."""
    with bed(UNGUARDED) as one:
        one.query("ALTER TABLE catalog_stock DROP CONSTRAINT stock_covers_held")
        scene = one.scene(f"--buyers={buyers}", f"--hot-stock={pieces}")
        one.start_web()
        press(one, presses_of(scene))
        return one.query("SELECT count(*) FROM orders_order")[0][0]


def main() -> None:
    """Let them press; print the table and the JSON line; fail unless exactly all were sold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--buyers", type=int, default=10_000)
    parser.add_argument("--pieces", type=int, default=100)
    parser.add_argument("--no-control", action="store_true", help="press at the guarded one only")
    options = parser.parse_args()
    with bed() as one:
        scene = one.scene(f"--buyers={options.buyers}", f"--hot-stock={options.pieces}")
        one.start_web()
        result = run(one, scene, options.pieces)
    if not options.no_control:
        result["sold_without_guard"] = control(min(options.buyers, 1_000), options.pieces)
    table = Table("pieces", "presses", "presses/s", "sold", "without guard", "answers")
    told = ", ".join(f"{number} {name}" for name, number in sorted(result["answers"].items()))
    cells = (
        options.pieces,
        result["presses"],
        result["presses_per_second"],
        result["sold"],
        result.get("sold_without_guard", "not tried"),
        told,
    )
    table.add_row(*(str(cell) for cell in cells))
    Console().print(table)
    print(json.dumps(result))
    if (
        not result["is_exact"]
        or result.get("sold_without_guard", options.pieces + 1) <= options.pieces
    ):
        raise SystemExit(1)


if __name__ == "__main__":
    main()

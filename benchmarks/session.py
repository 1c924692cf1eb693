"""`make bench-session`: one live session, 770,000 orders, the whole chain; exact at the end."""

from __future__ import annotations

import argparse
import json
import secrets
import subprocess
import sys
import time
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from benchmarks.bed import Bed, bed, machine
from benchmarks.orders import RECEIVER
from config.environment import BASE_DIR

#: What one creator took in one session, and what one product of it sold (the trade's records).
ORDERS, HERO = 770_000, 400_000
OTHERS = 30
CONNECTIONS = 256
#: Buyers who never pay; their orders are closed.
UNPAID = 0.01
#: Buyers who start the payment in a step of its own.
HESITANT = 0.05
#: A little more want the hero than there are.
HERO_SHARE = HERO / ORDERS + 0.003
#: Seconds that the backlog may take to empty.
PATIENCE = 900


def hold(one: Bed, scene: dict[str, Any], options: argparse.Namespace) -> dict[str, Any]:
    """Let the crowd through while the workers follow; return what it tells, with memory and lag."""
    others = [sku for sku in scene["skus"] if sku != scene["hot"]][:OTHERS]
    job = {
        "port": one.port,
        "orders": options.orders,
        "rate": options.rate,
        "connections": options.connections,
        "hero_share": HERO_SHARE,
        "unpaid_share": UNPAID,
        "hesitant_share": HESITANT,
        "hot": scene["hot"],
        "others": others,
        "touches": scene["touches"],
        "tokens": scene["tokens"],
        "receiver": RECEIVER,
        "gateway_secret": one.env["SANDBOX_GATEWAY_SECRET"],
    }
    crowd = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.crowd"],
        cwd=BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert crowd.stdin is not None  # noqa: S101 -- for the type checker
    assert crowd.stdout is not None  # noqa: S101 -- for the type checker
    crowd.stdin.write(json.dumps(job).encode())
    crowd.stdin.close()
    told: dict[str, Any] = {}
    memory: list[list[int]] = []
    lags: list[float] = []
    with _bar() as progress:
        task = progress.add_task("live", total=options.orders, rate="", p99="", lag="")
        began = time.monotonic()
        for line in crowd.stdout:
            told = json.loads(line)
            if "finished" in told:
                lags.append(lag(one))
                memory.append(one.web_memory())
                _show(progress, task, told, lags[-1], time.monotonic() - began)
    if crowd.wait() or "seconds" not in told:
        raise RuntimeError("the crowd went home early")
    return told | {"most_lag_seconds": max(lags, default=0.0), "memory": memory}


def finish(one: Bed) -> float:
    """Close what nobody paid and wait until nothing is left to do; return the seconds it took."""
    began = time.monotonic()
    one.query("UPDATE orders_order SET pay_by_at = now() WHERE status = 'unpaid'")
    _until_idle(one)
    return time.monotonic() - began


def _until_idle(one: Bed) -> None:
    """Wait until no order waits for money, and no fact for who wants to hear it; or give up."""
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE:
        unpaid, waiting = one.query(
            "SELECT (SELECT count(*) FROM orders_order WHERE status = 'unpaid'),"
            " (SELECT count(*) FROM kernel_outboxmessage WHERE relayed_at IS NULL)"
            " + (SELECT count(*) FROM kernel_delivery WHERE done_at IS NULL)"
        )[0]
        if not unpaid and not waiting:
            break
        time.sleep(0.5)


def lag(one: Bed) -> float:
    """Return how many seconds the oldest fact waits that not everybody has heard."""
    oldest = one.query(
        "SELECT extract(epoch FROM now() - least("
        " (SELECT created_at FROM kernel_outboxmessage WHERE relayed_at IS NULL"
        "  ORDER BY id LIMIT 1),"
        " (SELECT min(due_at) FROM kernel_delivery WHERE done_at IS NULL AND parked_at IS NULL)"
        "))::float"
    )[0][0]
    return max(oldest or 0.0, 0.0)


def check(one: Bed, told: dict[str, Any], hero: str) -> dict[str, Any]:
    """Return what the database says about what the crowd was told."""

    def number(statement: str) -> int:
        return int(one.query(statement)[0][0] or 0)

    states = dict(one.query("SELECT status, count(*) FROM orders_order GROUP BY status"))
    found = {
        "orders": number("SELECT count(*) FROM orders_order"),
        "paid_orders": states.get("to_ship", 0),
        "closed_orders": states.get("closed", 0),
        "hero_left": number(
            f"SELECT on_hand FROM catalog_stock JOIN catalog_sku s ON s.id = sku_id"  # noqa: S608 -- our own id
            f" WHERE s.public_id = '{hero}'"
        ),
        "pieces_held": number("SELECT sum(held) FROM catalog_stock"),
        "pieces_sold": -number(
            "SELECT sum(on_hand_delta) FROM catalog_stockmovement WHERE kind = 'sold'"
        ),
        "pieces_counted": number("SELECT sum(sales_count) FROM catalog_product"),
        "captured": number(
            "SELECT sum(amount) FROM ledger_leg JOIN ledger_ledgeraccount a ON a.id = account_id"
            " WHERE a.code = 'gateway_clearing'"
        ),
        "to_capture": number("SELECT sum(pay_amount) FROM orders_order WHERE status = 'to_ship'"),
        "book": number("SELECT sum(amount) FROM ledger_leg"),
        "commissions": number("SELECT count(*) FROM affiliates_commission"),
        "lines_to_earn": number(
            "SELECT count(*) FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id"
            " WHERE l.pick_code <> '' AND o.status = 'to_ship'"
        ),
        "waiting_facts": number("SELECT count(*) FROM kernel_delivery WHERE done_at IS NULL")
        + number("SELECT count(*) FROM kernel_outboxmessage WHERE relayed_at IS NULL"),
    }
    found["is_exact"] = (
        found["orders"] == told["placed"]
        and found["paid_orders"] == told["paid"]
        and found["paid_orders"] + found["closed_orders"] == found["orders"]
        and found["pieces_held"] == 0
        and found["pieces_sold"] == found["pieces_counted"] == told["paid"]
        and found["captured"] == found["to_capture"]
        and found["book"] == 0
        and found["commissions"] == found["lines_to_earn"]
        and found["waiting_facts"] == 0
        and not told["odd"]
    )
    return found


def _bar() -> Progress:
    return Progress(
        TextColumn("[bold]{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,}/{task.total:,.0f}"),
        TextColumn("{task.fields[rate]} orders/s"),
        TextColumn("p99 {task.fields[p99]} ms"),
        TextColumn("lag {task.fields[lag]} s"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )


def _show(
    progress: Progress, task: TaskID, told: dict[str, Any], behind: float, seconds: float
) -> None:
    progress.update(
        task,
        completed=told["finished"],
        rate=f"{told['finished'] / max(seconds, 1):.0f}",
        p99=told["p99_ms"],
        lag=f"{behind:.1f}",
    )


def play(options: argparse.Namespace) -> dict[str, Any]:
    """Hold the session on a bed of its own; return its figures."""
    hero = options.orders * HERO // ORDERS
    settings = {
        "HAODIAN_ENV": "development",  # for the sandbox, which production refuses
        "HAODIAN_SANDBOX": "true",
        "SANDBOX_GATEWAY_SECRET": secrets.token_urlsafe(40),
        "DEMO_DATA": "0",
        "LOG_LEVEL": "WARNING",
    }
    with bed(settings=settings) as one:
        buyers = max(2_000, options.orders // 5)
        scene = one.scene(f"--buyers={buyers}", f"--hot-stock={hero}")
        one.start_web()
        one.start_workers()
        _until_idle(one)  # they have started, and what the scene told is heard
        before = one.cpu()
        told = hold(one, scene, options)
        live = one.cpu()
        backlog = finish(one)
        after = one.cpu()
        orders = told["placed"]
        memory = told.pop("memory")
        half = len(memory) // 2
        return {
            **{
                key: round(value, 2) if isinstance(value, float) else value
                for key, value in told.items()
            },
            "orders_per_second": round(orders / told["seconds"], 1),
            "app_cpu_ms": round((after.app - before.app) * 1000 / orders, 3),
            "database_cpu_ms": round((after.database - before.database) * 1000 / orders, 3),
            "live_app_cpu_ms": round((live.app - before.app) * 1000 / orders, 3),
            "load_cpu_ms": round(told["load_cpu_seconds"] * 1000 / orders, 3),
            "backlog_seconds": round(backlog, 1),
            "web_memory_mib": {
                "half": max(memory[half], default=0) if memory else 0,
                "end": max(memory[-1], default=0) if memory else 0,
            },
            **check(one, told, scene["hot"]),
            **machine(one),
        }


def main() -> None:
    """Run, print a table and one JSON line; exit 1 when something is not exact."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=ORDERS)
    parser.add_argument("--rate", type=float, default=600, help="arrivals a second in the mean")
    parser.add_argument("--connections", type=int, default=CONNECTIONS)
    options = parser.parse_args()
    result = play(options)
    table = Table("what", "figure", title=f"A live session of {options.orders:,}")
    for name, value in result.items():
        table.add_row(name, str(value))
    console = Console()
    console.print(table)
    console.print_json(json.dumps({"bench": "session", **result}), indent=None)
    raise SystemExit(0 if result["is_exact"] else 1)


if __name__ == "__main__":
    main()

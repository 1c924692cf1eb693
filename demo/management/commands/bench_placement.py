"""`manage.py bench_placement`: what an order costs, placed alone and in sets; run by `bench`."""

from __future__ import annotations

import json
import os
import platform
import resource
import statistics
import time
from argparse import ArgumentParser
from typing import Any

import django
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from rich.console import Console
from rich.table import Table

from catalog.enums import MovementKind
from catalog.models import Sku, Stock
from catalog.services import stock
from demo.seeding import World, market, people
from kernel import clock
from orders.models import Order
from orders.services.placement import Placed, place_orders
from orders.services.requests import PlaceOrder, Receiver, WantedLine
from settlements.services.audit import audit
from shops.models import Shop

SET_SIZES = (1, 10, 50)
REPEATS = 3
RECEIVER = Receiver(
    name="陈静", phone="13912345678", province="浙江省", city="杭州市", street="龙井路 1 号"
)


class Command(BaseCommand):
    """Place orders on one hot SKU in sets of several sizes; medians of three repeats."""

    help = "Measure placement on the database of DATABASE_URL, which must be empty of shops."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how many orders each repeat places."""
        parser.add_argument("--orders", type=int, default=200)

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure, check that exactly the stock was held, print a table and a JSON line."""
        if Shop.objects.exists():
            raise CommandError("This database holds shops; `make bench` brings one of its own.")
        world = World.new(clock.now())
        people.seed(world)
        market.seed(world)
        sku = world.skus["tea"][0]
        wanted = options["orders"] * len(SET_SIZES) * REPEATS
        stock.apply(
            [stock.Move(sku.pk, sku.shop_id, MovementKind.INBOUND, wanted, "bench")], world.now
        )
        rows = [_measure(world, sku, size, options["orders"]) for size in SET_SIZES]
        placed, held = Order.objects.count(), Stock.objects.get(sku=sku).held
        _print(rows)
        result = {
            "bench": "placement",
            "rows": rows,
            "orders_placed": placed,
            "pieces_held": held,
            "is_exact": placed == held == wanted and not audit()["catalog"],
            "cores": os.cpu_count(),
            "load": os.getloadavg()[0],
            "python": platform.python_version(),
            "django": django.get_version(),
            "postgresql": _server_version(),
        }
        self.stdout.write(json.dumps(result))
        if not result["is_exact"]:
            raise SystemExit(1)


def _measure(world: World, sku: Sku, size: int, orders: int) -> dict[str, float]:
    """Return orders a second and this process's CPU milliseconds an order: medians."""
    rates, costs = [], []
    for repeat in range(REPEATS):
        sets = [
            [_checkout(world, sku, f"{size}-{repeat}-{n}") for n in range(first, first + size)]
            for first in range(0, orders, size)
        ]
        began, cpu = time.perf_counter(), _cpu()
        for requests in sets:
            if not all(isinstance(one, Placed) for one in place_orders(requests, at=clock.now())):
                raise CommandError("an order was refused")
        costs.append((_cpu() - cpu) * 1000 / orders)
        rates.append(orders / (time.perf_counter() - began))
    return {
        "set_size": size,
        "orders_per_second": round(statistics.median(rates), 1),
        "app_cpu_ms": round(statistics.median(costs), 3),
    }


def _checkout(world: World, sku: Sku, key: str) -> PlaceOrder:
    buyer = world.buyers[hash(key) % len(world.buyers)]
    line = WantedLine(sku.public_id, 1)
    return PlaceOrder(buyer_id=buyer.pk, key=key, lines=(line,), receiver=RECEIVER)


def _server_version() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0])


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _print(rows: list[dict[str, float]]) -> None:
    table = Table("orders in a set", "orders/s", "app CPU ms an order")
    for row in rows:
        cells = (row["set_size"], row["orders_per_second"], row["app_cpu_ms"])
        table.add_row(*(f"{cell:g}" for cell in cells))
    Console().print(table)

"""`make bench-lists`: pages of five million orders through HTTP, by the doors and the consoles.

One client, one page after the other. A page's statements, and the slowest of them, are what
PostgreSQL itself counted (pg_stat_statements).
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import quote

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks import filling
from benchmarks.bed import Bed, bed, machine
from kernel.keyset import LAST
from kernel.numbers import TRADE_ZONE

#: Pages of a walk by `next`.
WALK = 200
API_TARGET_MS, CONSOLE_TARGET_MS, STATEMENT_TARGET_MS = 25, 250, 10
COLUMNS = ("pages", "p50_ms", "p95_ms", "statements", "slowest_ms", "app_cpu_ms", "database_cpu_ms")
COUNTED = """
SELECT sum(calls), max(max_exec_time), (array_agg(query ORDER BY max_exec_time DESC))[1]
FROM pg_stat_statements WHERE query ~ '^(SELECT|INSERT|UPDATE|DELETE|WITH)'
  AND query !~ 'pg_stat_statements' AND dbid = (
    SELECT oid FROM pg_database WHERE datname = current_database())
"""


@dataclass(frozen=True)
class Question:
    """A page, or several, that somebody opens again and again."""

    what: str
    #: A role of the scene, or ``buyer``.
    who: str
    paths: tuple[str, ...]
    #: Follow `next` from the first path, so many pages.
    walk: int = 0

    @property
    def is_console(self) -> bool:
        """Whether a person reads the page, not a program."""
        return not self.paths[0].startswith("/api/")


@dataclass
class Reader:
    """One client with a connection that stays open."""

    one: Bed
    scene: dict[str, Any]
    #: Numbers of the orders that a walk passed, in its order.
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.one.port, timeout=120)

    def get(self, who: str, path: str) -> bytes:
        """Return the body of a page. Raises RuntimeError for anything but 200."""
        if path.startswith("/api/"):
            people = self.scene["people"]
            token = people[who]["token"] if who in people else self.scene["tokens"][0]
            headers = {"Authorization": f"Bearer {token}"}
        else:
            headers = {"Cookie": f"sessionid={self.scene['people'][who]['session']}"}
        self.connection.request("GET", path, headers=headers)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != http.client.OK:
            raise RuntimeError(f"{path} answered {answer.status}: {body[:400]!r}")
        return body

    def pages(self, asked: Question, repeats: int) -> Iterator[float]:
        """Open the pages of a question; yield the seconds that each took."""
        path = asked.paths[0]
        for turn in range(asked.walk or repeats):
            if not asked.walk:
                path = asked.paths[turn % len(asked.paths)]
            began = time.perf_counter()
            body = self.get(asked.who, path)
            yield time.perf_counter() - began
            if asked.walk:
                following = self._following(asked, body)
                if following is None:
                    return
                path = following

    def _following(self, asked: Question, body: bytes) -> str | None:
        if asked.is_console:
            link = re.search(rb'rel="next" href="([^"]+)"', body)
            return asked.paths[0].partition("?")[0] + unescape(link[1].decode()) if link else None
        page = json.loads(body)
        self.seen += [row["number"] for row in page["results"] if "number" in row]
        return with_cursor(asked.paths[0], page["next"]) if page["next"] else None


def with_cursor(path: str, cursor: str) -> str:
    """Return the address of another page of the same list."""
    address, _, query = path.partition("?")
    kept = [part for part in query.split("&") if part and not part.startswith("cursor=")]
    return f"{address}?{'&'.join([*kept, f'cursor={quote(cursor)}'])}"


def measure(reader: Reader, asked: Question, repeats: int) -> dict[str, Any]:
    """Return latencies, CPU and statements a page of one question."""
    one = reader.one
    for path in asked.paths:
        reader.get(asked.who, path)
        reader.get(asked.who, path)  # the other process, or the same: both know the page then
    one.query("SELECT pg_stat_statements_reset()")
    before = one.cpu()
    times = sorted(reader.pages(asked, repeats))
    after = one.cpu()
    calls, slowest, statement = one.query(COUNTED)[0]
    return {
        "what": asked.what,
        "who": asked.who,
        "pages": len(times),
        "p50_ms": round(statistics.median(times) * 1000, 1),
        "p95_ms": round(times[int(len(times) * 0.95)] * 1000, 1),
        "statements": round(int(calls) / len(times), 1),
        "slowest_ms": round(slowest, 1),
        "slowest": re.sub(r"\s+", " ", statement)[:2000],
        "app_cpu_ms": round((after.app - before.app) * 1000 / len(times), 1),
        "database_cpu_ms": round((after.database - before.database) * 1000 / len(times), 1),
        "is_console": asked.is_console,
    }


def questions(reader: Reader) -> list[Question]:
    """Return what is measured."""
    return [*_api(reader), *_consoles(reader)]


def _api(reader: Reader) -> list[Question]:
    shop = reader.scene["shop"]["id"]
    orders = f"/api/v1/orders/shops/{shop}/orders"
    mine = "/api/v1/orders/orders"
    now = datetime.now(UTC)
    begins, ends = (_time(now - timedelta(days=days)) for days in (182, 181))
    day = f"placed_from={begins}&placed_until={ends}"
    then = f"{orders}?limit=1&placed_until={ends}"
    middle = with_cursor(orders, json.loads(reader.get("merchant", then))["next"])
    back = with_cursor(orders, json.loads(reader.get("merchant", middle))["previous"])
    cases = f"/api/v1/aftersales/shops/{shop}/cases"
    lines = f"/api/v1/settlements/shops/{shop}/statement-lines"
    products = f"/api/v1/catalog/shops/{shop}/products"
    operator, support = "/api/v1", "/api/v1/aftersales/support/cases"
    refunds = f"{operator}/orders/operator/refunds"
    entries = f"{operator}/settlements/operator/entries"
    asked = [
        ("shop's orders, first page", "merchant", (orders,), 0),
        ("… 100 a page", "merchant", (f"{orders}?limit=100",), 0),
        ("… frequent status", "merchant", (f"{orders}?status=completed",), 0),
        ("… rare status", "merchant", (f"{orders}?status=partly_shipped",), 0),
        ("… a day half a year ago", "merchant", (f"{orders}?{day}",), 0),
        ("… rare status, since then", "merchant", (f"{orders}?status=paid&{day}",), 0),
        (f"… {WALK} pages on", "merchant", (orders,), WALK),
        (f"… {WALK} pages on, frequent status", "merchant", (f"{orders}?status=completed",), WALK),
        ("… in the middle, on", "merchant", (middle,), WALK),
        ("… in the middle, back", "merchant", (back,), 0),
        ("buyer's orders, first page", "buyer", (mine,), 0),
        ("… frequent status", "buyer", (f"{mine}?status=completed",), 0),
        ("… rare status", "buyer", (f"{mine}?status=paid",), 0),
        (f"… {WALK} pages on", "buyer", (mine,), WALK),
        ("shop's cases, waiting", "merchant", (cases,), 0),
        ("shop's cases, ended", "merchant", (f"{cases}?queue=ended",), 0),
        ("shop's statement lines", "merchant", (lines,), 0),
        ("shop's products", "merchant", (products,), 0),
        (f"… {WALK} pages on", "merchant", (products,), WALK),
        ("support's cases, ended", "support", (f"{support}?queue=ended",), 0),
        ("operator's refunds", "operator", (refunds,), 0),
        ("… rare status", "operator", (f"{refunds}?status=failed",), 0),
        ("operator's settlement entries", "operator", (entries,), 0),
    ]
    return [Question(*one) for one in asked]


def _consoles(reader: Reader) -> list[Question]:
    oldest = "SELECT number FROM orders_order WHERE shop_id = %s ORDER BY placed_at, id LIMIT 1"
    number = reader.one.query(oldest, reader.scene["shop"]["pk"])[0][0]
    orders = "orders/order/"
    status = "status__exact"
    day = _time(datetime.now(UTC) - timedelta(hours=8))
    yesterday = datetime.now(TRADE_ZONE).date() - timedelta(days=1)
    behind, on_time = "insights/paidorder/", "metric=shipped_on_time&part=denominator"
    score = reader.one.query("SELECT public_id FROM insights_shopscore LIMIT 1")[0][0]
    month = f"placed_at__gte={_time(datetime.now(UTC) - timedelta(days=30))}"
    return [
        _page("merchant console: home", "merchant", ""),
        _page("… orders behind yesterday", "merchant", f"{behind}?day={yesterday}"),
        _page("… new buyers of yesterday", "merchant", f"{behind}?day={yesterday}&buyers=new"),
        _page("… orders behind on-time", "merchant", f"{behind}?score={score}&{on_time}"),
        _page("… orders", "merchant", orders),
        _page("… orders to ship", "merchant", f"{orders}?{status}=to_ship"),
        _page("… orders completed", "merchant", f"{orders}?{status}=completed"),
        _page("… orders partly shipped", "merchant", f"{orders}?{status}=partly_shipped"),
        _page("… orders held by a case", "merchant", f"{orders}?is_frozen__exact=1"),
        _page("… orders of 30 days", "merchant", f"{orders}?{month}"),
        _page("… order by number", "merchant", f"{orders}?q={number}"),
        _page(f"… orders, {WALK // 2} pages on", "merchant", orders, WALK // 2),
        _page("… orders, last page", "merchant", f"{orders}?from={LAST}"),
        _page("… one order", "merchant", f"{orders}{number}/change/"),
        _page("… cases ended", "merchant", "aftersales/refundcase/?queue=ended"),
        _page("… cases waiting", "merchant", "aftersales/refundcase/"),
        _page("… statement lines", "merchant", "settlements/statementline/"),
        *(_page(*one) for one in _SHELF),
        _page("support console: home", "support", ""),
        _page("… cases ended", "support", "aftersales/refundcase/?queue=ended"),
        _page("… order by number", "support", f"{orders}?q={number}"),
        _page("… orders of a shop", "support", f"{orders}?q={quote('店铺 1999')}"),
        _page("operator console: home", "operator", ""),
        _page("… orders", "operator", orders),
        _page("… orders partly shipped", "operator", f"{orders}?{status}=partly_shipped"),
        _page(f"… orders, {WALK // 2} pages on", "operator", orders, WALK // 2),
        _page("… orders, last page", "operator", f"{orders}?from={LAST}"),
        _page("… payments", "operator", "orders/payment/"),
        _page("… payment by transaction", "operator", "orders/payment/?q=txn-77"),
        _page("… payments of a day", "operator", f"orders/payment/?created_at__gte={day}"),
        _page("… payments pending", "operator", "orders/payment/?status__exact=pending"),
        _page("… refunds", "operator", "orders/refund/"),
        _page("… refunds failed", "operator", "orders/refund/?status__exact=failed"),
        _page("… settlement entries", "operator", "settlements/settlemententry/"),
        _page("… cases of all shops", "operator", "aftersales/refundcase/?queue=all"),
        _page("… event deliveries", "operator", "kernel/delivery/"),
    ]


#: Pages of a hundred thousand SKUs.
_SHELF = (
    ("… products", "merchant", "catalog/product/"),
    ("… products in the warehouse", "merchant", "catalog/product/?state=in_warehouse"),
    ("… products by quality", "merchant", "catalog/product/?quality=poor"),
    ("… products by title", "merchant", f"catalog/product/?q={quote('真丝毛巾')}"),
    ("… product by code", "merchant", "catalog/product/?q=P31024"),
    (f"… products, {WALK // 2} pages on", "merchant", "catalog/product/", WALK // 2),
    ("… stock", "merchant", "catalog/sku/"),
    ("… stock, few left", "merchant", "catalog/sku/?stock=low"),
    ("… stock by code", "merchant", "catalog/sku/?q=S31024-2"),
    ("… stock by title", "merchant", f"catalog/sku/?q={quote('真丝毛巾')}"),
    ("… stock ledger", "merchant", "catalog/stockmovement/"),
)


def _page(what: str, who: str, path: str, walk: int = 0) -> Question:
    return Question(what, who, (f"/{who}/{path}",), walk)


def check(reader: Reader, walks: int = WALK) -> dict[str, Any]:
    """Walk the shop's and the busy buyer's orders; compare with what the database holds."""
    shop = f"/api/v1/orders/shops/{reader.scene['shop']['id']}/orders"
    owners = (
        ("merchant", shop, _OF_SHOP, reader.scene["shop"]["pk"]),
        ("buyer", "/api/v1/orders/orders", _OF_BUYER, filling.BUSY_BUYER),
    )
    found: dict[str, Any] = {}
    for who, path, statement, key in owners:
        reader.seen = []
        list(reader.pages(Question("", who, (path,), walks), 0))
        expected = reader.one.query(statement, key, len(reader.seen))
        found[f"{who}_walked"] = len(reader.seen)
        found[f"{who}_is_exact"] = reader.seen == [number for (number,) in expected]
    found["is_exact"] = found["merchant_is_exact"] and found["buyer_is_exact"]
    return found


#: The night's work for one shop, by the service.
_SCORE = (
    "from insights.services import scores; from insights.selectors.morning import day_of;"
    " from kernel import clock; at = clock.now();"
    " scores.refresh(shop_id=%d, day=day_of(at), at=at)"
)
_OF_SHOP = """
SELECT number FROM orders_order WHERE shop_id = %s ORDER BY placed_at DESC, id DESC LIMIT %s
"""
_OF_BUYER = """
SELECT number FROM orders_order
WHERE buyer_id = (SELECT id FROM accounts_user WHERE email = %s)
ORDER BY placed_at DESC, id DESC LIMIT %s
"""


def _time(moment: datetime) -> str:
    return quote(moment.isoformat(timespec="seconds"))


def add_up(one: Bed, scene: dict[str, Any]) -> None:
    """Add up the days of the large shop, and score it, as a night's work does."""
    one.manage("check_days", "--again", "--shop", scene["shop"]["id"])
    one.manage("shell", "--verbosity", "0", "-c", _SCORE % scene["shop"]["pk"])


def is_missed(row: dict[str, Any]) -> bool:
    """Tell whether a row misses a target."""
    target = CONSOLE_TARGET_MS if row["is_console"] else API_TARGET_MS
    return row["p95_ms"] > target or row["slowest_ms"] > STATEMENT_TARGET_MS


def main() -> None:
    """Fill, measure, print the table and the JSON line; fail when a walk is not exact."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=5_000_000)
    parser.add_argument("--repeats", type=int, default=60, help="times that a page is opened")
    parser.add_argument("--only", default="", help="measure what matches this pattern alone")
    options = parser.parse_args()
    console = Console()
    with bed() as one, Progress(console=console, transient=True) as progress:
        scene = one.scene("--buyers=1")
        bar = progress.add_task("filling")
        for what in filling.fill(one, scene, options.orders):
            progress.update(bar, description=f"filling: {what}")
        progress.update(bar, description="filling: days and scores")
        add_up(one, scene)
        one.manage("collectstatic", "--no-input", "--verbosity", "0")
        one.start_web()
        reader = Reader(one, scene)
        asks = [asked for asked in questions(reader) if re.search(options.only, asked.what)]
        rows = [
            measure(reader, asked, options.repeats)
            for asked in progress.track(asks, description="measuring")
        ]
        result = {
            "bench": "lists",
            "orders": options.orders,
            "gigabytes": round(filling.size_of(one) / 1e9, 1),
            "rows": rows,
            **check(reader),
            **machine(one),
        }
    table = Table("what", *(name.removesuffix("_ms") for name in COLUMNS))
    for row in rows:
        style = "red" if is_missed(row) else None
        table.add_row(row["what"], *(str(row[name]) for name in COLUMNS), style=style)
    console.print(table)
    print(json.dumps(result, ensure_ascii=False))
    if not result["is_exact"]:
        raise SystemExit(1)


if __name__ == "__main__":
    main()

"""The crowd of a live session: buyers who arrive in waves, place, and have paid.

Run as a process (`python -m benchmarks.crowd`): reads one JSON job from standard input, writes a
JSON line of progress each second and the result as the last one. It plays the gateway too: when a
payment waits, it sends the signed notice that the money has come. Most name the gateway when they
check out; some think it over and start the payment by itself.
"""

from __future__ import annotations

import asyncio
import hashlib
import heapq
import hmac
import json
import random
import resource
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from benchmarks.load import quantile, read_answer, request

CHECKOUT = "/api/v1/orders/checkouts"
GATEWAY = "sandbox"
NOTICES = f"/api/v1/orders/notices/{GATEWAY}"
#: Each minute begins with a wave of so many seconds, at ten times the mean.
MINUTE, WAVE, PEAK = 60.0, 3.0, 10.0
#: Answers that ask to come again: too many at once, or too often.
LATER = (429, 503)


@dataclass(slots=True)
class Buyer:
    """One buyer on the way: what is sent next, and since when they are at it."""

    number: int
    token: str
    body: dict[str, Any]
    pays: bool
    #: Thinks it over between checkout and payment.
    hesitates: bool
    stage: str = "place"
    data: bytes = b""
    tries: int = 0


@dataclass
class Tally:
    """What came of it all."""

    placed: int = 0
    paid: int = 0
    sold_out: int = 0
    left_unpaid: int = 0
    later: int = 0
    lost: int = 0
    odd: Counter[str] = field(default_factory=Counter)
    times: dict[str, list[float]] = field(
        default_factory=lambda: {"place": [], "start": [], "notice": []}
    )

    @property
    def finished(self) -> int:
        """Buyers who are through, one way or the other."""
        return self.paid + self.sold_out + self.left_unpaid + sum(self.odd.values())


def arrivals(orders: int, rate: float) -> Iterator[float]:
    """Yield the seconds at which `orders` buyers arrive, `rate` a second in the mean.

    A wave of `WAVE` seconds at `PEAK` times the mean opens each minute; the rest is even.
    """
    in_wave = rate * PEAK
    between = rate * (MINUTE - WAVE * PEAK) / (MINUTE - WAVE)
    moment = 0.0
    for _ in range(orders):
        yield moment
        moment += 1 / (in_wave if moment % MINUTE < WAVE else between)


class Crowd:
    """Keeps `connections` busy with whoever is due; who is under way goes before who arrives."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.job = job
        self.dice = random.Random(770_000)
        self.tally = Tally()
        self.due = arrivals(job["orders"], job["rate"])
        self.next_due: float | None = next(self.due, None)
        self.arrived = 0
        self.under_way: deque[Buyer] = deque()
        self.put_off: list[tuple[float, int, Buyer]] = []
        self.began = time.perf_counter()

    def take(self) -> Buyer | None:
        """Return the next buyer who wants to send something now, or None."""
        now = time.perf_counter() - self.began
        if self.put_off and self.put_off[0][0] <= now:
            return heapq.heappop(self.put_off)[2]
        if self.under_way:
            return self.under_way.popleft()
        if self.next_due is None or self.next_due > now:
            return None
        self.next_due = next(self.due, None)
        self.arrived += 1
        return self._arrive()

    @property
    def is_over(self) -> bool:
        """Tell whether everybody is through."""
        return self.tally.finished >= self.job["orders"]

    def _arrive(self) -> Buyer:
        number, job = self.arrived, self.job
        is_hero = self.dice.random() < job["hero_share"]
        sku = job["hot"] if is_hero else self.dice.choice(job["others"])
        line = {"sku_id": sku, "quantity": 1}
        if touch := job["touches"].get(sku):
            line["touch"] = touch
        token = job["tokens"][number % len(job["tokens"])]
        pays = self.dice.random() >= job["unpaid_share"]
        hesitates = not pays or self.dice.random() < job["hesitant_share"]
        body = {"lines": [line], "receiver": job["receiver"]}
        if not hesitates:
            body["gateway"] = GATEWAY
        buyer = Buyer(number, token, body, pays, hesitates)
        buyer.data = request(CHECKOUT, token, f"live-{number}", body)
        return buyer

    def answered(self, buyer: Buyer, status: int, body: bytes, seconds: float) -> None:
        """Note what `buyer` was answered, and what they do next."""
        tally = self.tally
        if status in LATER:
            tally.later += 1
            buyer.tries += 1
            again = time.perf_counter() - self.began + 1 + self.dice.random()
            heapq.heappush(self.put_off, (again, buyer.number, buyer))
            return
        tally.times[buyer.stage].append(seconds)
        if status not in (200, 201):
            self._refused(buyer, status, body)
        elif buyer.stage == "place":
            tally.placed += 1
            if not buyer.pays:
                tally.left_unpaid += 1
                return
            group = json.loads(body)
            if group["payment"] is not None:
                self._go_on(buyer, "notice", self._notice(group["payment"]))
                return
            path = f"/api/v1/orders/groups/{group['number']}/payments"
            self._go_on(buyer, "start", request(path, buyer.token, "", {"gateway": GATEWAY}))
        elif buyer.stage == "start":
            self._go_on(buyer, "notice", self._notice(json.loads(body)))
        else:
            tally.paid += 1

    def _go_on(self, buyer: Buyer, stage: str, data: bytes) -> None:
        buyer.stage, buyer.data = stage, data
        self.under_way.append(buyer)

    def _refused(self, buyer: Buyer, status: int, body: bytes) -> None:
        code = json.loads(body).get("code", status) if body[:1] == b"{" else status
        if buyer.stage == "place" and code == "out_of_stock":
            self.tally.sold_out += 1
        else:
            self.tally.odd[f"{buyer.stage}: {status} {code}"] += 1

    def _notice(self, payment: dict[str, Any]) -> bytes:
        """Return the gateway's signed news that a payment is paid, ready to be sent."""
        now = datetime.now(UTC)
        content = json.dumps(
            {
                "id": f"ntc_{payment['number']}",
                "event": "payment.paid",
                "environment": "sandbox",
                "merchant": "haodian",
                "app": "haodian-app",
                "number": payment["number"],
                "txn": f"sbx_{payment['number']}",
                "amount": payment["amount"]["amount"],
                "currency": payment["amount"]["currency"],
                "paid_at": now.isoformat(),
            }
        ).encode()
        stamp = str(int(now.timestamp()))
        secret = self.job["gateway_secret"].encode()
        signature = hmac.new(secret, f"{stamp}.".encode() + content, hashlib.sha256).hexdigest()
        head = (
            f"POST {NOTICES} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"X-Sandbox-Timestamp: {stamp}\r\nX-Sandbox-Signature: {signature}\r\n"
            f"Content-Length: {len(content)}\r\n\r\n"
        )
        return head.encode() + content

    async def serve(self) -> None:
        """Send for whoever is due over one connection, until everybody is through.

        A connection that the server closes is opened again; who was on it tries again.
        """
        while not self.is_over:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.job["port"])
            try:
                await self._serve(reader, writer)
            finally:
                writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not self.is_over:
            buyer = self.take()
            if buyer is None:
                await asyncio.sleep(0.005)
                continue
            began = time.perf_counter()
            try:
                writer.write(buyer.data)
                status, body = await read_answer(reader)
            except (asyncio.IncompleteReadError, ConnectionError):
                self.tally.lost += 1
                self.under_way.append(buyer)
                return
            self.answered(buyer, status, body, time.perf_counter() - began)

    async def tell(self) -> None:
        """Write a line of progress each second."""
        while not self.is_over:
            await asyncio.sleep(1)
            recent = sorted(self.tally.times["place"][-500:])
            waiting = self.arrived - self.tally.finished
            _say(
                {
                    "finished": self.tally.finished,
                    "paid": self.tally.paid,
                    "waiting": waiting,
                    "later": self.tally.later,
                    "p99_ms": round(quantile(recent, 0.99) * 1000, 1),
                }
            )

    async def run(self) -> float:
        """Let everybody through; return the seconds it took."""
        self.began = time.perf_counter()
        await asyncio.gather(self.tell(), *(self.serve() for _ in range(self.job["connections"])))
        return time.perf_counter() - self.began


def _say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Do the job on standard input."""
    crowd = Crowd(json.load(sys.stdin))
    seconds = asyncio.run(crowd.run())
    usage = resource.getrusage(resource.RUSAGE_SELF)
    tally = crowd.tally
    stages = {name: sorted(times) for name, times in tally.times.items()}
    _say(
        {
            "seconds": seconds,
            "placed": tally.placed,
            "paid": tally.paid,
            "sold_out": tally.sold_out,
            "left_unpaid": tally.left_unpaid,
            "told_later": tally.later,
            "lost_connections": tally.lost,
            "odd": tally.odd,
            "load_cpu_seconds": usage.ru_utime + usage.ru_stime,
            **{f"{name}_p50_ms": quantile(t, 0.5) * 1000 for name, t in stages.items()},
            **{f"{name}_p99_ms": quantile(t, 0.99) * 1000 for name, t in stages.items()},
        }
    )


if __name__ == "__main__":
    main()

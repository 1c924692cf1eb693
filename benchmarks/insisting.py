"""Buyers who press until they are told: the same request with the same key, whatever happens."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

#: Come again: nothing is known of the checkout yet.
RETRY = (429, 502, 503)
PLACED = (200, 201)
#: Seconds before pressing again, before an answer counts as lost, and before a buyer is a fault.
PAUSE, PATIENCE, AT_MOST = 0.1, 30.0, 180.0
#: Of so many buyers who were told their number, one presses once more.
ONE_IN = 10


@dataclass
class Press:
    """One checkout as its buyer sees it: sent, sent again, told."""

    key: str
    #: The whole HTTP request, with its key.
    data: bytes
    skus: tuple[str, ...]
    #: What the buyer was told first: the group's number, or a refusal's code.
    number: str = ""
    refusal: str = ""
    #: Tries that ended without a definite answer.
    lost: int = 0


@dataclass
class Crowd:
    """Buyers at work, and what they were told."""

    port: int
    presses: Iterator[Press]
    told: list[Press] = field(default_factory=list)
    #: HTTP status, "lost" (sent, and no answer), "unreachable" (nobody to send it to), "found"
    #: (came again, and was told that an earlier try had placed it) → how often.
    answers: Counter[str] = field(default_factory=Counter)
    #: Sentences about answers that may not be: another number, an unplanned status.
    faults: list[str] = field(default_factory=list)
    #: When each order was acknowledged.
    moments: list[float] = field(default_factory=list)
    is_open: bool = True

    async def work(self, connections: int) -> None:
        """Let `connections` buyers press one after the other until `is_open` is false."""
        await asyncio.gather(*(self._buyer() for _ in range(connections)))

    @property
    def acknowledged(self) -> int:
        """Orders that their buyers know of."""
        return len(self.moments)

    async def sell(self, orders: int) -> None:
        """Return when so many more orders were acknowledged. Raises TimeoutError."""
        began, wanted = time.monotonic(), self.acknowledged + orders
        while self.acknowledged < wanted:
            if time.monotonic() - began > AT_MOST:
                raise TimeoutError(f"no {orders} orders in {AT_MOST:.0f} s: {self.answers}")
            await asyncio.sleep(0.005)

    def pause_after(self, moment: float) -> float:
        """Return the longest time after `moment` that no order was acknowledged, in seconds."""
        times = [moment, *(one for one in self.moments if one > moment)]
        return max((late - early for early, late in pairwise(times)), default=0.0)

    async def ask_again(self, presses: list[Press], connections: int) -> None:
        """Press once more for each of `presses`: all are told what they were told before."""
        waiting = iter(presses)

        async def buyer() -> None:
            async with Wire(self.port) as wire:
                for press in waiting:
                    await self._insist(wire, press)

        await asyncio.gather(*(buyer() for _ in range(connections)))

    async def _buyer(self) -> None:
        async with Wire(self.port) as wire:
            while self.is_open:
                press = next(self.presses)
                await self._insist(wire, press)
                self.told.append(press)
                if press.number and len(self.told) % ONE_IN == 0:
                    await self._insist(wire, press)

    async def _insist(self, wire: Wire, press: Press) -> None:
        deadline = time.monotonic() + AT_MOST
        while time.monotonic() < deadline:
            try:
                answer = await asyncio.wait_for(wire.ask(press.data), PATIENCE)
            except ConnectionRefusedError:
                self.answers["unreachable"] += 1
                await asyncio.sleep(PAUSE)
                continue
            except (OSError, EOFError, TimeoutError):
                wire.hang_up()
                press.lost += 1
                self.answers["lost"] += 1
                await asyncio.sleep(PAUSE)
                continue
            self.answers[str(answer.status)] += 1
            press.lost += answer.status == 503  # it may have been placed all the same
            if answer.status not in RETRY:
                self._hear(press, answer)
                return
            await asyncio.sleep(PAUSE)
        self.faults.append(f"{press.key}: no definite answer in {AT_MOST:.0f} s")

    def _hear(self, press: Press, answer: Answer) -> None:
        body = json.loads(answer.body) if answer.body.startswith(b"{") else {}
        if answer.status in PLACED:
            number = body["number"]
            if press.refusal or press.number not in ("", number):
                before = press.refusal or press.number
                self.faults.append(f"{press.key}: told {before}, then {number}")
            elif not press.number:
                press.number = number
                self.moments.append(time.monotonic())
                self.answers["found"] += answer.is_replay
        elif answer.status == 409 and body.get("code") == "out_of_stock" and not press.number:
            press.refusal = body["code"]
        else:
            self.faults.append(f"{press.key}: {answer.status} {answer.body[:200]!r}")


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    is_replay: bool
    body: bytes


class Wire:
    """One connection, opened again when it broke."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.ends: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __aenter__(self) -> Wire:
        return self

    async def __aexit__(self, *_error: object) -> None:
        self.hang_up()

    async def ask(self, data: bytes) -> Answer:
        """Send `data` and return the answer. Raises OSError or EOFError when the line breaks."""
        if self.ends is None:
            self.ends = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.ends
        writer.write(data)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        fields = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
        body = await reader.readexactly(int(fields[b"content-length"]))
        return Answer(int(head[9:12]), b"idempotent-replayed" in fields, body)

    def hang_up(self) -> None:
        """Forget a connection that is of no use."""
        if self.ends is not None:
            with contextlib.suppress(OSError):
                self.ends[1].close()
            self.ends = None

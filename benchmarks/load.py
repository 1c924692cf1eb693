"""A load generator of its own: `connections` kept open, each sends as soon as it was answered.

Run as a process (`python -m benchmarks.load`): reads one JSON job from standard input, writes one
JSON result to standard output.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

HEAD_END = b"\r\n\r\n"
GOOD = (200, 201)


@dataclass
class Call:
    """One request, as bytes, and what came of it; with `then`, two, and what came of both.

    `seconds` are those of both; the status is the second's, and 0 while that is not answered.
    """

    data: bytes
    then: Callable[[bytes], bytes] | None = None
    status: int = 0
    seconds: float = 0.0
    body: bytes = b""

    def follow(self) -> bytes | None:
        """Return the second request, made of the answer to the first, once, if that was good."""
        if self.then is None or self.status not in GOOD:
            return None
        then, self.then, self.status = self.then, None, 0
        return then(self.body)


class Connection(asyncio.Protocol):
    """Sends calls one after the other; a closed connection ends its part of the run."""

    def __init__(self, calls: Iterator[Call], done: asyncio.Future[None]) -> None:
        self.calls, self.done = calls, done
        self.buffer = b""
        self.call: Call | None = None
        self.began = 0.0
        self.transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, found, rest = self.buffer.partition(HEAD_END)
        if not found or self.call is None:
            return
        length = _length(head)
        if len(rest) < length:
            return
        self.call.seconds += time.perf_counter() - self.began
        self.call.status = int(head[9:12])
        self.call.body = rest[:length]
        self.buffer = rest[length:]
        follow = self.call.follow()
        if follow is None:
            self._next()
        else:
            self._send(follow)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)

    def _next(self) -> None:
        self.call = next(self.calls, None)
        if self.call is None:
            self.transport.close()
            return
        self._send(self.call.data)

    def _send(self, data: bytes) -> None:
        self.began = time.perf_counter()
        self.transport.write(data)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise ValueError(f"an answer without a length: {head!r}")


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Return status and body of the next answer."""
    head = await reader.readuntil(HEAD_END)
    return int(head[9:12]), await reader.readexactly(_length(head))


def request(path: str, token: str, key: str, body: Any) -> bytes:
    """Return a POST with a signed-in buyer and a key, ready to be sent."""
    content = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nIdempotency-Key: {key}\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def prepared(job: dict[str, Any], token: str, key: str, body: Any) -> Call:
    """Return a call of `job`; with the job's `then`, a second request goes to its path.

    The second body is `then`'s, with the fields `take` names filled from the first answer.
    """
    call, then = Call(request(job["path"], token, key, body)), job.get("then")
    if then is not None:

        def second(answer: bytes) -> bytes:
            found = json.loads(answer)
            taken = {field: found[name] for field, name in then["take"].items()}
            return request(then["path"], token, key, then["body"] | taken)

        call.then = second
    return call


async def send(port: int, calls: list[Call], connections: int) -> float:
    """Send all calls; return the seconds it took."""
    loop, waiting = asyncio.get_running_loop(), iter(calls)
    began = time.perf_counter()
    ends = []
    for _ in range(connections):
        done = loop.create_future()
        ends.append(done)
        await loop.create_connection(
            lambda done=done: Connection(waiting, done),  # type: ignore[misc]
            "127.0.0.1",
            port,
        )
    await asyncio.gather(*ends)
    return time.perf_counter() - began


def main() -> None:
    """Do the job on standard input: ``{port, connections, path, calls: [[token, key, body]]}``.

    ``then: {path, body, take: {field: field of the first answer}}`` makes two requests of a call.
    """
    job = json.load(sys.stdin)
    calls = [prepared(job, *call) for call in job["calls"]]
    cpu = _cpu()
    seconds = asyncio.run(send(job["port"], calls, job["connections"]))
    times = sorted(call.seconds for call in calls if call.status)
    result = {
        "seconds": seconds,
        "statuses": Counter(call.status for call in calls),
        "codes": Counter(_code(call) for call in calls if call.status not in GOOD),
        "busy": [place for place, call in enumerate(calls) if call.status == 503],
        "p50_ms": quantile(times, 0.5) * 1000,
        "p99_ms": quantile(times, 0.99) * 1000,
        "load_cpu_ms": (_cpu() - cpu) * 1000,
    }
    json.dump(result, sys.stdout)


def _code(call: Call) -> str:
    try:
        return str(json.loads(call.body)["code"])
    except (ValueError, KeyError, TypeError):
        return f"{call.status} without a code"


def quantile(values: list[float], share: float) -> float:
    """Return the value below which `share` of sorted `values` lie, 0.0 of none."""
    return values[min(len(values) - 1, int(len(values) * share))] if values else 0.0


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()

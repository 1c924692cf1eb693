"""The buyers of `make kill-test` against a server that breaks on purpose, and the verdict."""

import asyncio
import json
from types import SimpleNamespace

import pytest

from benchmarks import insisting, kills
from benchmarks.insisting import Crowd, Press

HOT = "sku_hot"


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch):
    monkeypatch.setattr(insisting, "PAUSE", 0.001)


def answer(status, body, *headers):
    """Return an HTTP answer as bytes."""
    content = json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} x", f"Content-Length: {len(content)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + content


PLACED = answer(201, {"number": "G1"})
REPLAYED = answer(201, {"number": "G1"}, "Idempotent-Replayed: true")
OTHER = answer(201, {"number": "G2"}, "Idempotent-Replayed: true")
BUSY = answer(503, {"code": "busy"})
SOLD_OUT = answer(409, {"code": "out_of_stock"})
BROKEN = answer(500, {"code": "internal_error"})
NOTHING = b""
HALF = PLACED[:-3]


def told_by(answers, *, times=1):
    """Let one buyer press `times` at a server that gives `answers` in turn; return the crowd."""
    left = list(answers)
    press = Press("k", b"POST / HTTP/1.1\r\n\r\n", (HOT,))

    async def serve(reader, writer):
        while left and await reader.read(1_000):
            said = left.pop(0)
            writer.write(said)
            await writer.drain()
            if said in (NOTHING, HALF):
                break
        writer.close()

    async def play():
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server:
            crowd = Crowd(server.sockets[0].getsockname()[1], iter(()))
            for _ in range(times):
                await crowd.ask_again([press], 1)
        crowd.told.append(press)
        return crowd

    return asyncio.run(play())


@pytest.mark.parametrize("broken", [NOTHING, HALF])
def test_a_buyer_whose_answer_is_lost_presses_again_with_the_same_key(broken):
    crowd = told_by([broken, BUSY, REPLAYED])

    (press,) = crowd.told
    assert (press.number, press.lost, crowd.acknowledged, crowd.faults) == ("G1", 2, 1, [])
    assert crowd.answers == {"lost": 1, "503": 1, "201": 1, "found": 1}


def test_a_refusal_is_a_definite_answer():
    crowd = told_by([SOLD_OUT])

    assert (crowd.told[0].refusal, crowd.acknowledged, crowd.faults) == ("out_of_stock", 0, [])


@pytest.mark.parametrize(
    ("answers", "fault"),
    [
        ([PLACED, OTHER], "k: told G1, then G2"),
        ([SOLD_OUT, PLACED], "k: told out_of_stock, then G1"),
        ([PLACED, SOLD_OUT], "k: 409"),
        ([PLACED, BROKEN], "k: 500"),
    ],
)
def test_a_buyer_who_is_told_two_things_is_a_fault(answers, fault):
    crowd = told_by(answers, times=2)

    assert [one.startswith(fault) for one in crowd.faults] == [True]


def told(number="", refusal=""):
    """Return a crowd of one buyer who was told that."""
    press = Press("k", b"", (HOT,), number=number, refusal=refusal)
    return Crowd(0, iter(()), told=[press])


def bed_with(monkeypatch, *, groups, hot=(2, 2), wrong=0, breaches=()):
    """Return a bed whose database says that."""
    monkeypatch.setattr(kills, "_audit", lambda one: list(breaches))
    answers = {"orders_ordergroup": groups, "count(*)": [(wrong,)], "public_id": [(HOT, *hot)]}

    def query(statement):
        return next(rows for part, rows in answers.items() if part in statement)

    return SimpleNamespace(query=query)


@pytest.mark.parametrize(
    ("crowd", "says", "is_exact"),
    [
        (told("G1"), {"groups": [("k", "G1")]}, True),
        (told("G1"), {"groups": []}, False),
        (told("G1"), {"groups": [("k", "G2")]}, False),
        (told("G1"), {"groups": [("k", "G1"), ("k", "G2")]}, False),
        (told("G1"), {"groups": [("k", "G1"), ("nobody's", "G2")]}, False),
        (told("G1"), {"groups": [("k", "G1")], "wrong": 1}, False),
        (told("G1"), {"groups": [("k", "G1")], "breaches": ["orders: …"]}, False),
        (told(refusal="out_of_stock"), {"groups": []}, True),
        (told(refusal="out_of_stock"), {"groups": [("k", "G1")]}, False),
        (told(refusal="out_of_stock"), {"groups": [], "hot": (2, 1)}, False),
    ],
)
def test_the_verdict_is_exact_only_when_the_database_says_what_the_buyers_heard(
    monkeypatch, crowd, says, is_exact
):
    found = kills.verdict(bed_with(monkeypatch, **says), {"hot": HOT}, crowd)

    assert found["is_exact"] is is_exact

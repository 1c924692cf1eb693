"""The comparison: what is made of two measurements. The peer itself needs the package index."""

import asyncio
import io
import json
import re
import subprocess
import sys
from types import SimpleNamespace

import pytest
from rich.console import Console

from benchmarks import load, oscar, peers
from benchmarks.bed import Cpu
from config.environment import BASE_DIR


def _row(what, *, rate, app, database, connections=32):
    return {
        "what": what,
        "connections": connections,
        "orders_per_second": rate,
        "app_cpu_ms": app,
        "database_cpu_ms": database,
        "p50_ms": 21.0,
        "p99_ms": 84.0,
        "statements": 85.04,
    }


def _result(*, sold=100, is_exact=True, peer_sold=372):
    ours = _row(peers.OURS, rate=1_500.0, app=0.75, database=0.25)
    peer = _row(peers.PEER, rate=25.0, app=60.0, database=15.5)
    race = {"buyers": 400, "pieces": 100}
    return {
        "rows": [ours, peer],
        "ratios": [peers.ratio(ours, peer)],
        "check": {"is_exact": is_exact},
        "race": [
            {"what": peers.OURS, **race, "sold": sold, "is_exact": True},
            {"what": peers.PEER, **race, "sold": peer_sold, "is_exact": peer_sold == 100},
        ],
    }


class Bed:
    """Answers like a bed on which five orders were sent and four placed."""

    def __init__(self):
        self.cpus = [Cpu(10.0, 2.0), Cpu(10.2, 2.04)]
        self.counts = [1_000, 1_340]
        self.jobs = []

    def cpu(self):
        return self.cpus.pop(0)

    def query(self, statement):
        return [(self.counts.pop(0),)]

    def load(self, job):
        self.jobs.append(job)
        return {
            "statuses": {"200": 4, "406": 1},
            "seconds": 0.5,
            "p50_ms": 100.0,
            "p99_ms": 190.0,
        }


def test_a_run_counts_what_was_placed_and_spreads_cpu_and_sql_over_it():
    bed = Bed()
    side = peers.Side(peers.PEER, bed, lambda number, at: {"calls": [at] * number}, orders=5)

    side.measure(32)

    assert bed.jobs == [{"connections": 32, "calls": [32] * 5}]
    assert side.placed == 4
    row = side.row(32)
    assert {name: row[name] for name in row if name not in ("p50_ms", "p99_ms")} == {
        "what": peers.PEER,
        "connections": 32,
        "orders_per_second": 8.0,
        "app_cpu_ms": 50.0,
        "database_cpu_ms": 10.0,
        "statements": 85.0,
        "placed": 4,
        "refused": 1,
    }


def test_ratios_are_of_app_and_database_together_and_of_orders_per_second():
    result = _result()

    assert result["ratios"] == [
        {"what": peers.PEER, "connections": 32, "cpu": 75.5, "orders_per_second": 60.0}
    ]


def test_tables_show_figures_ratios_and_what_was_sold():
    console = Console(width=80, record=True, file=io.StringIO())
    for table in peers.tables(_result()):
        console.print(table)

    printed = [re.sub(r"[\s│]+", " ", line).strip() for line in console.export_text().splitlines()]
    assert [line for line in printed if line.startswith(("Haodian ", "oscar "))] == [
        "Haodian 32 1500.0 0.8 0.25 85 21 84",
        "oscar 32 25.0 60.0 15.50 85 21 84",
        "oscar 32 75.5 x 60.0 x",
        "Haodian 400 100 100",
        "oscar 400 100 372",
    ]


def test_only_our_own_faults_fail_the_command():
    assert peers.faults(_result(peer_sold=372)) == []
    assert peers.faults(_result(sold=101)) == ["101 of 100 pieces were sold"]
    assert len(peers.faults(_result(is_exact=False))) == 1


def test_the_command_line_measures_1_and_32_connections_unless_told_otherwise():
    usual = peers.parser().parse_args([])
    other = peers.parser().parse_args(["--connections", "8", "128", "--pieces", "7"])

    assert (usual.connections, usual.repeats, usual.buyers, usual.pieces) == ([1, 32], 3, 400, 100)
    assert (other.connections, other.pieces) == ([8, 128], 7)


def test_an_index_out_of_reach_ends_with_2_and_leaves_nothing_that_looks_installed(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("HAODIAN_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["peers"])
    ends = {"venv": 0, "pip": 1}
    ran = []

    def run(command, **options):
        ran.append(command[2])
        (tmp_path / "peers" / "oscar-venv").mkdir(parents=True, exist_ok=True)
        return SimpleNamespace(returncode=ends[command[2]])

    monkeypatch.setattr(subprocess, "run", run)

    with pytest.raises(SystemExit) as ended:
        peers.main()
    assert ended.value.code == 2
    assert "the package index must be within reach once" in capsys.readouterr().err

    ends["pip"] = 0
    first, second = oscar.install(), oscar.install()
    assert first == second
    assert ran == ["venv", "pip", "venv", "pip"]


def _lines(name):
    text = (BASE_DIR / name).read_text()
    return [line for line in text.splitlines() if line and not line.startswith(("#", " "))]


def test_the_peer_is_pinned_and_runs_on_what_we_run_on():
    pins = dict(line.split("==") for line in _lines("benchmarks/peer_oscar/requirements.txt"))
    ours = dict(
        re.match(r"([\w-]+)==([\w.]+)", line).groups() for line in _lines("requirements.lock")
    )

    assert all(re.fullmatch(r"[\d.]+", version) for version in pins.values())
    same = ["django", "djangorestframework", "granian"]
    same += ["psycopg", "psycopg-binary", "psycopg-pool"]
    assert {name: pins[name] for name in same} == {name: ours[name] for name in same}


def _talk(job, answers):
    """Return the calls of `job` after a server has answered them, and the requests it has read."""
    read, calls = [], [load.prepared(job, *call) for call in job["calls"]]

    async def answer(reader, writer):
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = int(re.search(rb"Content-Length: (\d+)", head)[1])
            body = json.loads(await reader.readexactly(length))
            path = head.split()[1].decode()
            read.append((path, body))
            status, said = answers[path]
            content = json.dumps(said).encode()
            writer.write(b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n" % (status, len(content)))
            writer.write(content)

    async def serve(reader, writer):
        try:
            await answer(reader, writer)
        except asyncio.IncompleteReadError:
            writer.close()

    async def talk():
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server:
            await load.send(server.sockets[0].getsockname()[1], calls, 1)

    asyncio.run(talk())
    return calls, read


JOB = {
    "path": "/add/",
    "calls": [["token", "key", {"quantity": 1}]],
    "then": {"path": "/checkout/", "body": {"to": "杭州市"}, "take": {"basket": "url"}},
}


def test_a_second_request_is_made_of_the_first_answer():
    answers = {"/add/": (200, {"url": "/baskets/7/"}), "/checkout/": (201, {"number": "9"})}

    (call,), read = _talk(JOB, answers)

    assert read == [
        ("/add/", {"quantity": 1}),
        ("/checkout/", {"to": "杭州市", "basket": "/baskets/7/"}),
    ]
    assert (call.status, json.loads(call.body)) == (201, {"number": "9"})


def test_a_refused_first_request_has_no_second():
    (call,), read = _talk(JOB, {"/add/": (406, {"reason": "no stock available"})})

    assert read == [("/add/", {"quantity": 1})]
    assert call.status == 406

"""The test bed: a fresh durable PostgreSQL, a Valkey and the web processes, as in production."""

from __future__ import annotations

import base64
import json
import os
import platform
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg

from config.embedded.postgres import SERVING_LOGIN, Postgres
from config.embedded.valkey import Valkey
from config.environment import BASE_DIR, MALLOC_ARENA_MAX, WEB_THREADS

#: As `make run` starts them.
WEB_PROCESSES, POOL = 2, 8
#: Clock ticks a second in /proc.
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Project:
    """What a bed runs: a Python, the folder of a manage.py, a WSGI application, an address that is
    answered with 200 as soon as it serves."""

    python: str = sys.executable
    folder: Path = BASE_DIR
    application: str = "config.wsgi:application"
    probe: str = "/readyz"
    #: What its processes come in as; empty for the owner.
    login: str = SERVING_LOGIN


HAODIAN = Project()


@dataclass(frozen=True)
class Cpu:
    """CPU seconds used so far by the web processes and by the database."""

    app: float
    database: float


class Bed:
    """What a benchmark runs on; gone after it."""

    def __init__(
        self, home: Path, postgres: Postgres, env: dict[str, str], port: int, project: Project
    ) -> None:
        self.home, self.postgres, self.env, self.port = home, postgres, env, port
        self.project = project
        #: Of web and workers; `env` is the owner's.
        self.serving_env = env
        if project.login:
            self.serving_env = env | {"DATABASE_URL": postgres.url("haodian", project.login)}
        self.web: subprocess.Popen[bytes] | None = None
        self.workers: list[subprocess.Popen[bytes]] = []

    def manage(self, *arguments: str) -> None:
        """Run a management command on the bed's database."""
        subprocess.run(
            [self.project.python, "manage.py", *arguments],
            cwd=self.project.folder,
            env=self.env,
            check=True,
        )

    def scene(self, *arguments: str) -> dict[str, Any]:
        """Run `manage.py bench_scene` and return what it made."""
        done = subprocess.run(
            [self.project.python, "manage.py", "bench_scene", *arguments],
            cwd=self.project.folder,
            env=self.env,
            check=True,
            stdout=subprocess.PIPE,
        )
        return json.loads(done.stdout)

    def query(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a statement on the bed's database; of one without rows, none.

        `values` stand where it says ``%s``.
        """
        with psycopg.connect(self.env["DATABASE_URL"]) as connection:
            cursor = connection.execute(statement.encode(), values or None)
            return cursor.fetchall() if cursor.description else []

    def load(self, job: dict[str, Any]) -> dict[str, Any]:
        """Let the load generator do `job`; return its result."""
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.load"],
            cwd=BASE_DIR,
            input=json.dumps({"port": self.port, **job}).encode(),
            check=True,
            stdout=subprocess.PIPE,
        )
        return json.loads(done.stdout)

    def cpu(self) -> Cpu:
        """Return what was used so far."""
        ours = [one.pid for one in (self.web, *self.workers) if one]
        database = int((self.home / "postgres" / "postmaster.pid").read_text().split()[0])
        return Cpu(sum(map(_tree_seconds, ours)), _tree_seconds(database))

    def web_memory(self) -> list[int]:
        """Return the resident memory of each web process, in MiB."""
        return sorted(_resident(pid) // 2**20 for pid in self.web_processes())

    def start_workers(self) -> None:
        """Start a worker and the clock that wakes it."""
        celery = [self.project.python, "-m", "celery", "-A", "config.celery"]
        parts = (
            ("worker", "--concurrency", "1", "--loglevel", "error"),
            ("beat", "--schedule", str(self.home / "beat"), "--loglevel", "error", "--pidfile="),
        )
        for part in parts:
            with (self.home / f"{part[0]}.log").open("wb") as log:
                self.workers.append(
                    subprocess.Popen(
                        [*celery, *part],
                        cwd=self.project.folder,
                        env=self.serving_env,
                        stdout=log,
                        stderr=log,
                    )
                )

    def stop_workers(self) -> None:
        """Stop them."""
        for one in self.workers:
            one.terminate()
        for one in self.workers:
            one.wait(60)
        self.workers = []

    def start_web(self) -> None:
        """Start the web processes and wait until they answer."""
        self._launch_web()
        deadline = time.monotonic() + 60
        while not (_answers(self.port, self.project.probe) and self._all_listen()):
            if time.monotonic() > deadline or self.web is None or self.web.poll() is not None:
                raise RuntimeError((self.home / "web.log").read_text())
            time.sleep(0.1)

    def _all_listen(self) -> bool:
        return self.listening() == len(self.web_processes()) == WEB_PROCESSES

    def tend_web(self) -> None:
        """Start the server again when it has ended, as a supervisor does. It may not answer yet."""
        if self.web is not None and self.web.poll() is not None:
            self._launch_web()

    def _launch_web(self) -> None:
        command = [self.project.python, "-m", "granian", "--interface", "wsgi"]
        command += ["--host", "127.0.0.1", "--port", str(self.port), "--no-ws"]
        command += ["--workers", str(WEB_PROCESSES), "--backlog", "1024"]
        command += ["--blocking-threads", str(WEB_THREADS)]
        command += ["--respawn-failed-workers", "--respawn-interval", "0.5"]
        command += ["--workers-kill-timeout", "10"]
        command += ["--log-level", "error", self.project.application]
        with (self.home / "web.log").open("ab") as log:
            self.web = subprocess.Popen(
                command, cwd=self.project.folder, env=self.serving_env, stdout=log, stderr=log
            )

    def web_processes(self) -> list[int]:
        """Return the process ids of the web processes that work now."""
        if self.web is None:
            return []
        children = [pid for pid, parent in _parents().items() if parent == self.web.pid]
        return [pid for pid in children if b"granian" in _command_line(pid)]

    def listening(self) -> int:
        """Return how many sockets wait for callers at the port: one a web process that serves."""
        wanted = (f"0100007F:{self.port:04X}", "0A")  # 127.0.0.1, LISTEN
        rows = Path("/proc/net/tcp").read_text().splitlines()
        return sum((fields[1], fields[3]) == wanted for fields in map(str.split, rows))

    def stop_web(self) -> None:
        """Stop the web processes."""
        if self.web is not None:
            self.web.terminate()
            self.web.wait(30)
            self.web = None


@contextmanager
def bed(project: Project = HAODIAN, *, settings: Mapping[str, str] | None = None) -> Iterator[Bed]:
    """Yield a bed with an empty, migrated database of `project`; `settings` join its env."""
    home = Path(tempfile.mkdtemp(prefix="haodian-bench-"))
    home.chmod(0o711)  # as root the servers run as another user, who must pass through
    postgres = Postgres(home / "postgres", log=home / "postgres.log")
    valkey = Valkey(home / "valkey", log=home / "valkey.log")
    made = None
    try:
        postgres.create_cluster()
        for server in (postgres, valkey):
            server.start()
            server.wait()
        postgres.ensure_database("haodian")
        env = _environment(home, postgres, valkey) | dict(settings or {})
        made = Bed(home, postgres, env, _free_port(), project)
        made.manage("migrate", "--verbosity", "0")
        if project.login:
            made.manage("prepare", "--serving", project.login)
        yield made
    finally:
        if made is not None:
            made.stop_web()
            made.stop_workers()
        valkey.stop()
        postgres.stop()
        shutil.rmtree(home, ignore_errors=True)


def machine(one: Bed) -> dict[str, Any]:
    """Return what the figures were taken on."""
    return {
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "loop_ms": round(_loop_ms(), 1),
        "python": platform.python_version(),
        "django": version("django"),
        "granian": version("granian"),
        "postgresql": one.query("SHOW server_version")[0][0],
        "web": f"{WEB_PROCESSES} x {WEB_THREADS} threads, {POOL} connections each",
    }


def _loop_ms() -> float:
    """Return how long a million turns of nothing take now: figures of other hours differ by it."""
    began = time.perf_counter()
    for _ in range(1_000_000):
        pass
    return (time.perf_counter() - began) * 1000


def _environment(home: Path, postgres: Postgres, valkey: Valkey) -> dict[str, str]:
    port = _free_port()
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "HAODIAN_ENV": "production",
        "HAODIAN_DATA_DIR": str(home / "data"),
        "SECRET_KEY": secrets.token_urlsafe(64),
        "HAODIAN_FIELD_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "HAODIAN_BASE_URL": f"http://127.0.0.1:{port}",
        "ALLOWED_HOSTS": "127.0.0.1",
        "DATABASE_URL": postgres.url("haodian"),
        "DATABASE_POOL_SIZE": str(POOL),
        "REDIS_URL": valkey.url(),
        "MALLOC_ARENA_MAX": MALLOC_ARENA_MAX,
    }


def _answers(port: int, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _tree_seconds(root: int) -> float:
    """Return the CPU seconds of a process, its descendants, and those they have buried."""
    return sum(_seconds(pid) for pid in _below(root, _parents()))


def _parents() -> dict[int, int]:
    """Return pid → parent of every process."""
    return {pid: int(fields[1]) for pid, fields in _processes()}


def _processes() -> Iterator[tuple[int, list[str]]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            yield int(entry.name), fields


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []  # it ended meanwhile; its parent has its time


def _seconds(pid: int) -> float:
    return sum(map(int, _stat(pid)[11:15])) / TICKS


def _resident(pid: int) -> int:
    """Return the resident memory of a process in bytes."""
    fields = _stat(pid)
    return int(fields[21]) * os.sysconf("SC_PAGE_SIZE") if fields else 0


def _below(root: int, parents: dict[int, int]) -> Sequence[int]:
    family = [root]
    for one in family:
        family += [pid for pid, parent in parents.items() if parent == one]
    return family

"""`manage.py up`: the whole system on one machine, from nothing to a page that answers.

Order: lock the folder, check the port, PostgreSQL and Valkey, then migrations and demo data, then
web, worker and beat; the banner when /readyz answers. What dies is started again. It stops in the
opposite order, and Linux stops all of it should the supervisor itself be killed.
"""

import argparse
import contextlib
import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType
from typing import IO

from config.banner import banner
from config.children import Backoff, Child, say
from config.embedded.postgres import SERVING_LOGIN, Postgres
from config.embedded.process import Register, spawn
from config.embedded.server import Server, ServerFailed
from config.embedded.valkey import Valkey
from config.environment import (
    BASE_DIR,
    MALLOC_ARENA_MAX,
    RUNNING_FILE,
    SECRETS_FILE,
    WEB_THREADS,
    data_dir,
    deployment,
    read_dotenv,
    wants_demo,
)
from config.secrets_file import ensure_secrets

TICK = 0.2
PATIENCE = 25.0  # seconds that web, worker and beat get to finish what they hold


class CannotStart(Exception):
    """A reason, in one line, why nothing was started."""


def main(arguments: list[str] | None = None) -> int:
    """Run until Ctrl+C or SIGTERM; return the exit status. Every refusal is one clear line."""
    parser = argparse.ArgumentParser(
        prog="manage.py up", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--port", default=None, help="default: PORT, else 8000")
    parser.add_argument("--host", default=None, help="default: HOST, else 127.0.0.1")
    options = parser.parse_args(arguments)
    read_dotenv()
    try:
        port = _port(options.port or os.environ.get("PORT") or "8000")
        host = options.host or os.environ.get("HOST") or "127.0.0.1"
        data = data_dir()
        with _locked(data):
            _check_port_free(host, port)
            return Supervisor(data, host, port).run()
    except (CannotStart, ServerFailed, RuntimeError) as fault:
        sys.stderr.write(f"Haodian: {fault}\n")
    except PermissionError as fault:
        sys.stderr.write(f"Haodian: {fault.filename} belongs to another user ({fault.strerror}).\n")
    return 1


class Supervisor:
    """Everything that one `up` runs."""

    def __init__(self, data: Path, host: str, port: int) -> None:
        self.data = data
        self.host = host
        self.port = port
        self.began = time.monotonic()
        self.stopping = threading.Event()
        self.register = Register(data / "processes.json")
        self.servers: list[Server] = []
        self.backoffs: dict[str, Backoff] = {}
        self.restart_at: dict[str, float] = {}
        self.children: list[Child] = []
        self.prepare_with: list[str] = []

    def run(self) -> int:
        """Start, watch and stop the system; return the exit status."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            for name in self.register.take_over():
                say(f"An earlier run had left {name}; it has been stopped.")
            env = self._start_servers()
            if self.stopping.is_set() or not self._prepare(env):
                return 0 if self.stopping.is_set() else 1
            self.children = self._programs(env)
            self._watch()
            return 0
        finally:
            self._stop()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self.stopping.is_set():  # asked twice: no more patience
            for child in self.children:
                if child.process is not None:
                    child.process.kill()
        self.stopping.set()

    def _start_servers(self) -> dict[str, str]:
        """Return the environment of the programs, with the addresses of what was started."""
        if deployment() == "development":
            ensure_secrets(self.data / SECRETS_FILE)
        env = dict(_read_assignments(self.data / SECRETS_FILE)) | os.environ
        env["HAODIAN_ENV"] = deployment()
        env["HAODIAN_DATA_DIR"] = str(self.data)
        env["PYTHONUNBUFFERED"] = "1"
        env.setdefault("DATABASE_POOL_SIZE", "8")
        env.setdefault("MALLOC_ARENA_MAX", MALLOC_ARENA_MAX)
        shown = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 -- compared
        env.setdefault("HAODIAN_BASE_URL", f"http://{shown}:{self.port}")
        logs = self.data / "log"
        postgres = valkey = None
        if not env.get("DATABASE_URL"):
            postgres = Postgres(self.data / "postgres", log=logs / "postgres.log")
            if postgres.create_cluster():
                self._step("Database cluster created")
            self._launch(postgres)
            env["OWNER_DATABASE_URL"] = postgres.url("haodian")
            env["DATABASE_URL"] = postgres.url("haodian", SERVING_LOGIN)
            self.prepare_with = ["--serving", SERVING_LOGIN]
        if not env.get("REDIS_URL"):
            valkey = Valkey(self.data / "valkey", log=logs / "valkey.log")
            self._launch(valkey)
            env["REDIS_URL"] = valkey.url()
        for server in self.servers:
            server.wait(cancelled=self.stopping.is_set)
            self._step(f"{server.name} answers")
        if postgres is not None and not self.stopping.is_set():
            postgres.ensure_database("haodian")
        self._note_addresses(env)
        return env

    def _launch(self, server: Server) -> None:
        server.start()
        if server not in self.servers:
            self.servers.append(server)
            self.backoffs[server.name] = Backoff()
        self.backoffs[server.name].start(time.monotonic())
        if server.process is not None:
            self.register.note(server.name, server.process.pid, server.stop_signal)

    def _prepare(self, env: dict[str, str]) -> bool:
        """Migrate and load demo data in one process; return whether that went well."""
        process = spawn(
            [sys.executable, "manage.py", "prepare", *self.prepare_with],
            cwd=BASE_DIR,
            env=env | {"DATABASE_URL": env.get("OWNER_DATABASE_URL") or env["DATABASE_URL"]},
            stdout=None,
            death_signal=signal.SIGTERM,
        )
        self.register.note("prepare", process.pid, signal.SIGTERM)
        while process.poll() is None and not self.stopping.wait(TICK):
            self._tend_servers()
        if process.poll() is None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
        if process.wait() != 0 and not self.stopping.is_set():
            say("Haodian: the database could not be prepared; see the lines above.")
        return process.returncode == 0

    def _programs(self, env: dict[str, str]) -> list[Child]:
        python = sys.executable
        web = [python, "-m", "granian", "--interface", "wsgi", "--host", self.host]
        web += ["--port", str(self.port), "--workers", env.get("WEB_WORKERS", "2")]
        # More threads than connections: checkouts wait for their common transaction without one.
        web += ["--blocking-threads", env.get("WEB_THREADS", str(WEB_THREADS)), "--no-ws"]
        web += ["--respawn-failed-workers", "--respawn-interval", "0.5"]
        web += ["--workers-kill-timeout", "10", "--log-level", "error", "config.wsgi:application"]
        # Celery's seven lines against root are about pickled messages; ours are JSON only.
        celery = [python, "-W", "ignore:You're running the worker", "-m", "celery", "--quiet"]
        celery += ["-A", "config.celery"]
        worker = [*celery, "worker", "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
        worker += ["--concurrency", env.get("WORKER_CONCURRENCY", "2")]
        beat = [*celery, "beat", "--loglevel", "WARNING", "--pidfile="]
        beat += ["--schedule", str(self.data / "beat-schedule")]
        programs = {"web": web, "worker": worker, "beat": beat}
        return [Child(name, command, BASE_DIR, env) for name, command in programs.items()]

    def _watch(self) -> None:
        """Tend everything until asked to stop. Worker and beat start once the web answers."""
        web, *background = self.children
        answered = False
        patience = time.monotonic() + 60
        while not self.stopping.is_set():
            self._tend_servers()
            for child in [web, *background] if answered else [web]:
                pid = child.tend()
                if pid is not None:
                    self.register.note(child.name, pid, signal.SIGTERM)
            if not answered and self._is_ready():
                answered = True
                seconds = time.monotonic() - self.began
                say(banner(self.host, self.port, seconds, demo=wants_demo()))
            elif not answered and time.monotonic() > patience:
                say("Haodian: /readyz has not answered for a minute; see the lines above.")
                patience += 60
            self.stopping.wait(TICK)

    def _tend_servers(self) -> None:
        now = time.monotonic()
        for server in self.servers:
            if server.alive:
                continue
            if server.name not in self.restart_at:
                self.restart_at[server.name] = self.backoffs[server.name].due(now)
                say(f"{server.name} ended; starting it again")
            if now >= self.restart_at[server.name]:
                del self.restart_at[server.name]
                self._launch(server)

    def _is_ready(self) -> bool:
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 -- compared
        name = (os.environ.get("ALLOWED_HOSTS") or "127.0.0.1").split(",")[0].lstrip(".")
        connection = HTTPConnection(host, self.port, timeout=2)
        try:
            connection.request("GET", "/readyz", headers={"Host": name})
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def _stop(self) -> None:
        began = time.monotonic()
        if self.children or self.servers:
            say("Stopping …")
        for child in self.children:
            child.ask_to_stop()
        for child in self.children:
            child.finish(began + PATIENCE - time.monotonic())
        for server in reversed(self.servers):
            server.stop()
        (self.data / RUNNING_FILE).unlink(missing_ok=True)
        self.register.close()
        if self.children or self.servers:
            say(f"Everything has stopped ({time.monotonic() - began:.1f} s).")

    def _note_addresses(self, env: dict[str, str]) -> None:
        path = self.data / RUNNING_FILE
        path.unlink(missing_ok=True)
        noted = {name: env[name] for name in ("DATABASE_URL", "REDIS_URL", "HAODIAN_BASE_URL")}
        # For whoever works at a second terminal: migrations and tests are the owner's.
        noted["DATABASE_URL"] = env.get("OWNER_DATABASE_URL") or env["DATABASE_URL"]
        with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
            file.writelines(f"{name}={value}\n" for name, value in noted.items())

    def _step(self, what: str) -> None:
        say(f"  {time.monotonic() - self.began:5.1f} s  {what}")


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise CannotStart(f"PORT={text} is not a port; use one from 1 to 65535.")
    return int(text)


@contextlib.contextmanager
def _locked(data: Path) -> Iterator[None]:
    """Hold the folder for us alone; raise CannotStart when another `up` has it."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / ".lock").open("a") as file:
        _lock(file, data)
        yield


def _lock(file: IO[str], data: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as fault:
        if fault.errno not in {errno.EAGAIN, errno.EACCES}:
            raise
        raise CannotStart(f"already running on {data}; stop that one first.") from None


def _check_port_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            reason = "is taken" if fault.errno == errno.EADDRINUSE else f"fails ({fault.strerror})"
            raise CannotStart(
                f"port {port} on {host} {reason}; choose another: make run PORT={port % 65535 + 1}"
            ) from None


def _read_assignments(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    return dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)

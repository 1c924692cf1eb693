"""A pytest plugin: an embedded PostgreSQL for the run, already migrated.

Loaded by `-p config.testing`, because pytest-django reads the settings before any conftest. It acts
at import, in the process that was started by hand; xdist's workers inherit its DATABASE_URL. Set
DATABASE_URL yourself to test against a server of yours.

The server's folder is a copy in the temporary directory, so runs side by side do not meet, and it
is removed at the end. What is copied is kept in var/test-clusters: an empty database with every
migration applied, named by the hash of the migrations, so an unchanged schema is built once.
"""

import atexit
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

from config.embedded.postgres import Postgres
from config.environment import BASE_DIR

TEMPLATE = "haodian_template"
PREFIX = "haodian-test-"
KEPT_CLUSTERS = 4


def start() -> None:
    """Start the server and point the environment at it; it is stopped and removed at exit."""
    temporary = Path(tempfile.gettempdir())
    _remove_abandoned(temporary)
    home = Path(tempfile.mkdtemp(prefix=PREFIX, dir=temporary))
    home.chmod(0o711)  # as root the server runs as another user, who must pass through
    lock = (home / "lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    kept = BASE_DIR / "var" / "test-clusters" / _fingerprint()
    if kept.is_dir():
        _copy(kept, home / "postgres")
    server = Postgres(home / "postgres", log=home / "postgres.log", durable=False)
    atexit.register(_finish, server, home, lock)
    server.create_cluster()
    _run(server)
    if server.ensure_database(TEMPLATE):
        _migrate(server.url(TEMPLATE))
        server.stop()
        _keep(server.data, kept)
        _run(server)
    os.environ["DATABASE_URL"] = server.url("haodian")
    os.environ["HAODIAN_TEST_TEMPLATE"] = TEMPLATE


def _run(server: Postgres) -> None:
    server.start()
    server.wait()


def _finish(server: Postgres, home: Path, lock: IO[str]) -> None:
    server.stop()
    shutil.rmtree(home, ignore_errors=True)
    lock.close()


def _migrate(url: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--skip-checks"],
        cwd=BASE_DIR,
        env=os.environ | {"DATABASE_URL": url},
        check=True,
    )


def _fingerprint() -> str:
    """Return a name for what decides the migrated schema: migrations, ours and the packages'."""
    content = hashlib.sha256()
    for path in [BASE_DIR / "requirements.lock", *sorted(BASE_DIR.glob("*/migrations/*.py"))]:
        content.update(str(path.relative_to(BASE_DIR)).encode() + path.read_bytes())
    return content.hexdigest()[:16]


def _copy(source: Path, target: Path) -> None:
    subprocess.run(["cp", "-Rp", str(source), str(target)], check=True)  # noqa: S607 -- POSIX


def _keep(data: Path, kept: Path) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent, prefix="draft-") as draft:
        _copy(data, Path(draft) / "cluster")
        if not kept.exists():
            (Path(draft) / "cluster").rename(kept)
    clusters = [path for path in kept.parent.iterdir() if not path.name.startswith("draft-")]
    for old in sorted(clusters, key=lambda path: path.stat().st_ctime)[:-KEPT_CLUSTERS]:
        shutil.rmtree(old, ignore_errors=True)


def _remove_abandoned(temporary: Path) -> None:
    """Remove the folders of runs that were killed; a live run holds its lock."""
    for home in temporary.glob(PREFIX + "*"):
        try:
            with (home / "lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(home, ignore_errors=True)
        except OSError:  # alive, somebody else's, or just being made
            continue


os.environ["HAODIAN_ENV"] = "test"
if "DATABASE_URL" not in os.environ and "PYTEST_XDIST_WORKER" not in os.environ:
    start()

"""tests config/embedded: servers that start anywhere, heal after a crash and leave nothing."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config.embedded import folders
from config.embedded.postgres import Postgres
from config.embedded.process import OURSELVES, Register, identity, spawn, wait_gone
from config.embedded.server import ServerFailed
from config.embedded.valkey import Valkey


@pytest.fixture
def postgres(home: Path) -> Iterator[Postgres]:
    """Return a stopped server with a cluster; whatever a test starts is stopped."""
    server = Postgres(home / "postgres", log=home / "postgres.log", durable=False)
    server.create_cluster()
    yield server
    server.stop()


def start(server: Postgres | Valkey) -> None:
    server.start()
    server.wait(20)


def answers(server: Postgres) -> bool:
    with psycopg.connect(server.url("postgres"), connect_timeout=5) as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)


def test_starts_in_a_path_with_spaces_and_a_quote(postgres: Postgres) -> None:
    start(postgres)

    assert answers(postgres)
    assert postgres.create_cluster() is False


def test_listens_on_no_tcp_port(postgres: Postgres) -> None:
    start(postgres)

    with psycopg.connect(postgres.url("postgres")) as connection:
        found = connection.execute("SELECT current_setting('listen_addresses')").fetchone()

    assert found == ("",)
    assert postgres.sockets.stat().st_mode & 0o777 == 0o700


def test_trigrams_of_chinese_words_are_kept(postgres: Postgres) -> None:
    start(postgres)

    with psycopg.connect(postgres.url("postgres")) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        found = connection.execute("SELECT show_trgm('四件套') <> '{}'").fetchone()

    assert found == (True,)


def test_ensure_database_creates_once(postgres: Postgres) -> None:
    start(postgres)

    assert postgres.ensure_database("shop") is True
    assert postgres.ensure_database("shop") is False


def test_committed_rows_survive_kill_9(home: Path) -> None:
    server = Postgres(home / "durable", log=home / "durable.log")
    server.create_cluster()
    start(server)
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    assert server.process is not None
    server.process.kill()
    server.process.wait()

    start(server)

    with psycopg.connect(server.url("postgres")) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)
    server.stop()


def test_a_reused_pid_in_the_pid_file_does_not_stop_the_start(postgres: Postgres) -> None:
    start(postgres)
    lines = (postgres.data / "postmaster.pid").read_text().splitlines()
    assert postgres.process is not None
    postgres.process.kill()
    postgres.process.wait()
    lines[0] = str(os.getpid())  # alive, and not a server
    (postgres.data / "postmaster.pid").write_text("\n".join(lines) + "\n")

    start(postgres)

    assert answers(postgres)


def test_a_server_that_an_earlier_run_left_is_replaced(postgres: Postgres, home: Path) -> None:
    start(postgres)
    later = Postgres(home / "postgres", log=home / "later.log", durable=False)

    start(later)

    assert answers(later)
    assert postgres.process is not None
    assert postgres.process.wait(5) == 0
    later.stop()


def test_a_widened_data_folder_is_narrowed_again(postgres: Postgres) -> None:
    postgres.data.chmod(0o777)

    start(postgres)

    assert postgres.data.stat().st_mode & 0o777 == 0o700


def test_a_server_that_cannot_start_names_its_log(postgres: Postgres) -> None:
    (postgres.data / "PG_VERSION").write_text("9.6\n")

    postgres.start()

    with pytest.raises(ServerFailed, match=r"postgres\.log"):
        postgres.wait(20)


def test_a_long_path_gets_a_short_socket(home: Path) -> None:
    deep = home / ("d" * 60) / ("e" * 60) / "postgres"

    near, far = (folders.socket_folder(path, OURSELVES) for path in (Path("/srv/pg"), deep))

    assert near == Path("/srv/run/pg")
    assert len(str(far)) <= folders.LONGEST_SOCKET_FOLDER


def test_a_socket_folder_of_somebody_else_is_refused(home: Path) -> None:
    (home / "theirs").mkdir()
    (home / "link").symlink_to(home / "theirs")

    with pytest.raises(RuntimeError, match="belongs to somebody else"):
        folders.make_private(home / "link", OURSELVES)


def test_nothing_is_left_of_a_stopped_servers_sockets(postgres: Postgres) -> None:
    start(postgres)
    assert postgres.sockets.stat().st_mode & 0o777 == 0o700

    postgres.stop()

    assert not postgres.sockets.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs its server as another user")
def test_root_leaves_a_hidden_home_without_opening_it(
    home: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "SHARED_HOME", home / "shared")
    hidden = home / "hidden"
    hidden.mkdir(mode=0o700)

    server = Postgres(hidden / "postgres", log=home / "hidden.log", durable=False)
    server.create_cluster()
    start(server)

    assert answers(server)
    assert hidden.stat().st_mode & 0o777 == 0o700
    assert (hidden / "postgres").is_symlink()
    server.stop()
    again = Postgres(hidden / "postgres", log=home / "hidden.log", durable=False)
    assert again.data == server.data


def test_valkey_keeps_what_it_was_told_over_kill_9(home: Path) -> None:
    import redis

    server = Valkey(home / "valkey", log=home / "valkey.log")
    start(server)
    with redis.Redis.from_url(server.url()) as client:
        client.set("orders", 3)
    time.sleep(1.2)  # it writes to disk each second
    assert server.process is not None
    server.process.kill()
    server.process.wait()

    start(server)

    with redis.Redis.from_url(server.url()) as client:
        assert client.get("orders") == b"3"
    server.stop()
    assert server.process.returncode == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_children_end_with_a_killed_parent(home: Path) -> None:
    script = (
        "import signal, subprocess, sys, time; from pathlib import Path\n"
        "from config.embedded.process import spawn\n"
        "child = spawn(['/bin/sleep', '60'], cwd=Path('/'), stdout=subprocess.DEVNULL,\n"
        "              death_signal=signal.SIGTERM)\n"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        was = identity(child)
        assert was is not None

        parent.kill()

        assert wait_gone(child, was, 5)


def test_take_over_ends_survivors_and_spares_reused_pids(home: Path) -> None:
    survivor = spawn(
        ["/bin/sleep", "60"], cwd=home, stdout=subprocess.DEVNULL, death_signal=signal.SIGTERM
    )
    register = Register(home / "processes.json")
    register.note("web", survivor.pid, signal.SIGTERM)
    rows = json.loads(register.path.read_text())
    rows["beat"] = [os.getpid(), "an earlier process with our pid", signal.SIGKILL.value]
    register.path.write_text(json.dumps(rows))

    assert Register(register.path).take_over(patience=5) == ["web"]

    assert survivor.wait(5) == -signal.SIGTERM
    assert not register.path.exists()

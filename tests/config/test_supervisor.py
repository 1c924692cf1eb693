"""tests config/supervisor.py, children.py, banner.py and secrets_file.py."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import banner, supervisor
from config.children import LONGEST_PAUSE, Backoff, Child
from config.environment import BASE_DIR
from config.secrets_file import ensure_secrets


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HAODIAN_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.delenv("PORT", raising=False)
    return tmp_path / "var"


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_taken_port_is_one_line_and_starts_nothing(
    data: Path, taken_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert supervisor.main(["--port", str(taken_port)]) == 1

    assert capsys.readouterr().err == (
        f"Haodian: port {taken_port} on 127.0.0.1 is taken; "
        f"choose another: make run PORT={taken_port + 1}\n"
    )
    assert [path.name for path in data.iterdir()] == [".lock"]


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "８０００"])
def test_a_port_that_is_none_is_one_line(
    data: Path, port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert supervisor.main([f"--port={port}"]) == 1

    assert f"PORT={port} is not a port" in capsys.readouterr().err


def test_a_second_start_on_one_folder_is_one_line(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data.mkdir()
    with (data / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        assert supervisor.main([]) == 1

    assert capsys.readouterr().err == (
        f"Haodian: already running on {data}; stop that one first.\n"
    )


def test_pauses_double_up_to_a_limit_and_forget_after_a_healthy_life() -> None:
    backoff = Backoff()

    pauses = []
    for _ in range(7):
        backoff.start(100.0)
        pauses.append(backoff.due(101.0) - 101.0)

    assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0, LONGEST_PAUSE, LONGEST_PAUSE]
    backoff.start(200.0)
    assert backoff.due(231.0) == 231.5


def test_a_child_that_ends_is_started_again_and_its_lines_are_prefixed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    child = Child("web", ["/bin/sh", "-c", "echo hello; exit 3"], Path("/"), dict(os.environ))
    first = child.tend()
    second = None
    deadline = time.monotonic() + 10
    while second is None and time.monotonic() < deadline:
        time.sleep(0.05)
        second = child.tend()
    child.finish(5)

    out = capsys.readouterr().out

    assert first is not None
    assert second not in {None, first}
    assert "web    | hello\n" in out
    assert "web ended (3); again in 0.5 s\n" in out


def test_secrets_are_made_once_and_readable_by_their_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "secrets.env"
    path.write_text("SECRET_KEY=mine\n")

    ensure_secrets(path)
    first = path.read_text()
    ensure_secrets(path)

    assert path.read_text() == first
    assert first.startswith("SECRET_KEY=mine\n")
    assert path.stat().st_mode & 0o777 == 0o600
    names = [line.split("=", 1)[0] for line in first.splitlines()]
    assert names == ["SECRET_KEY", "HAODIAN_FIELD_KEYS", "SANDBOX_GATEWAY_SECRET"]


def test_banner_names_every_door_and_every_demo_person(monkeypatch: pytest.MonkeyPatch) -> None:
    people = [("Merchant", "lin@demo.example", "demo-pass-1", "/merchant/")]
    monkeypatch.setattr(banner, "demo_accounts", lambda: people)

    shown = banner.banner("0.0.0.0", 8123, 12.3, demo=True)

    for text in ("/merchant/", "/support/", "/operator/", "/api/docs/"):
        assert f"http://127.0.0.1:8123{text}" in shown
    for text in (*people[0], "Ctrl+C", "12 s"):
        assert text in shown
    assert "demo-pass-1" not in banner.banner("127.0.0.1", 8123, 12.3, demo=False)


@pytest.mark.slow
def test_the_whole_system_starts_answers_and_stops_without_a_trace(home: Path) -> None:
    """The acceptance of `make run`, on a port and in a folder of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    env |= {"HAODIAN_DATA_DIR": str(home / "var"), "PORT": str(port)}
    env |= {"DEMO_DATA": "0"}  # made and looked at in a test of its own
    env |= {"DATABASE_URL": "", "REDIS_URL": ""}  # whatever a developer's .env says
    log = home / "up.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "up"],
            cwd=BASE_DIR,
            env=env,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + 240
        while "is running" not in log.read_text() and process.poll() is None:
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.3)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            assert answer.status == 200
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/merchant/login/") as page:
            assert "unsafe-eval" in page.headers["Content-Security-Policy"]
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, log.read_text()

    assert "Everything has stopped" in log.read_text()
    assert not (home / "var" / "processes.json").exists()
    assert not (home / "var" / "running.env").exists()

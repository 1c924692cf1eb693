"""Start, recognise and stop processes that belong to one data folder."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

LINUX: bool = sys.platform.startswith("linux")
TETHER = Path(__file__).with_name("tether.py")


@dataclass(frozen=True)
class Account:
    """A system user; uid -1 means: whoever we are."""

    uid: int = -1
    gid: int = -1


OURSELVES = Account()


def spawn(
    command: Sequence[str | Path],
    *,
    cwd: Path,
    stdout: int | IO[bytes] | None,
    death_signal: signal.Signals,
    account: Account = OURSELVES,
    env: dict[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own; on Linux it gets `death_signal` when we die.

    `stdout` None means ours; errors go the same way.

    Call it from the main thread only: the kernel watches the thread that spawned, not the process.
    """
    tether = [sys.executable, "-I", "-S", TETHER, os.getpid(), death_signal.value]
    return subprocess.Popen(
        [str(word) for word in (*tether, account.uid, account.gid, *command)],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.STDOUT,
        env=env,
        start_new_session=True,  # Ctrl+C in the terminal must not reach it before its turn
    )


def identity(pid: int) -> str | None:
    """Return a text that no later process with the same pid can have; None when it is gone.

    A zombie counts as gone: in a container nobody may ever collect it.
    """
    if LINUX:
        try:
            words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return None if words[0] in "ZX" else words[19]
    found = subprocess.run(
        ["ps", "-o", "state=,lstart=", "-p", str(pid)],  # noqa: S607 -- its place differs
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split()
    return None if not found or found[0].startswith("Z") else " ".join(found[1:])


def kill_group(pid: int, sig: signal.Signals) -> None:
    """Signal the process and its group; silent when they are gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, sig)


def wait_gone(pid: int, was: str, seconds: float) -> bool:
    """Return whether the process that had identity `was` ended within `seconds`."""
    deadline = time.monotonic() + seconds
    while identity(pid) == was:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


class Register:
    """The processes of one data folder, on disk, for the next start to find survivors.

    Linux ends our children with us; elsewhere a killed supervisor leaves them, and even on Linux
    they need a moment to stop.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._rows: dict[str, tuple[int, str, int]] = {}

    def note(self, name: str, pid: int, stop_signal: signal.Signals) -> None:
        """Write down that `name` is now this process."""
        self._rows[name] = (pid, identity(pid) or "", stop_signal.value)
        draft = self.path.with_suffix(".new")
        draft.write_text(json.dumps(self._rows))
        draft.replace(self.path)

    def take_over(self, patience: float = 20) -> list[str]:
        """End what an earlier run left behind; return the names. Safe against reused pids."""
        try:
            rows = json.loads(self.path.read_text())
        except (OSError, ValueError):
            return []
        left = {name: row for name, row in rows.items() if identity(row[0]) == row[1]}
        for pid, _, stop_signal in left.values():
            kill_group(pid, signal.Signals(stop_signal))
        for pid, was, _ in left.values():
            if not wait_gone(pid, was, patience):
                kill_group(pid, signal.SIGKILL)
                wait_gone(pid, was, patience)
        self.path.unlink(missing_ok=True)
        return list(left)

    def close(self) -> None:
        """Forget all rows: everything has been stopped."""
        self.path.unlink(missing_ok=True)

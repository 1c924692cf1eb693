"""Programs that the supervisor keeps alive: restarted with growing pauses, their lines prefixed."""

import contextlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from config.embedded.process import kill_group, spawn

SHORTEST_PAUSE = 0.5
LONGEST_PAUSE = 15.0
HEALTHY_AFTER = 30.0


class Backoff:
    """How long to wait before the next start: doubling, short again after half a minute of life."""

    def __init__(self) -> None:
        self.pause = 0.0
        self.started = 0.0

    def start(self, now: float) -> None:
        """Note a start."""
        self.started = now

    def due(self, now: float) -> float:
        """Return when the next start may happen, for an end that is noticed at `now`."""
        if now - self.started > HEALTHY_AFTER:
            self.pause = 0.0
        self.pause = min(max(self.pause * 2, SHORTEST_PAUSE), LONGEST_PAUSE)
        return now + self.pause


class Child:
    """One program: web, worker or beat. Use it from the main thread only."""

    def __init__(self, name: str, command: Sequence[str], cwd: Path, env: dict[str, str]) -> None:
        self.name = name
        self.command = command
        self.cwd = cwd
        self.env = env
        self.process: subprocess.Popen[bytes] | None = None
        self.backoff = Backoff()
        self.next_start = 0.0

    def tend(self) -> int | None:
        """Start the program when it is due. Return its pid when it was started just now."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            kill_group(self.process.pid, signal.SIGKILL)  # its own children would hold the port
            self.next_start = self.backoff.due(now)
            say(f"{self.name} ended ({self.process.returncode}); again in {self.backoff.pause:g} s")
            self.process = None
        if self.process is not None or now < self.next_start:
            return None
        self.process = spawn(
            self.command,
            cwd=self.cwd,
            env=self.env,
            stdout=subprocess.PIPE,
            death_signal=signal.SIGTERM,
        )
        self.backoff.start(now)
        assert self.process.stdout is not None  # noqa: S101 -- for the type checker
        threading.Thread(
            target=_relay, args=(self.name, self.process.stdout), name=self.name, daemon=True
        ).start()
        return self.process.pid

    def ask_to_stop(self) -> None:
        """Send SIGTERM; `finish` waits."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def finish(self, seconds: float) -> None:
        """Wait for the end, then end by force what is left of its group."""
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(seconds, 0.1))
        kill_group(self.process.pid, signal.SIGKILL)
        self.process.wait()


_terminal = threading.Lock()


def say(line: str) -> None:
    """Print one line of ours; a terminal that went away stops nothing."""
    with _terminal, contextlib.suppress(OSError, ValueError):
        sys.stdout.write(line.rstrip("\n") + "\n")
        sys.stdout.flush()


def _relay(name: str, lines: IO[bytes]) -> None:
    with lines:
        for line in lines:
            say(f"{name:<6} | {line.decode(errors='replace')}")

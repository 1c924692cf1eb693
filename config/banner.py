"""What `make run` prints once the system answers."""

import importlib
import io

from rich import box
from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

DOORS = (
    ("Merchant console", "/merchant/"),
    ("Support console", "/support/"),
    ("Operator console", "/operator/"),
    ("API documentation", "/api/docs/"),
)


def banner(host: str, port: int, seconds: float, *, demo: bool) -> str:
    """Return the banner: the doors and, with `demo`, a log-in for each role."""
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 -- compared, not bound
    base = f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
    doors, people = (Table(box=None, show_header=False, padding=(0, 2, 0, 0)) for _ in range(2))
    for label, path in DOORS:
        doors.add_row(label, Text(base + path, style="cyan", no_wrap=True))
    for role, email, password, path in demo_accounts() if demo else []:
        people.add_row(role, email, Text(password, style="bold"), Text(path, style="cyan"))
    parts: list[Table | str] = [doors, ""]
    if people.row_count:
        parts += [people, ""]
    parts.append("Ctrl+C stops everything.")
    title = f"Haodian is running ({seconds:.0f} s)"
    out = Console(file=io.StringIO(), force_terminal=Console().is_terminal, width=100)
    with out.capture() as captured:
        out.print(Panel(Group(*parts), title=title, box=box.ROUNDED, expand=False))
    return captured.get()


def demo_accounts() -> list[tuple[str, str, str, str]]:
    """Return (role, email, password, console path) of the demo people; empty without demo data."""
    try:
        return list(importlib.import_module("demo.accounts").DEMO_ACCOUNTS)
    except Exception:  # noqa: BLE001 -- a banner must not bring the system down
        return []

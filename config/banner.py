"""What `make run` prints once the system answers."""

import importlib
import io

from rich import box
from rich.console import Console
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
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for label, path in DOORS:
        table.add_row(label, Text(base + path, style="cyan", no_wrap=True))
    accounts = demo_accounts() if demo else []
    if accounts:
        table.add_row("")
        for role, email, password, path in accounts:
            table.add_row(
                role, Text.assemble(email, "  ", (password, "bold"), "  ", (path, "cyan"))
            )
    table.add_row("")
    table.add_row("Stop", "Ctrl+C")
    title = f"Haodian is running ({seconds:.0f} s)"
    out = Console(file=io.StringIO(), force_terminal=Console().is_terminal, width=100)
    with out.capture() as captured:
        out.print(Panel(table, title=title, box=box.ROUNDED, expand=False))
    return captured.get()


def demo_accounts() -> list[tuple[str, str, str, str]]:
    """Return (role, email, password, console path) of the demo people; empty without demo data."""
    try:
        return list(importlib.import_module("demo.accounts").DEMO_ACCOUNTS)
    except Exception:  # noqa: BLE001 -- a banner must not bring the system down
        return []

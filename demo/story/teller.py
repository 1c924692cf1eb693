"""Prints the story, one line a step that a person understands."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape

from kernel.money import display


class StoryBroke(Exception):
    """Something did not happen as the story tells it."""


class Teller:
    """Counts and prints what happens."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.steps = 0

    def chapter(self, title: str) -> None:
        """Print a heading."""
        self.console.print(f"\n[bold]{escape(title)}[/]")

    def tell(self, who: str, what: str) -> None:
        """Print and count one step."""
        self.steps += 1
        self.console.print(
            f"{self.steps:>3}. [cyan]{escape(who)}[/] {escape(what)}", highlight=False
        )

    def identity(self, label: str, block: dict[str, Any]) -> None:
        """Print the identity that the buyer sees at this point."""
        self.console.print(
            f"       [magenta]{escape(label)}: {escape(face(block))}[/]", highlight=False
        )

    def money(self, label: str, amount: int) -> None:
        """Print an amount that moved."""
        self.console.print(f"       [green]{escape(label)}: {display(amount)}[/]", highlight=False)


def face(block: dict[str, Any]) -> str:
    """Return an identity block as a person reads it: account, shop, relation."""
    storefront = block.get("storefront", block)
    shop, account = storefront["shop"], storefront.get("account")
    text = f"shop “{shop['name']}”"
    if account:
        tick = " ✓" if account["verified"] else ""
        text = f"@{account['handle']} “{account['name']}”{tick} = {text} ({storefront['relation']})"
    presenter = block.get("presenter")
    if presenter:
        text += f", presented by “{presenter['account']['name']}”"
    return text


def check(condition: bool, message: str) -> None:
    """Raise StoryBroke with `message` unless `condition` holds."""
    if not condition:
        raise StoryBroke(message)

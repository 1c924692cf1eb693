"""`manage.py story`: one sale, played over HTTP against the running system."""

from __future__ import annotations

import json
import os
import time
from argparse import ArgumentParser
from typing import Any

import httpx
from django.core.management.base import BaseCommand
from rich.console import Console

from demo.accounts import DEMO_ACCOUNTS
from demo.story import chapters_after, chapters_identity, chapters_sale
from demo.story.chapters_identity import Stage
from demo.story.people import Person
from demo.story.teller import StoryBroke, Teller
from settlements.services.audit import audit

CHAPTERS = (
    chapters_identity.people,
    chapters_identity.shop,
    chapters_identity.binding,
    chapters_identity.product,
    chapters_identity.alliance,
    chapters_sale.order,
    chapters_sale.refund_before_shipping,
    chapters_sale.ship,
    chapters_sale.unpaid,
    chapters_after.dispute,
    chapters_after.settlement,
    chapters_after.rename,
    chapters_after.unbind,
)


class Command(BaseCommand):
    """Play the story, audit all books, print one JSON line; exit 1 when anything is wrong."""

    help = "Play one sale from binding to refund against the running system, then audit the books."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the address of the system."""
        default = os.environ.get("HAODIAN_BASE_URL", "http://127.0.0.1:8000")
        parser.add_argument("--base-url", default=default)

    def handle(self, *args: Any, **options: Any) -> None:
        """Play, audit, and tell the result."""
        began = time.monotonic()
        teller = Teller(Console(soft_wrap=True))
        broke = ""
        try:
            stage = open_stage(teller, options["base_url"])
            for chapter in CHAPTERS:
                chapter(stage)
        except StoryBroke as error:
            broke = str(error)
            teller.console.print(f"[red]The story broke:[/] {error}", highlight=False)
        except (KeyError, IndexError, StopIteration) as error:
            broke = f"an answer has another shape than told: {error!r}"
            teller.console.print_exception()
        except httpx.TransportError as error:
            broke = f"no answer from {options['base_url']}: {error}"
            teller.console.print(f"[red]{broke}[/] Is `make run` running?", highlight=False)
        teller.chapter("The books")
        breaches = _audit(teller)
        result = {
            "steps": teller.steps,
            "violations": breaches,
            "broke": broke,
            "seconds": round(time.monotonic() - began, 1),
        }
        self.stdout.write(json.dumps(result, ensure_ascii=False))
        if broke or breaches:
            raise SystemExit(1)


def open_stage(teller: Teller, base_url: str) -> Stage:
    """Return the seven people; the platform's two sign in with the demo's log-ins."""
    names = {
        "owner": "Lin",
        "clerk": "Zhao",
        "buyer": "Chen Jing",
        "creator": "A-Mei",
        "agency": "Starbridge",
        "operator": "the operator",
        "support": "support",
    }
    people: dict[str, Any] = {key: Person(name, base_url) for key, name in names.items()}
    stage = Stage(teller, **people)
    for account in DEMO_ACCOUNTS:
        if account.role in ("operator", "support"):
            getattr(stage, account.role).sign_in(account.email, account.password)
    return stage


def _audit(teller: Teller) -> int:
    """Run every room's invariants as SQL; print the breaches and return how many there are."""
    found = audit()
    for room, breaches in found.items():
        teller.console.print(f"       {room}: {len(breaches)} violations", highlight=False)
        for breach in breaches[:10]:
            teller.console.print(f"         [red]{breach}[/]", highlight=False)
    return sum(len(breaches) for breaches in found.values())

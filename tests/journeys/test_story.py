"""The story, told over HTTP to a live server: what `make story` does, inside the suite."""

import threading
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from rich.console import Console

from accounts.enums import RoleKind
from accounts.services import roles, sign_up
from demo.accounts import DEMO_ACCOUNTS
from demo.management.commands.story import CHAPTERS, open_stage
from demo.story.teller import Teller
from kernel import clock, delivery
from kernel.actors import SYSTEM
from orders.services import outgoing
from settlements.services import audit, settling
from shops.services import endings
from tests.factories.catalog import product_on_sale

pytestmark = [pytest.mark.journeys, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def platform() -> None:
    """Give the platform its two people, who cannot be made through a door."""
    for account in DEMO_ACCOUNTS:
        if account.role in (RoleKind.OPERATOR, RoleKind.SUPPORT):
            user = sign_up.register(
                email=account.email, password=account.password, name="", at=clock.now()
            )
            roles.grant(user=user, role=account.role, at=clock.now(), actor=SYSTEM)


@pytest.fixture
def worker() -> Iterator[None]:
    """Sweep as beat and worker do, in a thread of its own."""
    over = threading.Event()

    def sweep() -> None:
        while not over.wait(0.1):
            at = clock.now()
            delivery.deliver_all()
            outgoing.close_due_orders(at=at)
            outgoing.send_due_refunds(at=at)
            settling.settle_due(at=at)
            endings.complete_unbindings(at=at)
        connection.close()

    thread = threading.Thread(target=sweep)
    thread.start()
    yield
    over.set()
    thread.join()


@pytest.mark.usefixtures("platform", "worker")
def test_the_story_comes_to_its_end_and_the_books_are_right(live_server: Any) -> None:
    product_on_sale()
    teller = Teller(Console(file=StringIO(), soft_wrap=True))
    stage = open_stage(teller, live_server.url)

    for chapter in CHAPTERS:
        chapter(stage)

    assert teller.steps == 40
    assert audit.audit() == {room: [] for room in audit.ROOMS}

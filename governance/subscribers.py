"""What governance does when it hears facts: it lifts at once what no longer has a reason."""

from __future__ import annotations

from collections.abc import Sequence

from governance.events import ConsequencesChanged, DepositChanged, PaymentStarted
from governance.services import consequences, restricting
from kernel import clock
from kernel.actors import SYSTEM
from kernel.events import on
from kernel.tasks import nudge_task
from shops.services import opening


@on(DepositChanged)
def restrict_by_deposit(events: Sequence[DepositChanged]) -> None:
    """Open a shop that waited for it, and lift what a deposit restricted, once it is paid.

    The sweep would lift it within the quarter hour.
    """
    for shop_id in sorted({event.shop_id for event in events}):
        at = clock.now()
        opening.open_if_ready(shop_id=shop_id, at=at, actor=SYSTEM)
        restricting.apply(shop_id=shop_id, at=at)


@on(ConsequencesChanged)
def apply_consequences(events: Sequence[ConsequencesChanged]) -> None:
    """Let an exemption take effect at once."""
    for shop_id in sorted({event.shop_id for event in events}):
        consequences.apply(shop_id=shop_id, at=clock.now())


@on(PaymentStarted)
def collect_soon(events: Sequence[PaymentStarted]) -> None:
    """Wake a worker: somebody waits at the cashier."""
    nudge_task("governance.tasks.collect_payments")

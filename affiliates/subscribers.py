"""What the alliance does when orders tell of money. All but one: heard after commit, in sets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from affiliates.events import PlanFileQueued
from affiliates.services import commissions
from kernel import clock
from kernel.events import on
from kernel.tasks import nudge_task
from orders.events import (
    OrderClosed,
    OrderCompleted,
    OrderFrozen,
    OrderLineRefunded,
    OrderPaid,
)


@on(PlanFileQueued)
def do_plan_files_soon(events: Sequence[PlanFileQueued]) -> None:
    """Wake a worker: somebody looks at the progress."""
    nudge_task("affiliates.tasks.do_plan_files")


@on(OrderPaid)
def estimate_commissions(events: Sequence[OrderPaid]) -> None:
    """Derive what the paid lines earn."""
    commissions.sync(order_ids={event.order_id for event in events}, at=clock.now())


@on(OrderCompleted)
def confirm_commissions(events: Sequence[OrderCompleted]) -> None:
    """The buyer has the goods."""
    commissions.sync(order_ids={event.order_id for event in events}, at=clock.now())


@on(OrderFrozen)
def hold_commissions(events: Sequence[OrderFrozen]) -> None:
    """A case is open, or closed again."""
    commissions.sync(order_ids={event.order_id for event in events}, at=clock.now())


@on(OrderClosed)
def void_commissions(events: Sequence[OrderClosed]) -> None:
    """Nothing was shipped."""
    commissions.sync(order_ids={event.order_id for event in events}, at=clock.now())


@on(OrderLineRefunded, same_transaction=True)
def reduce_commissions(events: Sequence[OrderLineRefunded]) -> None:
    """Same transaction: a refund whose commission stays would pay the money twice."""
    for event in events:
        commissions.apply_refunds(line_ids=[event.line_id], at=datetime.fromisoformat(event.at))

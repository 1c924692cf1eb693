"""What the first page says: the shops' days added up, and their scores."""

from __future__ import annotations

from demo.seeding import World
from insights.services import days, scores
from kernel import delivery


def seed(world: World) -> None:
    """Add the days up and score the shops, as the worker would in the first night."""
    delivery.deliver_all()
    days.add_up_all(rests=False)
    scores.refresh_all(at=world.now)

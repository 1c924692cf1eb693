"""What accounts does when somebody tells a fact."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.events import FollowChanged
from accounts.services import follows
from kernel.events import on


@on(FollowChanged)
def count_followers(events: Sequence[FollowChanged]) -> None:
    """Bring the counters up to the rows."""
    follows.recount(account_ids={event.account_id for event in events})

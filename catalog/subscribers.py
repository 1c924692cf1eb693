"""What the catalog does when it hears something."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.events import BulkEditQueued, ImportQueued
from catalog.services import storefronts
from kernel import clock
from kernel.events import on
from kernel.tasks import nudge_task
from shops.events import ShopOpened, StorefrontChanged


@on(ImportQueued)
def start_imports(events: Sequence[ImportQueued]) -> None:
    """Wake a worker: somebody looks at the progress."""
    nudge_task("catalog.tasks.sweep_imports")


@on(BulkEditQueued)
def start_bulk_edits(events: Sequence[BulkEditQueued]) -> None:
    """Wake a worker: somebody looks at the progress."""
    nudge_task("catalog.tasks.sweep_bulk_edits")


@on(ShopOpened)
def find_opened(events: Sequence[ShopOpened]) -> None:
    """Let a shop be found by its names once it is open."""
    storefronts.refresh({event.shop_id for event in events}, at=clock.now())


@on(StorefrontChanged)
def find_by_new_names(events: Sequence[StorefrontChanged]) -> None:
    """Let a shop and its face be found by the names that they have now."""
    storefronts.refresh({event.shop_id for event in events}, at=clock.now())

"""What the catalog does when it tells itself something."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.events import BulkEditQueued, ImportQueued
from kernel.events import on
from kernel.tasks import nudge_task


@on(ImportQueued)
def start_imports(events: Sequence[ImportQueued]) -> None:
    """Wake a worker: somebody looks at the progress."""
    nudge_task("catalog.tasks.sweep_imports")


@on(BulkEditQueued)
def start_bulk_edits(events: Sequence[BulkEditQueued]) -> None:
    """Wake a worker: somebody looks at the progress."""
    nudge_task("catalog.tasks.sweep_bulk_edits")

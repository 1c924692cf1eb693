"""Celery doors of the catalog."""

from __future__ import annotations

import logging
from typing import Any

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError

from catalog.enums import ImportStatus
from catalog.models import ImportJob
from catalog.services import buckets, bundles, papers, prices, storefronts
from catalog.services.bulk import applying
from catalog.services.importing import jobs
from catalog.services.pictures import keeping
from kernel import clock

logger = logging.getLogger(__name__)

#: Fits well into the time limit of a task; the sweep goes on with what is left.
CHUNKS_PER_TASK = 10
JOBS_PER_SWEEP = 3


@shared_task(acks_late=True)
def run_import(*, job_id: int, **_: Any) -> None:
    """Do what there is to do of one import. Safe to run twice, and side by side."""
    job = ImportJob.objects.filter(pk=job_id).first()
    if job is None or job.status not in (ImportStatus.QUEUED, ImportStatus.RUNNING):
        return
    try:
        jobs.run(job=job, at=clock.now(), max_chunks=CHUNKS_PER_TASK)
    except (OperationalError, SoftTimeLimitExceeded):
        raise  # no fault of the file: the job stands after its last chunk, the sweep comes back
    except Exception as error:
        # Without an end it would be tried, and fail, for ever.
        logger.exception("import %s failed", job.public_id)
        jobs.fail(job=job, error=f"Unexpected: {type(error).__name__}", at=clock.now())


@shared_task(acks_late=True)
def sweep_imports(**_: Any) -> None:
    """Go on with imports that wait, or whose worker died."""
    waiting = ImportJob.objects.filter(status__in=[ImportStatus.QUEUED, ImportStatus.RUNNING])
    for job_id in waiting.order_by("pk").values_list("pk", flat=True)[:JOBS_PER_SWEEP]:
        run_import(job_id=job_id)


@shared_task(acks_late=True)
def sweep_bulk_edits(**_: Any) -> None:
    """Go on with bulk edits that are being applied or undone, one chunk a transaction."""
    for job_id in applying.at_work(limit=JOBS_PER_SWEEP):
        try:
            for _chunk in range(CHUNKS_PER_TASK):
                if not applying.run_chunk(job_id=job_id, at=clock.now()):
                    break
        except (OperationalError, SoftTimeLimitExceeded):
            raise  # whole chunks are done; the sweep comes back for the rest
        except Exception:
            # Without an end it would be tried, and fail, for ever.
            logger.exception("bulk edit %s failed", job_id)
            applying.give_up(job_id=job_id, at=clock.now())


@shared_task(acks_late=True)
def sweep_pictures(**_: Any) -> None:
    """Delete files of pictures that no row names: what an upload left that was taken back."""
    gone = keeping.sweep(at=clock.now())
    if gone:
        logger.info("%s files of pictures without a row were deleted", gone)


@shared_task(acks_late=True)
def end_papers(**_: Any) -> None:
    """End grants and licences whose time is over, with what follows for their shops."""
    papers.end_due(at=clock.now())


@shared_task(acks_late=True)
def end_buckets(**_: Any) -> None:
    """Set free what was set aside until now."""
    ended = buckets.end_due(at=clock.now())
    if ended:
        logger.info("%s buckets of stock have ended", ended)


@shared_task(acks_late=True)
def index_storefronts(**_: Any) -> None:
    """Let open shops be found by their names that nobody told of."""
    storefronts.index_missing(at=clock.now())


@shared_task(acks_late=True)
def index_storefronts_again(**_: Any) -> None:
    """Forget names that are too old, and brands whose time is over."""
    storefronts.index_again(at=clock.now())


@shared_task(acks_late=True)
def fill_bundles(**_: Any) -> None:
    """Put together what bundles lack of what they shall keep ready."""
    bundles.fill_up(at=clock.now())


@shared_task(acks_late=True)
def apply_begun_prices(**_: Any) -> None:
    """Show scheduled prices in lists once they have begun."""
    prices.apply_begun()

"""Files of plans as rows: sent once, decided part by part, reported row by row.

A part is one transaction: its plans, its faults and the count of rows done. A process that is
killed leaves whole parts behind, and whoever takes the job next goes on after them. A row whose
rate is in force or asked for already changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from affiliates.enums import PlanFileStatus
from affiliates.errors import NothingToApply, TooManyPlanFiles
from affiliates.events import PlanFileQueued
from affiliates.models import PlanFile, PlanRowFault
from affiliates.services.planfiles.deciding import carry_out, wishes_of
from affiliates.services.planfiles.reading import WrittenRow, rows_of
from kernel import audit, walls
from kernel.actors import Actor, Role
from kernel.events import publish
from kernel.states import move
from shops.models import Shop

#: Rows in one part.
PART = 100
#: How long a dry run's rows are kept to be applied.
KEEP_DRY_RUN = timedelta(days=7)
_OPEN = (PlanFileStatus.QUEUED, PlanFileStatus.RUNNING)


@transaction.atomic
def start(
    *,
    shop: Shop,
    filename: str,
    content: bytes,
    actor: Actor,
    at: datetime,
    is_dry_run: bool = False,
) -> PlanFile:
    """Queue the plans of a file, or of pasted lines, and return the job; a worker does them.

    The same rows that are not done yet are the same job. A dry run reports the same and changes
    nothing. Raises UnreadableFile and MissingColumns for what is not a table of plans,
    TooManyPlanFiles while others of the shop are not done.
    """
    rows = [list(row) for row in rows_of(content)]
    return _queue(shop, filename, rows, actor, at, is_dry_run)


@transaction.atomic
def apply_dry_run(*, job_id: int, actor: Actor, at: datetime) -> PlanFile:
    """Queue the rows of a dry run to be done now, and return the new job.

    Raises NothingToApply unless it is a dry run that is done, with good rows that were not applied.
    """
    job = PlanFile.objects.select_for_update(no_key=True, of=("self",)).get(pk=job_id)
    if not job.can_be_applied:
        raise NothingToApply
    rows, job.rows = job.rows, []
    job.save(update_fields=["rows"])
    return _queue(job.shop, job.filename, rows, actor, at, is_dry_run=False)


@transaction.atomic
def do_part(*, job_id: int, at: datetime) -> bool:
    """Decide the next rows of a job; return whether there is more to do.

    False also when it is over, or somebody else is at it right now.
    """
    jobs = PlanFile.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
    job = jobs.filter(pk=job_id, status__in=_OPEN).first()
    if job is None:
        return False
    with walls.behind(job.shop_id):
        return _do_part(job, at)


def _do_part(job: PlanFile, at: datetime) -> bool:
    author = _author(job)
    if job.status == PlanFileStatus.QUEUED:
        move(job, to=PlanFileStatus.RUNNING, at=at, actor=author)
    # All rows: what stands twice in a file may stand in two parts.
    wishes = wishes_of(shop_id=job.shop_id, rows=[WrittenRow(*row) for row in job.rows])
    part = wishes[job.done_count : job.done_count + PART]
    carry_out(shop_id=job.shop_id, wishes=part, actor=author, at=at, is_dry_run=job.is_dry_run)
    PlanRowFault.objects.bulk_create(
        PlanRowFault(
            job=job,
            shop_id=job.shop_id,
            row_number=wish.row.number,
            column=wish.column,
            code=wish.code,
            is_note=wish.is_good,
            cells=wish.row.cells,
        )
        for wish in part
        if wish.code
    )
    job.done_count += len(part)
    job.good_count += sum(wish.is_good for wish in part)
    job.bad_count = job.done_count - job.good_count
    job.save(update_fields=["done_count", "good_count", "bad_count"])
    if job.done_count < job.total_count:
        return True
    # A file that was done has done its work; a dry run's rows may still be applied.
    rows = job.rows if job.is_dry_run else []
    move(job, to=PlanFileStatus.DONE, at=at, actor=author, finished_at=at, rows=rows)
    return False


@transaction.atomic
def fail(*, job_id: int, error: str, at: datetime) -> None:
    """End a job that cannot go on; what it did is done, and one that is over stays."""
    job = PlanFile.objects.select_for_update(no_key=True, of=("self",)).get(pk=job_id)
    if job.status in _OPEN:
        failed = PlanFileStatus.FAILED
        move(job, to=failed, at=at, actor=_author(job), finished_at=at, error=error[:300])


@transaction.atomic
def empty_old(*, at: datetime, limit: int = 100) -> int:
    """Forget the rows of dry runs that nobody applied in time; return how many."""
    jobs = PlanFile.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
    ended = at - KEEP_DRY_RUN
    old = jobs.filter(is_dry_run=True, status=PlanFileStatus.DONE, finished_at__lte=ended)
    pks = list(old.exclude(rows=[]).order_by("pk").values_list("pk", flat=True)[:limit])
    return PlanFile.objects.filter(pk__in=pks).update(rows=[])


def _queue(
    shop: Shop,
    filename: str,
    rows: Sequence[Sequence[object]],
    actor: Actor,
    at: datetime,
    is_dry_run: bool,
) -> PlanFile:
    Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)  # one at a time: the count is true
    waiting = PlanFile.objects.filter(shop=shop, status__in=_OPEN)
    same = waiting.filter(rows=list(rows), is_dry_run=is_dry_run).order_by("pk").first()
    if same is not None:
        return same
    if waiting.count() >= settings.MAX_OPEN_PLAN_FILES:
        raise TooManyPlanFiles
    job = PlanFile.objects.create(
        shop=shop,
        filename=filename[:200],
        rows=list(rows),
        is_dry_run=is_dry_run,
        total_count=len(rows),
        user_id=actor.user_id,
        actor_label=actor.label[:120],
        created_at=at,
    )
    after = {"file": job.filename, "rows": len(rows), "is_dry_run": is_dry_run}
    audit.record(actor=actor, action="affiliates.start_plan_file", target=job, at=at, after=after)
    publish(PlanFileQueued(job_id=job.pk, shop_id=shop.pk))
    return job


def _author(job: PlanFile) -> Actor:
    """The person who sent it; what they may do was asked when they did."""
    return Actor(
        role=Role.MERCHANT,
        user_id=job.user_id,
        shop_id=job.shop_id,
        label=job.actor_label or "plan file",
    )

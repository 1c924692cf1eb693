"""Files of parcels as rows: sent once, decided part by part, reported row by row.

A part is one transaction: its parcels, its faults and the count of rows done. A process that is
killed leaves whole parts behind, and whoever takes the job next goes on after them. A row that is
sent again names the parcel that left: it ships nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from kernel import audit, walls
from kernel.actors import Actor, Role
from kernel.events import publish
from kernel.states import move
from orders.enums import ShippingFileStatus
from orders.errors import NothingToShip, TooManyShippingFiles
from orders.events import ShippingFileQueued
from orders.models import ShippingFile, ShippingRowFault
from orders.services.shipfiles.deciding import ship_wishes
from orders.services.shipfiles.reading import WrittenRow, rows_of
from orders.services.shipfiles.sorting import ParcelWish, parts, wishes_of
from shops.models import Shop

#: Rows in one part; the rows of one order are never torn apart.
PART = 250
#: How long a dry run's rows are kept to be shipped.
KEEP_DRY_RUN = timedelta(days=7)
_OPEN = (ShippingFileStatus.QUEUED, ShippingFileStatus.RUNNING)


@transaction.atomic
def start(
    *,
    shop: Shop,
    filename: str,
    content: bytes,
    actor: Actor,
    at: datetime,
    is_dry_run: bool = False,
) -> ShippingFile:
    """Queue the parcels of a file, or of pasted lines, and return the job; a worker ships them.

    The same rows that are not done yet are the same job. A dry run reports the same faults and
    ships nothing. Raises UnreadableFile and MissingColumns for what is not a table of parcels,
    TooManyShippingFiles while others of the shop are not done.
    """
    rows = [list(row) for row in rows_of(content)]
    return _queue(shop, filename, rows, actor, at, is_dry_run)


@transaction.atomic
def ship_dry_run(*, job_id: int, actor: Actor, at: datetime) -> ShippingFile:
    """Queue the rows of a dry run to be shipped now, and return the new job.

    Raises NothingToShip unless it is a dry run that is done, has good rows and was not shipped yet.
    """
    job = ShippingFile.objects.select_for_update(no_key=True, of=("self",)).get(pk=job_id)
    is_done = job.is_dry_run and job.status == ShippingFileStatus.DONE
    if not (is_done and job.good_count and job.rows):
        raise NothingToShip
    rows, job.rows = job.rows, []
    job.save(update_fields=["rows"])
    return _queue(job.shop, job.filename, rows, actor, at, is_dry_run=False)


@transaction.atomic
def ship_part(*, job_id: int, at: datetime) -> bool:
    """Decide the next rows of a job; return whether there is more to do.

    False also when it is over, or somebody else is at it right now.
    """
    jobs = ShippingFile.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
    job = jobs.filter(pk=job_id, status__in=_OPEN).first()
    if job is None:
        return False
    with walls.behind(job.shop_id):
        return _ship_part(job, at)


def _ship_part(job: ShippingFile, at: datetime) -> bool:
    if job.status == ShippingFileStatus.QUEUED:
        move(job, to=ShippingFileStatus.RUNNING, at=at, actor=_author(job))
    orders = wishes_of(WrittenRow(*row) for row in job.rows)
    wishes = parts(orders, after=job.done_count, limit=PART)
    ship_wishes(
        shop_id=job.shop_id, wishes=wishes, actor=_author(job), at=at, is_dry_run=job.is_dry_run
    )
    _report(job, wishes)
    job.done_count += sum(len(wish.rows) for wish in wishes)
    job.good_count += sum(len(wish.rows) for wish in wishes if wish.is_good)
    job.bad_count = job.done_count - job.good_count
    job.save(update_fields=["done_count", "good_count", "bad_count"])
    if job.done_count < job.total_count:
        return True
    # A file that was shipped has done its work; a dry run's may still be shipped.
    rows = job.rows if job.is_dry_run else []
    move(job, to=ShippingFileStatus.DONE, at=at, actor=_author(job), finished_at=at, rows=rows)
    return False


@transaction.atomic
def fail(*, job_id: int, error: str, at: datetime) -> None:
    """End a job that cannot go on; what it shipped is shipped, and one that is over stays."""
    job = ShippingFile.objects.select_for_update(no_key=True).get(pk=job_id)
    if job.status in _OPEN:
        move(
            job,
            to=ShippingFileStatus.FAILED,
            at=at,
            actor=_author(job),
            finished_at=at,
            error=error[:300],
        )


@transaction.atomic
def empty_old(*, at: datetime, limit: int = 100) -> int:
    """Forget the rows of dry runs that nobody shipped in time; return how many."""
    jobs = ShippingFile.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
    old = jobs.filter(
        is_dry_run=True, status=ShippingFileStatus.DONE, finished_at__lte=at - KEEP_DRY_RUN
    )
    pks = list(old.exclude(rows=[]).order_by("pk").values_list("pk", flat=True)[:limit])
    return ShippingFile.objects.filter(pk__in=pks).update(rows=[])


def _queue(
    shop: Shop,
    filename: str,
    rows: Sequence[Sequence[object]],
    actor: Actor,
    at: datetime,
    is_dry_run: bool,
) -> ShippingFile:
    Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)  # one at a time: the count is true
    waiting = ShippingFile.objects.filter(shop=shop, status__in=_OPEN)
    same = waiting.filter(rows=list(rows), is_dry_run=is_dry_run).order_by("pk").first()
    if same is not None:
        return same
    if waiting.count() >= settings.MAX_OPEN_SHIPPING_FILES:
        raise TooManyShippingFiles
    job = ShippingFile.objects.create(
        shop=shop,
        filename=filename[:200],
        rows=list(rows),
        is_dry_run=is_dry_run,
        total_count=len(rows),
        user_id=actor.user_id,
        actor_label=actor.label[:120],
        created_at=at,
    )
    audit.record(
        actor=actor,
        action="orders.start_shipping_file",
        target=job,
        at=at,
        after={"file": job.filename, "rows": len(rows), "is_dry_run": is_dry_run},
    )
    publish(ShippingFileQueued(job_id=job.pk, shop_id=shop.pk))
    return job


def _author(job: ShippingFile) -> Actor:
    """The person who sent it; what they may do was asked when they did."""
    return Actor(
        role=Role.MERCHANT,
        user_id=job.user_id,
        shop_id=job.shop_id,
        label=job.actor_label or "shipping file",
    )


def _report(job: ShippingFile, wishes: Sequence[ParcelWish]) -> None:
    written = {row.number: row for wish in wishes for row in wish.rows}
    ShippingRowFault.objects.bulk_create(
        ShippingRowFault(
            job=job,
            shop_id=job.shop_id,
            row_number=fault.row,
            column=fault.column,
            code=fault.code,
            is_note=fault.is_note,
            cells=written[fault.row].cells,
        )
        for wish in wishes
        for fault in dict.fromkeys(wish.all_faults())
    )

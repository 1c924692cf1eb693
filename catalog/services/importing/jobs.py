"""Imports as rows: started once, done chunk by chunk, reported row by row.

A chunk is one transaction: its products, its faults and the count of rows done. A process that is
killed leaves whole chunks behind, and whoever takes the job next goes on after them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.enums import ImportFormat, ImportStatus
from catalog.errors import MissingColumns, UnreadableFile
from catalog.events import ImportQueued
from catalog.models import Category, ImportJob, ImportRowError
from catalog.services.importing import shopify, template, yanxuan
from catalog.services.importing.faults import Fault
from catalog.services.importing.landing import Landing, land
from catalog.services.importing.lines import Line, Plan
from catalog.services.importing.reading import MAX_BYTES, table
from catalog.services.importing.words import Words, make_words
from kernel import audit, walls
from kernel.actors import Actor, Role
from kernel.events import publish
from kernel.states import move
from shops.models import Shop

CHUNK = 500
#: A product's rows stay together when they cross the end of a chunk, up to so many.
MAX_OVERHANG = 200

_PARSERS: dict[str, Callable[[bytes], Plan]] = {
    ImportFormat.TEMPLATE: template.parse,
    ImportFormat.SHOPIFY: shopify.parse,
    ImportFormat.YANXUAN: yanxuan.parse,
}


@dataclass(frozen=True)
class Progress:
    """How far a job is."""

    status: str
    total: int
    done: int
    good: int
    bad: int

    @property
    def is_over(self) -> bool:
        return self.status in (ImportStatus.DONE, ImportStatus.FAILED)


class _DryRun(Exception):
    """Undoes what a chunk wrote."""


@transaction.atomic
def start(
    *,
    shop: Shop,
    format: str,  # noqa: A002 -- the word of the trade, and of the model
    filename: str,
    content: bytes,
    actor: Actor,
    at: datetime,
    is_dry_run: bool = False,
    is_trusted: bool = False,
    is_published: bool = False,
    category: Category | None = None,
) -> ImportJob:
    """Queue a file for `shop` and return its job; a worker or `run` does it.

    The same file that waits already, or was begun and not finished, is the same job.

    `category` takes the products whose rows name none that we know. A dry run reports and writes
    nothing. A trusted import makes missing categories and brands, a published one approves and
    lists what lands: the platform's powers. Raises UnreadableFile for an empty or too large file,
    a format that is not known, and a Yanxuan export that is not trusted.
    """
    if not content or len(content) > MAX_BYTES:
        raise UnreadableFile(_("A file has 1 byte to 10 MB."))
    if format not in _PARSERS:
        raise UnreadableFile(_("This format is not known."))
    if format == ImportFormat.YANXUAN and not is_trusted:
        raise UnreadableFile(_("Only the platform imports this format."))
    begun = unfinished(shop=shop, content=content, is_dry_run=is_dry_run, is_published=is_published)
    if begun is not None:
        return begun
    job = ImportJob.objects.create(
        shop=shop,
        format=format,
        filename=filename[:200],
        content=content,
        is_dry_run=is_dry_run,
        is_trusted=is_trusted,
        is_published=is_published,
        category=category,
        actor_label=actor.label[:120],
        created_at=at,
    )
    audit.record(
        actor=actor,
        action="catalog.start_import",
        target=job,
        at=at,
        after={"file": job.filename, "is_dry_run": is_dry_run, "is_published": is_published},
    )
    publish(ImportQueued(job_id=job.pk, shop_id=shop.pk))
    return job


def guess_format(content: bytes) -> str:
    """Return the format that `content` looks like. Raises UnreadableFile."""
    if content.startswith(b"PK\x03\x04") and yanxuan.looks_like(content):
        return ImportFormat.YANXUAN
    return ImportFormat.SHOPIFY if shopify.looks_like(table(content)) else ImportFormat.TEMPLATE


def plan_of(job: ImportJob) -> Plan:
    """Return the lines of the job's file. Raises UnreadableFile, MissingColumns."""
    return _PARSERS[job.format](bytes(job.content))


@transaction.atomic
def run_chunk(*, job: ImportJob, plan: Plan, at: datetime, wait: bool = False) -> Progress | None:
    """Do the next chunk of `job` and return how far it is.

    None: somebody else is doing one right now; with `wait` their chunk is waited for instead.
    """
    rows = ImportJob.objects.select_for_update(no_key=True, of=("self",), skip_locked=not wait)
    row = rows.select_related("shop", "category").defer("content").filter(pk=job.pk).first()
    if row is None:
        return None
    if row.status == ImportStatus.QUEUED:
        move(
            row,
            to=ImportStatus.RUNNING,
            at=at,
            actor=_actor(row),
            started_at=at,
            total_count=len(plan.lines),
        )
    if row.status != ImportStatus.RUNNING:
        return _progress(row)
    chunk = _next(plan.lines, row.done_count)
    _land(row, plan, chunk, at)
    _report(row, [fault for line in chunk for fault in (*line.faults, *line.notes)])
    good = sum(line.is_good for line in chunk)
    row.done_count += len(chunk)
    row.good_count += good
    row.bad_count += len(chunk) - good
    row.save(update_fields=["done_count", "good_count", "bad_count"])
    if row.done_count >= row.total_count:
        # The file has done its work; its report stays.
        move(row, to=ImportStatus.DONE, at=at, actor=_actor(row), finished_at=at, content=b"")
    return _progress(row)


@transaction.atomic
def fail(*, job: ImportJob, error: str, at: datetime, columns: Sequence[str] = ()) -> None:
    """End a job that cannot go on; `columns` are the ones it lacks. One that is over stays."""
    row = ImportJob.objects.select_for_update(no_key=True).defer("content").get(pk=job.pk)
    if row.status not in (ImportStatus.QUEUED, ImportStatus.RUNNING):
        return
    _report(row, [Fault(1, column, "missing_column") for column in columns])
    move(
        row,
        to=ImportStatus.FAILED,
        at=at,
        actor=_actor(row),
        finished_at=at,
        error=error[:300],
        content=b"",
    )


def run(
    *,
    job: ImportJob,
    at: datetime,
    wait: bool = False,
    max_chunks: int | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Progress | None:
    """Read the file of `job` and do its chunks, each in a transaction of its own.

    Stops when it is over, after `max_chunks`, or when somebody else has it (None). A file that
    cannot be read ends the job as failed.
    """
    if not wait and _is_taken(job):
        return None
    try:
        plan = plan_of(job)
    except UnreadableFile as refusal:
        columns = refusal.extra["columns"] if isinstance(refusal, MissingColumns) else ()
        fail(job=job, error=str(refusal.detail), columns=columns, at=at)
        job.refresh_from_db()
        return _progress(job)
    progress: Progress | None = None
    done = 0
    while max_chunks is None or done < max_chunks:
        progress = run_chunk(job=job, plan=plan, at=at, wait=wait)
        done += 1
        if progress is None:
            return None
        if on_progress is not None:
            on_progress(progress)
        if progress.is_over:
            return progress
    return progress


def unfinished(
    *, shop: Shop, content: bytes, is_dry_run: bool, is_published: bool
) -> ImportJob | None:
    """Return the job of the same file that was begun and not finished, if there is one."""
    jobs = ImportJob.objects.filter(
        shop=shop,
        status__in=[ImportStatus.QUEUED, ImportStatus.RUNNING],
        is_dry_run=is_dry_run,
        is_published=is_published,
    )
    return next((job for job in jobs.order_by("-pk") if bytes(job.content) == content), None)


@transaction.atomic
def _is_taken(job: ImportJob) -> bool:
    """Tell whether somebody does a chunk right now: no use in reading the file then."""
    rows = ImportJob.objects.select_for_update(no_key=True, skip_locked=True)
    return rows.filter(pk=job.pk).values_list("pk", flat=True).first() is None


def _actor(job: ImportJob) -> Actor:
    """The person who sent the file; what they may do was asked when they did."""
    role = Role.OPERATOR if job.is_trusted or job.is_published else Role.MERCHANT
    return Actor(role=role, shop_id=job.shop_id, label=job.actor_label or "import")


def _next(lines: Sequence[Line], done: int) -> Sequence[Line]:
    end = min(done + CHUNK, len(lines))
    last = end + MAX_OVERHANG
    while 0 < end < min(len(lines), last) and lines[end].key == lines[end - 1].key:
        end += 1
    return lines[done:end]


def _land(job: ImportJob, plan: Plan, chunk: Sequence[Line], at: datetime) -> None:
    actor = _actor(job)
    is_merchants = actor.role is Role.MERCHANT
    try:
        with walls.behind(job.shop_id) if is_merchants else transaction.atomic():
            if job.is_trusted and plan.categories and (job.is_dry_run or not job.done_count):
                make_words(plan, actor=actor, at=at)
            landing = Landing(
                shop=job.shop,
                plan=plan,
                words=Words(job.category),
                is_published=job.is_published,
                reference=job.public_id,
                actor=actor,
                at=at,
            )
            land(landing, chunk)
            if job.is_dry_run:
                raise _DryRun
    except _DryRun:
        pass


def _report(job: ImportJob, faults: Sequence[Fault]) -> None:
    ImportRowError.objects.bulk_create(
        [
            ImportRowError(
                job=job,
                shop_id=job.shop_id,
                row_number=fault.row,
                column=fault.column[:80],
                code=fault.code,
                fix=fault.fix,
                is_note=fault.is_note,
            )
            for fault in dict.fromkeys(faults)
        ]
    )


def _progress(job: ImportJob) -> Progress:
    return Progress(
        status=job.status,
        total=job.total_count,
        done=job.done_count,
        good=job.good_count,
        bad=job.bad_count,
    )

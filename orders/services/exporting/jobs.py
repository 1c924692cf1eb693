"""Exports as rows: asked for once, written part by part, gone after a week.

A part is one transaction: its piece of the file, the count of its rows and where the next begins. A
process that is killed leaves whole parts behind, and whoever takes the job next goes on after them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Prefetch, Sum
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from kernel import audit, crypto, walls
from kernel.actors import Actor, Role
from kernel.cells import BOM, csv_of
from kernel.downloads import Download
from kernel.errors import FieldError, InvalidInput, NotAllowed
from kernel.events import publish
from kernel.keyset import page_of
from kernel.states import move
from orders.enums import ExportStatus
from orders.errors import ExportExpired, ExportNotReady, TooManyExports
from orders.events import ExportQueued
from orders.models import ExportJob, ExportPart, Order, OrderLine
from orders.selectors import filtered
from orders.services.exporting import columns
from shops.models import Shop

#: Orders in one part.
PART = 500
#: Excel takes a file without it for the local code page.
#: What one has to hold, beside the permission to export, to have receivers in clear.
CLEAR = "orders.reveal"
#: What an export can be asked for: names as in the list of orders.
FILTERS = ("status", "placed_from", "placed_until")
#: Before any order. What is asked for lies between it and now, and so is a time in every zone.
DAWN = datetime(2000, 1, 1, tzinfo=UTC)
#: A download that began in time may take this long: the file stays for it.
LAST_DOWNLOAD = timedelta(hours=1)
_OPEN = (ExportStatus.QUEUED, ExportStatus.RUNNING)


@transaction.atomic
def start(
    *,
    shop: Shop,
    preset: str,
    filters: Mapping[str, Any],
    actor: Actor,
    at: datetime,
    is_unmasked: bool = False,
    reason: str = "",
) -> ExportJob:
    """Queue a file of the orders of `shop` that `filters` ask for, and return its job.

    The filters are frozen: what is placed after `at` is not in the file, whenever it is written.
    With `is_unmasked` receivers are in clear. Raises NotAllowed for that without the permission,
    InvalidInput for it without a reason, TooManyExports while others of the shop are not ready.
    """
    if is_unmasked and not actor.may(CLEAR):
        raise NotAllowed
    if is_unmasked and not reason.strip():
        detail = _("Say what the receivers are needed for.")
        raise InvalidInput(errors=[FieldError("/reason", "required", detail)])
    Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)  # one at a time: the count is true
    if ExportJob.objects.filter(shop=shop, status__in=_OPEN).count() >= settings.MAX_OPEN_EXPORTS:
        raise TooManyExports
    frozen = {"placed_until": at} | dict(filters)
    job = ExportJob.objects.create(
        shop=shop,
        preset=preset,
        filters={name: _packed(value, at) for name, value in frozen.items()},
        is_unmasked=is_unmasked,
        reason=reason.strip() if is_unmasked else "",
        language=translation.get_language() or settings.LANGUAGE_CODE,
        user_id=actor.user_id,
        actor_label=actor.label[:120],
        created_at=at,
    )
    _record("orders.start_export", job, actor, at, {"preset": preset, "filters": job.filters})
    publish(ExportQueued(job_id=job.pk, shop_id=shop.pk))
    return job


@transaction.atomic
def write_part(*, job_id: int, at: datetime) -> bool:
    """Write the next part of a job; return whether there is more to do.

    False also when it is over, or somebody else writes a part right now.
    """
    jobs = ExportJob.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
    job = jobs.filter(pk=job_id, status__in=_OPEN).first()
    if job is None:
        return False
    with walls.behind(job.shop_id):
        return _write_part(job, at)


def _write_part(job: ExportJob, at: datetime) -> bool:
    if job.status == ExportStatus.QUEUED:
        move(job, to=ExportStatus.RUNNING, at=at, actor=_author(job))
    page = page_of(
        _orders(job), ordering=("-placed_at", "-id"), cursor=job.cursor or None, limit=PART
    )
    rows = _rows(job, page.rows)
    room = max(0, settings.MAX_EXPORT_ROWS - job.row_count)  # the setting may have been lowered
    is_cut = len(rows) > room or (len(rows) == room and page.next is not None)
    position = job.parts.count()
    with translation.override(job.language):
        head = BOM + csv_of([columns.titles(job.preset)]) if not position else b""
        content = head + csv_of(columns.values(job.preset, row) for row in rows[:room])
    ExportPart.objects.create(
        job=job,
        shop_id=job.shop_id,
        position=position,
        content_sealed=crypto.seal(content),
        size=len(content),
    )
    job.row_count += len(rows[:room])
    job.is_cut, job.cursor = is_cut, page.next or ""
    job.save(update_fields=["row_count", "is_cut", "cursor"])
    if page.next is not None and not is_cut:
        return True
    move(
        job,
        to=ExportStatus.DONE,
        at=at,
        actor=_author(job),
        finished_at=at,
        expires_at=at + settings.KEEP_EXPORTS,
    )
    return False


@transaction.atomic
def fail(*, job_id: int, error: str, at: datetime) -> None:
    """End a job that cannot go on, and drop what it wrote; one that is over stays."""
    job = ExportJob.objects.select_for_update(no_key=True).get(pk=job_id)
    if job.status in _OPEN:
        job.parts.all().delete()
        move(
            job,
            to=ExportStatus.FAILED,
            at=at,
            actor=_author(job),
            finished_at=at,
            error=error[:300],
        )


@transaction.atomic
def download(*, job: ExportJob, actor: Actor, at: datetime) -> Download:
    """Return the file of `job`; the audit says who took it.

    Raises NotAllowed for receivers in clear without the permission, ExportNotReady, ExportExpired.
    """
    if job.is_unmasked and not actor.may(CLEAR):
        raise NotAllowed
    if job.status == ExportStatus.EXPIRED or (job.expires_at and job.expires_at <= at):
        raise ExportExpired
    if job.status != ExportStatus.DONE:
        raise ExportNotReady
    parts = job.parts.aggregate(count=Count("pk"), size=Sum("size"))
    _record("orders.download_export", job, actor, at, {"rows": job.row_count})
    pieces = _pieces(job, parts["count"])
    return Download(pieces, parts["size"], job.filename, "text/csv; charset=utf-8")


@transaction.atomic
def expire_due(*, at: datetime, limit: int = 100) -> int:
    """Drop the files whose time is over; return how many. Their jobs still say who had them.

    No download begins any more; one that runs has LAST_DOWNLOAD to end.
    """
    jobs = ExportJob.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
    over = jobs.filter(status=ExportStatus.DONE, expires_at__lte=at - LAST_DOWNLOAD)
    due = list(over.order_by("pk")[:limit])
    for job in due:
        job.parts.all().delete()
        move(job, to=ExportStatus.EXPIRED, at=at)
    return len(due)


def _pieces(job: ExportJob, count: int) -> Iterator[bytes]:
    for position in range(count):
        # One after the other: the whole file is never in memory.
        sealed = job.parts.values_list("content_sealed", flat=True)
        yield crypto.unseal(sealed.get(position=position))


def _orders(job: ExportJob) -> Any:
    lines = OrderLine.objects.select_related("sku").order_by("position")
    shown = Order.objects.filter(shop_id=job.shop_id).select_related("storefront")
    return filtered(
        shown.prefetch_related(Prefetch("lines", lines)),
        {name: _unpacked(name, value) for name, value in job.filters.items()},
    )


def _rows(job: ExportJob, orders: Sequence[Order]) -> list[columns.Row]:
    rows = []
    for order in orders:
        receiver = columns.receiver_of(order, is_unmasked=job.is_unmasked)
        rows += [columns.Row(order, line, receiver) for line in order.lines.all()]
    return rows


def _packed(value: Any, at: datetime) -> Any:
    return min(max(value, DAWN), at).isoformat() if isinstance(value, datetime) else value


def _unpacked(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name.startswith("placed_") else value


def _author(job: ExportJob) -> Actor:
    """The person who asked for it; what they may do was asked when they did."""
    return Actor(role=Role.MERCHANT, shop_id=job.shop_id, label=job.actor_label or "export")


def _record(
    action: str, job: ExportJob, actor: Actor, at: datetime, after: Mapping[str, Any]
) -> None:
    audit.record(
        actor=actor,
        action=action,
        target=job,
        at=at,
        after={**after, "is_unmasked": job.is_unmasked},
        reason=job.reason,
    )

"""Apply a bulk edit and take it back, chunk by chunk: only where nobody else changed anything.

Each line is compared under the locks of its product and its counters. Prices: the version in force
is still the one that was looked at. Stock: nobody put pieces in or took some out since; what orders
sold meanwhile stays sold, because a line moves the difference that was looked at.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Max

from catalog.enums import BulkLineState, BulkStatus, MovementKind
from catalog.errors import NothingToChange, UndoTooLate
from catalog.events import BulkEditQueued
from catalog.models import BulkEdit, BulkEditLine, PriceVersion, Product
from catalog.services import prices, stock
from catalog.services.bulk.preparing import Standing, standing, wanted
from catalog.services.counting import MAX_PIECES
from kernel import audit, walls
from kernel.actors import Actor, Role
from kernel.events import publish
from kernel.states import move

CHUNK = 500
#: So many rows are done while the merchant waits; more are a worker's.
AT_ONCE = 200
#: A statement a chunk: as many CASEs as rows would take Django ten times as long as the rest.
WRITE_LINES = """
UPDATE catalog_bulkeditline AS l
SET state = d.state, code = d.code, "column" = d."column",
    new_version = d.new_version, edit_mark = d.edit_mark
FROM jsonb_to_recordset(%s) AS d
     (id bigint, state text, code text, "column" text, new_version bigint, edit_mark bigint)
WHERE l.id = d.id AND l.job_id = %s AND l.shop_id = %s
"""
_WRITTEN = ("id", "state", "code", "column", "new_version", "edit_mark")


@transaction.atomic
def apply(*, job: BulkEdit, actor: Actor, at: datetime) -> BulkEdit:
    """Begin to apply what was looked at and return the bulk edit: applied when it is small.

    A line that somebody else changed since the look is passed over and says so. It can be taken
    back until `UNDO_BULK_EDIT_WITHIN` later. Raises IllegalTransition unless it waits to be looked
    at, NothingToChange without a good line.
    """
    job = _locked(job.pk)
    if job.status == BulkStatus.PREPARED and not job.good_count:
        raise NothingToChange
    until = at + settings.UNDO_BULK_EDIT_WITHIN
    move(job, to=BulkStatus.APPLYING, at=at, actor=actor, applied_at=at, undo_until_at=until)
    _record("catalog.apply_bulk_edit", job, actor, at, {"rows": job.good_count})
    return _begin(job, job.good_count, at)


@transaction.atomic
def undo(*, job: BulkEdit, actor: Actor, at: datetime) -> BulkEdit:
    """Begin to take back what was applied and return the bulk edit: undone when it is small.

    Only rows that nobody changed since are taken back: a price by a new version that says the old
    one, stock by the opposite movement. The others keep what they are, and say why. Raises
    IllegalTransition unless it is applied, UndoTooLate.
    """
    job = _locked(job.pk)
    if job.status == BulkStatus.APPLIED and job.undo_until_at and at > job.undo_until_at:
        raise UndoTooLate
    move(job, to=BulkStatus.UNDOING, at=at, actor=actor, undone_at=at)
    _record("catalog.undo_bulk_edit", job, actor, at, {"rows": job.applied_count})
    return _begin(job, job.applied_count, at)


@transaction.atomic
def discard(*, job: BulkEdit, actor: Actor, at: datetime) -> BulkEdit:
    """Throw away what was looked at; nothing was changed. Raises IllegalTransition."""
    job = _locked(job.pk)
    move(job, to=BulkStatus.DISCARDED, at=at, actor=actor)
    _record("catalog.discard_bulk_edit", job, actor, at, {"rows": job.good_count})
    return job


def at_work(*, limit: int) -> list[int]:
    """Return the keys of bulk edits that are being applied or undone, oldest first."""
    jobs = BulkEdit.objects.filter(status__in=[BulkStatus.APPLYING, BulkStatus.UNDOING])
    return list(jobs.order_by("pk").values_list("pk", flat=True)[:limit])


@transaction.atomic
def run_chunk(*, job_id: int, at: datetime) -> bool:
    """Do the next chunk of a job; return whether there is more to do.

    False also when it is over, or somebody else does a chunk right now.
    """
    jobs = BulkEdit.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
    job = jobs.filter(pk=job_id, status__in=[BulkStatus.APPLYING, BulkStatus.UNDOING]).first()
    return job is not None and _run_chunk(job, at)


@transaction.atomic
def give_up(*, job_id: int, at: datetime) -> None:
    """End a job that cannot go on: the rows that are left stay as they are, and say so."""
    job = _locked(job_id)
    if job.status not in (BulkStatus.APPLYING, BulkStatus.UNDOING):
        return
    is_undo = job.status == BulkStatus.UNDOING
    ready = BulkLineState.APPLIED if is_undo else BulkLineState.WAITING
    left = BulkLineState.KEPT if is_undo else BulkLineState.PASSED
    rows = BulkEditLine.objects.filter(job=job, shop_id=job.shop_id, state=ready)
    count = rows.update(state=left, code="not_done")
    name = "kept_count" if is_undo else "refused_count"
    over = BulkStatus.UNDONE if is_undo else BulkStatus.APPLIED
    move(job, to=over, at=at, actor=_author(job), **{name: getattr(job, name) + count})


def _locked(job_id: int) -> BulkEdit:
    return BulkEdit.objects.select_for_update(no_key=True, of=("self",)).get(pk=job_id)


def _begin(job: BulkEdit, rows: int, at: datetime) -> BulkEdit:
    if rows > AT_ONCE:
        publish(BulkEditQueued(job_id=job.pk, shop_id=job.shop_id))
        return job
    while _run_chunk(job, at):
        pass
    return job


def _run_chunk(job: BulkEdit, at: datetime) -> bool:
    is_undo = job.status == BulkStatus.UNDOING
    ready = BulkLineState.APPLIED if is_undo else BulkLineState.WAITING
    rows = BulkEditLine.objects.filter(job=job, shop_id=job.shop_id, state=ready)
    lines = list(rows.select_related("sku").order_by("row_number")[:CHUNK])
    if not lines:
        move(
            job, to=BulkStatus.UNDONE if is_undo else BulkStatus.APPLIED, at=at, actor=_author(job)
        )
        return False
    with walls.behind(job.shop_id):
        done, left = _Chunk(job, lines, is_undo=is_undo, at=at).run()
    names = ("undone_count", "kept_count") if is_undo else ("applied_count", "refused_count")
    for name, count in zip(names, (done, left), strict=True):
        setattr(job, name, F(name) + count)
    job.save(update_fields=names)
    job.refresh_from_db(fields=names)
    return True


class _Chunk:
    """Some lines of one job under the locks of their products and counters."""

    def __init__(
        self, job: BulkEdit, lines: Sequence[BulkEditLine], *, is_undo: bool, at: datetime
    ) -> None:
        self.job, self.lines, self.is_undo, self.at = job, lines, is_undo, at
        self.done = BulkLineState.UNDONE if is_undo else BulkLineState.APPLIED
        self.left = BulkLineState.KEPT if is_undo else BulkLineState.PASSED

    def run(self) -> tuple[int, int]:
        """Change what may be changed; return how many lines were, and how many were not."""
        sku_ids = [line.target.pk for line in self.lines]
        products = prices.locked_products({line.target.product_id for line in self.lines})
        stock.lock(sku_ids)
        now = standing(sku_ids)
        newest = self._newest(sku_ids)
        for line in self.lines:
            self._settle(line, self._fault(line, now, newest))
        self._judge_prices(products)
        changed = [line for line in self.lines if line.state == self.done]
        self._write_prices([line for line in changed if line.sets_price])
        self._write_stock([line for line in changed if line.delta])
        self._write_lines()
        return len(changed), len(self.lines) - len(changed)

    def _newest(self, sku_ids: Sequence[int]) -> dict[int, int]:
        rows = PriceVersion.objects.filter(sku_id__in=sku_ids).order_by()
        return dict(rows.values_list("sku_id").annotate(last=Max("id")))

    def _fault(self, line: BulkEditLine, now: Standing, newest: dict[int, int]) -> tuple[str, str]:
        """Return the column and the code of what stands against the line, or two empty texts."""
        if line.sets_price:
            live = now.versions.get(line.target.pk)
            seen = line.new_version if self.is_undo else line.old_version
            is_newest = not self.is_undo or newest.get(line.target.pk) == seen
            if (live.pk if live else None) != seen or not is_newest:
                return "price", "price_changed"
            if self.is_undo and line.old_price is None:
                return "price", "no_price_before"
        if line.delta:
            on_hand, held = now.counters.get(line.target.pk, (0, 0))
            if now.marks.get(line.target.pk, 0) != line.edit_mark:
                return "stock", "stock_changed"
            after = on_hand + self._pieces(line)
            if after < held:
                return "stock", "stock_below_held"
            if after > MAX_PIECES:
                return "stock", "stock_too_high"
        return "", ""

    def _settle(self, line: BulkEditLine, fault: tuple[str, str]) -> None:
        line.column, line.code = fault
        line.state = self.left if line.code else self.done

    def _judge_prices(self, products: dict[int, Product]) -> None:
        """A rule may have changed since the look; what was sold before may be sold again."""
        if self.is_undo:
            return
        priced = [line for line in self.lines if line.sets_price and line.state == self.done]
        refusals = prices.judge([wanted(line) for line in priced], products)
        for line, refusal in zip(priced, refusals, strict=True):
            if refusal is not None:
                fault = refusal.errors[0]
                self._settle(line, (fault.pointer.strip("/"), fault.code))

    def _write_prices(self, lines: Sequence[BulkEditLine]) -> None:
        if not lines:
            return
        new_prices = [
            prices.NewPrice(line.target, line.old_price or 0, line.old_list_price)
            if self.is_undo
            else wanted(line)
            for line in lines
        ]
        versions = prices.append_judged(new_prices, actor_label=self.job.actor_label)
        if not self.is_undo:
            for line, version in zip(lines, versions, strict=True):
                line.new_version = version.pk

    def _write_stock(self, lines: Sequence[BulkEditLine]) -> None:
        word = "bulk-undo" if self.is_undo else "bulk"
        moves = []
        for line in lines:
            pieces = self._pieces(line)
            kind = MovementKind.INBOUND if pieces > 0 else MovementKind.OUTBOUND
            reference = f"{word}:{self.job.public_id}:{line.row_number}"
            moves.append(
                stock.Move(
                    line.target.pk,
                    line.shop_id,
                    kind,
                    abs(pieces),
                    reference,
                    self.job.actor_label,
                )
            )
        stock.apply(moves, self.at)
        marks = standing([line.target.pk for line in lines]).marks
        for line in lines:
            line.edit_mark = marks[line.target.pk]

    def _write_lines(self) -> None:
        rows = [{name: getattr(line, name) for name in _WRITTEN} for line in self.lines]
        with connection.cursor() as cursor:
            cursor.execute(WRITE_LINES, [json.dumps(rows), self.job.pk, self.job.shop_id])

    def _pieces(self, line: BulkEditLine) -> int:
        return -line.delta if self.is_undo else line.delta


def _author(job: BulkEdit) -> Actor:
    """The person who asked for it; what they may do was asked when they did."""
    return Actor(role=Role.MERCHANT, shop_id=job.shop_id, label=job.actor_label or "bulk edit")


def _record(action: str, job: BulkEdit, actor: Actor, at: datetime, after: dict[str, int]) -> None:
    audit.record(actor=actor, action=action, target=job, at=at, after=after)

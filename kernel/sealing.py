"""The audit trail is a chain (GV-09, A4): what was written cannot be changed unseen.

Entries are written wherever people act, side by side; a lock that put them in order there would
make every act wait for every other. So they are sealed a moment later, by one sealer at a time: a
seal hashes an entry together with the seal before it, and the last of a batch is marked with a key
that the database does not know. Who rewrites a line must rewrite all seals after it and cannot mark
the last; who cuts the end off is told by an earlier head, which is in the log of the workers.

The digest of a seal is SHA-256 of the digest before (32 zero bytes before the first) and of the
entry as JSON in UTF-8: its columns by name in alphabetical order, without the empty ones, times in
UTC with microseconds. So anybody can check an exported trail without a key.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from kernel import crypto
from kernel.models import AuditCheck, AuditEntry, AuditPending, AuditSeal

logger = logging.getLogger(__name__)

#: The digest before the first seal.
ORIGIN = bytes(32)
#: Entries sealed in one transaction.
BATCH = 1_000
#: How long an entry may wait before that is a fault of its own.
LATE_AFTER = timedelta(minutes=10)

#: The number of the advisory lock that the one sealer holds ("seal" in ASCII).
_LOCK = 0x7365616C

_COLUMNS = sorted(field.attname for field in AuditEntry._meta.concrete_fields)


def message(entry: AuditEntry) -> bytes:
    """Return what is hashed of `entry`."""
    values = {name: getattr(entry, name) for name in _COLUMNS}
    filled = {name: _plain(value) for name, value in values.items() if value not in (None, "", {})}
    return json.dumps(
        filled, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def digest(before: bytes | memoryview, entry: AuditEntry) -> bytes:
    """Return the digest of `entry` after the seal with the digest `before`."""
    return hashlib.sha256(bytes(before) + message(entry)).digest()


def seal() -> int:
    """Seal up to `BATCH` entries, the oldest first, and return how many.

    Nothing is done while somebody else seals. The new head is written to the log.
    """
    with transaction.atomic():
        if not _is_alone():
            return 0
        pks = AuditPending.objects.order_by("entry_id").values_list("entry_id", flat=True)[:BATCH]
        entries = list(AuditEntry.objects.filter(pk__in=list(pks)).order_by("pk"))
        if not entries:
            return 0
        head = AuditSeal.objects.order_by("-number").first()
        seals = list(_chain(entries, head))
        seals[-1].mark = crypto.mark(bytes(seals[-1].digest))
        AuditSeal.objects.bulk_create(seals)
        AuditPending.objects.filter(entry_id__in=[entry.pk for entry in entries]).delete()
    logger.info("audit trail sealed up to %s:%s", seals[-1].number, seals[-1].digest.hex())
    return len(seals)


def mark_anew() -> int:
    """Mark the head with the newest key; return 1, or 0 when it is so or there is none.

    The chain before it is covered by it. The trigger that keeps seals as they are is set aside for
    this one statement, which needs the tables' owner. Raises ValueError when the chain is broken.
    """
    found = verify()
    if found.fault:
        raise ValueError(found.fault)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        head = AuditSeal.objects.order_by("-number").first()
        if head is None or bytes(head.mark or b"") == crypto.mark(bytes(head.digest)):
            return 0
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE kernel_auditseal DISABLE TRIGGER append_only")
            AuditSeal.objects.filter(pk=head.pk).update(mark=crypto.mark(bytes(head.digest)))
            cursor.execute("ALTER TABLE kernel_auditseal ENABLE TRIGGER append_only")
    return 1


def _is_alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def _chain(entries: list[AuditEntry], head: AuditSeal | None) -> Iterator[AuditSeal]:
    number, last = (head.number, head.digest) if head else (0, ORIGIN)
    for entry in entries:
        number, last = number + 1, digest(last, entry)
        yield AuditSeal(number=number, entry=entry, digest=last)


@dataclass(frozen=True)
class Verdict:
    """What a reading of the whole chain found."""

    sealed: int
    waiting: int
    #: ``number:digest`` of the last seal, empty while there is none.
    head: str
    #: The first fault in words, empty when there is none.
    fault: str


def verify(anchor: str = "") -> Verdict:
    """Read the chain from its first seal and return what holds of it.

    `anchor` is a head that was seen earlier, ``number:digest``; the chain must still hold it.
    Raises ValueError for an anchor that is none.
    """
    at, known = _parsed(anchor)
    count, last, mark, fault = 0, ORIGIN, None, ""
    seals = AuditSeal.objects.select_related("entry").order_by("number")
    for one in seals.iterator(chunk_size=2_000):
        count += 1
        last = digest(last, one.entry)
        if fault := _fault_of(one, count, last, known if count == at else None):
            break
        mark = one.mark
    else:
        fault = _fault_at_the_end(count, last, mark, at)
    waiting = AuditPending.objects.count()
    head = f"{count}:{last.hex()}" if count else ""
    return Verdict(count, waiting, head, fault or _fault_outside())


def check(at: datetime) -> AuditCheck:
    """Verify the chain, keep the verdict for the operators, and log a fault as an error."""
    found = verify()
    if found.fault:
        logger.error("audit trail: %s", found.fault)
    return AuditCheck.objects.create(
        at=at, sealed=found.sealed, waiting=found.waiting, fault=found.fault[:300]
    )


def _parsed(anchor: str) -> tuple[int, bytes]:
    if not anchor:
        return 0, b""
    number, _colon, rest = anchor.partition(":")
    known = bytes.fromhex(rest)
    if len(known) != hashlib.sha256().digest_size or int(number) < 1:
        raise ValueError(anchor)
    return int(number), known


def _fault_of(one: AuditSeal, number: int, should: bytes, known: bytes | None) -> str:
    if one.number != number:
        return f"seal {number} is missing, or its entry is"
    if bytes(one.digest) != should:
        return f"entry {one.entry_id} is not what seal {number} says"
    if known is not None and known != should:
        return f"seal {number} is not the one that was seen earlier"
    return ""


def _fault_at_the_end(count: int, last: bytes, mark: bytes | memoryview | None, at: int) -> str:
    if count < at:
        return f"the chain ends at {count} and was seen to reach {at}"
    if count and (mark is None or not crypto.is_marked(last, mark)):
        return f"seal {count} does not carry our mark"
    return ""


def _fault_outside() -> str:
    sealed, waits = (
        kind.objects.filter(entry=OuterRef("pk")) for kind in (AuditSeal, AuditPending)
    )
    lost = AuditEntry.objects.filter(~Exists(sealed), ~Exists(waits)).order_by("pk").first()
    if lost is not None:
        return f"entry {lost.pk} is neither sealed nor waiting to be"
    late = AuditPending.objects.filter(since__lt=Now() - LATE_AFTER).order_by("pk").first()
    return f"entry {late.entry_id} was not sealed in time" if late is not None else ""

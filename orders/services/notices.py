"""What gateways tell us: verified, kept, applied once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kernel.asking import Statement, nothing, tell
from kernel.group_commit import GroupCommit
from orders.enums import NoticeOutcome
from orders.errors import NoticeRefused
from orders.services import gateways
from orders.services.capturing import Applied, Unapplied, apply_payments
from orders.services.gateways.port import Notice


def receive_notice(
    *, gateway: str, headers: Mapping[str, str], body: bytes, at: datetime
) -> NoticeOutcome:
    """Apply a notice; return APPLIED, or REPEATED when its money was known.

    When this returns, it is committed: the gateway may be answered with success. A notice that the
    gateway signed and that does not match our records is kept as refused, so that people can look.

    Raises UnknownGateway, NoticeUnverified (nothing is kept), NoticeRefused.
    """
    try:
        notice = gateways.get(gateway).verify_notice(headers, body, at=at)
    except NoticeRefused as refusal:
        tell(_to_keep([_row(gateway, refusal.notice_id, body, refusal, at)]))
        raise
    result = _queue.submit(Told(gateway, notice, body, at))
    if isinstance(result, NoticeRefused):
        raise result
    return result


@dataclass(frozen=True)
class Told:
    """A verified notice that waits for its set."""

    gateway: str
    notice: Notice
    body: bytes
    at: datetime


def _apply(told: Sequence[Told]) -> list[NoticeOutcome | NoticeRefused]:
    """The money decides whether a notice is a repeat, not the notice's id: ids are the sender's."""
    latest = max(one.at for one in told)

    def kept(applied: Sequence[Applied | Unapplied]) -> list[Statement[None]]:
        outcomes = zip(told, map(_outcome, applied), strict=True)
        return _to_keep(
            [
                _row(one.gateway, one.notice.notice_id, one.body, how, one.at)
                for one, how in outcomes
            ]
        )

    applied = apply_payments([one.notice.fact for one in told], at=latest, along=kept)
    return [_outcome(one) for one in applied]


_queue: GroupCommit[Told, NoticeOutcome | NoticeRefused] = GroupCommit(_apply, name="notices")


def _outcome(result: Applied | Unapplied) -> NoticeOutcome | NoticeRefused:
    if isinstance(result, Applied):
        return NoticeOutcome.REPEATED if result.is_repeat else NoticeOutcome.APPLIED
    error = result.error
    return error if isinstance(error, NoticeRefused) else NoticeRefused("number")


def _row(
    gateway: str,
    notice_id: str,
    body: bytes,
    outcome: NoticeOutcome | NoticeRefused,
    at: datetime,
) -> dict[str, str]:
    """Return the notice as its table has it."""
    refusal = outcome.reason if isinstance(outcome, NoticeRefused) else ""
    return {
        "gateway": gateway,
        "notice_id": notice_id,
        "body": body.decode("utf-8", "replace").replace("\x00", "\ufffd"),
        "outcome": outcome if isinstance(outcome, NoticeOutcome) else NoticeOutcome.REFUSED,
        "refusal": refusal,
        "received_at": at.isoformat(),
    }


#: Refused once (it came before our own commit, say), right now: the row says how it ended.
KEEP = """
INSERT INTO orders_gatewaynotice AS known
    (gateway, notice_id, body, outcome, refusal, received_at)
SELECT gateway, notice_id, body, outcome, refusal, received_at
FROM jsonb_populate_recordset(NULL::orders_gatewaynotice, %s)
ON CONFLICT (gateway, notice_id) DO UPDATE SET outcome = excluded.outcome, refusal = ''
WHERE known.outcome = 'refused' AND excluded.outcome <> 'refused'
"""


def _to_keep(rows: Sequence[dict[str, str]]) -> list[Statement[None]]:
    """Return what keeps what has an id, each once, by id; of equal ones the best outcome."""
    by_id: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows:
        key = (row["gateway"], row["notice_id"])
        known = by_id.get(key)
        if known is None or known["outcome"] == NoticeOutcome.REFUSED:
            by_id[key] = row
    named = [row for key, row in sorted(by_id.items()) if row["notice_id"]]
    return [Statement(KEEP, [json.dumps(named, ensure_ascii=False)], nothing)] if named else []

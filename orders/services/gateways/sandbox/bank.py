"""The gateway's side: a journal that is its truth, and the behaviour of bad days.

The behaviour is chosen per payment (`SandboxProfile`), so that tests, the demo and the drill can
have a good and a bad payment side by side.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from kernel.group_commit import GroupCommit
from orders.enums import SandboxProfile, SandboxStatus
from orders.models import SandboxRefund, SandboxTransaction
from orders.services.gateways.port import GatewayRefused, GatewayTimeout
from orders.services.gateways.sandbox.signing import (
    APP,
    ENVIRONMENT,
    MERCHANT,
    SIGNATURE_HEADER,
    TIMESTAMP_HEADER,
    sign,
)

#: How long a `slow` payment makes its caller wait, in seconds.
SLOW_SECONDS = 2.0
#: How often a `duplicate` payment tells its news.
REPEATS = 3


@dataclass(frozen=True)
class SignedNotice:
    """A notice as it goes over the wire."""

    headers: dict[str, str]
    body: bytes


def open_payment(*, number: str, amount: int, currency: str) -> None:
    """Put a payment into the journal; a number that stands there is left as it is.

    Raises GatewayRefused for one that was closed.
    """
    line = {"number": number, "merchant": MERCHANT, "amount": amount, "currency": currency}
    if _openings.submit(line):
        raise GatewayRefused("closed")


#: The journal before this statement says which numbers were closed; it leaves them as they are.
OPEN = """
WITH told AS (
    SELECT * FROM jsonb_to_recordset(%s::jsonb)
        AS line (number text, merchant text, amount bigint, currency text)
), opened AS (
    INSERT INTO orders_sandboxtransaction
        (number, merchant, amount, currency, txn, status, profile, refunded_amount)
    SELECT number, merchant, amount, currency, '', 'open', 'ok', 0 FROM told ORDER BY number
    ON CONFLICT (number) DO NOTHING
)
SELECT number FROM orders_sandboxtransaction JOIN told USING (number) WHERE status = 'closed'
"""


def _open(lines: Sequence[Mapping[str, Any]]) -> list[bool]:
    """Put lines into the journal; tell of each whether it had been closed."""
    by_number = {line["number"]: line for line in lines}
    with connection.cursor() as cursor:
        cursor.execute(OPEN, [json.dumps(list(by_number.values()))])
        closed = {number for (number,) in cursor.fetchall()}
    return [line["number"] in closed for line in lines]


_openings: GroupCommit[Mapping[str, Any], bool] = GroupCommit(_open, name="sandbox openings")


@transaction.atomic
def pay(*, number: str, at: datetime, profile: str = SandboxProfile.OK) -> SandboxTransaction:
    """The buyer pays: the journal says so, once. Raises GatewayRefused for a closed payment."""
    row = SandboxTransaction.objects.select_for_update().filter(number=number).first()
    if row is None or row.status == SandboxStatus.CLOSED:
        raise GatewayRefused("unknown or closed")
    if row.status == SandboxStatus.OPEN:
        row.status, row.txn, row.paid_at = SandboxStatus.PAID, f"sbx_{secrets.token_hex(12)}", at
        row.profile = profile
        row.save(update_fields=["status", "txn", "paid_at", "profile"])
    return row


def look_up(number: str) -> SandboxTransaction | None:
    """Return the journal's line, as the gateway would answer a query."""
    row = SandboxTransaction.objects.filter(number=number).first()
    if row is not None:
        _behave(row)
    return row


def close(number: str) -> SandboxTransaction | None:
    """Close an open payment; return its line as it stands afterwards."""
    row = look_up(number)
    if row is not None:
        SandboxTransaction.objects.filter(pk=row.pk, status=SandboxStatus.OPEN).update(
            status=SandboxStatus.CLOSED
        )
        row.refresh_from_db()
    return row


def refund(*, number: str, payment_number: str, amount: int) -> SandboxRefund:
    """Send money back once per `number`, never more than was paid.

    Raises GatewayRefused, and GatewayTimeout on bad days: before it happened (`down`) or after
    (`lost_answer`).
    """
    row = look_up(payment_number)
    if row is None or row.status != SandboxStatus.PAID:
        raise GatewayRefused("not paid")
    made, is_new = _book_refund(row, number, amount)
    if is_new and row.profile == SandboxProfile.LOST_ANSWER:
        raise GatewayTimeout("the answer was lost")
    return made


@transaction.atomic
def _book_refund(row: SandboxTransaction, number: str, amount: int) -> tuple[SandboxRefund, bool]:
    locked = SandboxTransaction.objects.select_for_update().get(pk=row.pk)
    known = SandboxRefund.objects.filter(number=number).first()
    if known is not None:
        if (known.transaction_id, known.amount) != (row.pk, amount):
            raise GatewayRefused("number used for another refund")
        return known, False
    if locked.refunded_amount + amount > locked.amount:
        raise GatewayRefused("more than was paid")
    SandboxTransaction.objects.filter(pk=row.pk).update(
        refunded_amount=F("refunded_amount") + amount
    )
    made = SandboxRefund.objects.create(
        number=number,
        transaction=row,
        amount=amount,
        refund_id=f"sbr_{secrets.token_hex(12)}",
    )
    return made, True


def look_up_refund(number: str) -> SandboxRefund | None:
    """Return the journal's refund, or None when it was never executed."""
    made = SandboxRefund.objects.select_related("transaction").filter(number=number).first()
    if made is not None:
        _behave(made.transaction)
    return made


def notices_of(row: SandboxTransaction, *, at: datetime) -> list[SignedNotice]:
    """Return what the gateway sends about a paid payment, in the order of sending.

    Its behaviour decides: nothing when answers are lost, several copies, an outdated copy after the
    news, somebody's forgery before it.
    """
    good = notice(row, at=at)
    if row.profile in (SandboxProfile.LOST_ANSWER, SandboxProfile.DOWN):
        return []
    if row.profile == SandboxProfile.DUPLICATE:
        return [good] * REPEATS
    if row.profile == SandboxProfile.SHUFFLE:
        return [good, notice(row, at=at - timedelta(hours=1))]
    if row.profile == SandboxProfile.FORGED:
        return [notice(row, at=at, key="not-the-gateway's"), good]
    return [good]


def notice(row: SandboxTransaction, *, at: datetime, key: str | None = None) -> SignedNotice:
    """Return the notice that `row` was paid, signed at `at`. Each copy carries the same id."""
    body = json.dumps(
        {
            "id": f"ntc_{row.txn}",
            "event": "payment.paid",
            "environment": ENVIRONMENT,
            "merchant": row.merchant,
            "app": APP,
            "number": row.number,
            "txn": row.txn,
            "amount": row.amount,
            "currency": row.currency,
            "paid_at": row.paid_at.isoformat() if row.paid_at else "",
        },
        separators=(",", ":"),
    ).encode()
    timestamp = str(int(at.timestamp()))
    return SignedNotice(
        {TIMESTAMP_HEADER: timestamp, SIGNATURE_HEADER: sign(timestamp, body, key)}, body
    )


def _behave(row: SandboxTransaction) -> None:
    if row.profile == SandboxProfile.DOWN:
        raise GatewayTimeout("down")
    if row.profile == SandboxProfile.SLOW:
        time.sleep(SLOW_SECONDS)

"""A refund's way to the gateway: claimed and committed, asked outside, recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from kernel.events import publish
from kernel.states import move
from ledger.models import AccountCode
from ledger.services import transfers
from orders.enums import RefundStatus
from orders.events import RefundFailed, RefundSucceeded
from orders.models import Refund
from orders.services.gateways.port import RefundOrder

#: A sender that died leaves its claim behind; another takes it over then.
LEASE = timedelta(minutes=5)
ASK_AGAIN_AFTER = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True)
class Claim:
    """A refund that is ours to send; `was_sent` when the gateway may have it already."""

    refund_id: int
    gateway: str
    order: RefundOrder
    was_sent: bool


@transaction.atomic(durable=True)
def claim_due(*, at: datetime) -> Claim | None:
    """Take the refund that waits longest, by the database's clock; None when none is due.

    It is in progress and committed when this returns: whatever happens now, it is asked about again
    with the same number. Refuses to run inside a transaction, where it would not be committed.
    """
    refund = (
        Refund.objects.select_for_update(no_key=True, of=("self",), skip_locked=True)
        .select_related("payment")
        .filter(due_at__lte=Now())
        .order_by("due_at", "pk")
        .first()
    )
    if refund is None:
        return None
    was_sent = refund.status in (RefundStatus.IN_PROGRESS, RefundStatus.UNKNOWN)
    if refund.status == RefundStatus.IN_PROGRESS:
        move(refund, to=RefundStatus.UNKNOWN, at=at, reason="the sender gave no answer")
    move(refund, to=RefundStatus.IN_PROGRESS, at=at, due_at=Now() + LEASE)
    Refund.objects.filter(pk=refund.pk).update(attempts=F("attempts") + 1)
    return Claim(
        refund.pk,
        refund.payment.gateway,
        RefundOrder(
            number=refund.number,
            payment_number=refund.payment.number,
            gateway_txn=refund.payment.gateway_txn,
            amount=refund.amount,
            currency=refund.currency,
        ),
        was_sent,
    )


@transaction.atomic
def record_success(*, refund_id: int, gateway_refund_id: str, at: datetime) -> None:
    """The money is on its way to the buyer: the book no longer owes it. Publishes the fact."""
    refund = _lock(refund_id)
    if refund.status == RefundStatus.SUCCESS:
        return
    move(
        refund,
        to=RefundStatus.SUCCESS,
        at=at,
        gateway_refund_id=gateway_refund_id,
        finished_at=at,
        due_at=None,
        last_error="",
    )
    owner = refund.shop.public_id if refund.shop else ""
    transfers.post(
        [
            transfers.Posting(
                reference=f"refund_sent:{refund.number}",
                kind="refund_sent",
                currency=refund.currency,
                legs=(
                    (AccountCode.REFUNDS_PAYABLE, owner, refund.amount),
                    (AccountCode.GATEWAY_CLEARING, refund.payment.gateway, -refund.amount),
                ),
                at=at,
                note={"refund": refund.number, "reference": refund.reference},
            )
        ]
    )
    publish(RefundSucceeded(refund_number=refund.number, reference=refund.reference))


@transaction.atomic
def record_unknown(*, refund_id: int, error: str, at: datetime) -> None:
    """No answer: it may have happened. It is asked about again, with the same number."""
    refund = _lock(refund_id)
    if refund.status == RefundStatus.IN_PROGRESS:
        move(
            refund,
            to=RefundStatus.UNKNOWN,
            at=at,
            due_at=Now() + ASK_AGAIN_AFTER,
            last_error=error[:200],
        )


@transaction.atomic
def record_failure(*, refund_id: int, error: str, at: datetime) -> None:
    """The gateway said no: tried again, each time after a longer wait. Publishes the fact."""
    refund = _lock(refund_id)
    if refund.status != RefundStatus.IN_PROGRESS:
        return
    wait = min(ASK_AGAIN_AFTER * 2 ** min(refund.attempts, 12), LONGEST_WAIT)
    move(refund, to=RefundStatus.FAILED, at=at, due_at=Now() + wait, last_error=error[:200])
    publish(RefundFailed(refund_number=refund.number, reference=refund.reference))


def _lock(refund_id: int) -> Refund:
    return (
        Refund.objects.select_for_update(no_key=True, of=("self",))
        .select_related("payment", "shop")
        .get(pk=refund_id)
    )

"""What gateways tell us: verified, kept, applied once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from kernel.errors import NotFound
from orders.enums import NoticeOutcome
from orders.errors import NoticeRefused
from orders.models import GatewayNotice
from orders.services import gateways
from orders.services.gateways.port import Notice
from orders.services.payments import apply_payment


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
        _keep(gateway, refusal.notice_id, body, NoticeOutcome.REFUSED, refusal.reason)
        raise
    try:
        return _apply(gateway, notice, body, at)
    except NotFound:
        reason = "number"
    except NoticeRefused as error:
        reason = error.reason
    _keep(gateway, notice.notice_id, body, NoticeOutcome.REFUSED, reason)
    raise NoticeRefused(reason)


@transaction.atomic
def _apply(gateway: str, notice: Notice, body: bytes, at: datetime) -> NoticeOutcome:
    """The money decides whether a notice is a repeat, not the notice's id: ids are the sender's."""
    applied = apply_payment(notice.fact, at=at)
    outcome = NoticeOutcome.REPEATED if applied.is_repeat else NoticeOutcome.APPLIED
    _keep(gateway, notice.notice_id, body, outcome)
    return outcome


def _keep(
    gateway: str, notice_id: str, body: bytes, outcome: NoticeOutcome, refusal: str = ""
) -> None:
    if not notice_id:
        return
    known, is_new = GatewayNotice.objects.get_or_create(
        gateway=gateway,
        notice_id=notice_id,
        defaults={
            "body": body.decode("utf-8", "replace").replace("\x00", "\ufffd"),
            "outcome": outcome,
            "refusal": refusal,
        },
    )
    if not is_new and known.outcome == NoticeOutcome.REFUSED and outcome != NoticeOutcome.REFUSED:
        # Refused once (it came before our own commit, say), right now: the row says how it ended.
        known.outcome, known.refusal = outcome, ""
        known.save(update_fields=["outcome", "refusal"])

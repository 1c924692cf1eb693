"""What does not count towards a shop's score (SH-15), said by support with a reason."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from aftersales.models import RefundCase
from insights.enums import ExemptReason
from insights.errors import AlreadyExempt, ExemptionLifted, NeverCounted
from insights.events import ExemptionChanged
from insights.models import ScoreExemption
from kernel import audit
from kernel.actors import Actor
from kernel.events import publish
from orders.models import Order


@transaction.atomic
def exempt(
    *,
    order: Order,
    case: RefundCase | None = None,
    reason: ExemptReason,
    note: str,
    at: datetime,
    actor: Actor,
) -> ScoreExemption:
    """Let an order, or one case of it, not count; today's score is worked out again after commit.

    Scores of earlier days stay what they were. Raises NeverCounted for an order that was not paid,
    AlreadyExempt.
    """
    if order.paid_at is None:
        raise NeverCounted
    try:
        with transaction.atomic():
            made = ScoreExemption.objects.create(
                shop_id=order.shop_id,
                buyer_id=order.buyer_id,
                order=order,
                case=case,
                reason=reason,
                note=note,
                by_label=actor.label[:120],
                created_at=at,
            )
    except IntegrityError as error:
        if "scoreexemption_one_in_force" not in str(error):
            raise
        raise AlreadyExempt from None
    _tell(made, "insights.exempt", at, actor, reason=note)
    return made


@transaction.atomic
def lift(*, exemption: ScoreExemption, reason: str, at: datetime, actor: Actor) -> ScoreExemption:
    """Let it count again; today's score is worked out again after commit.

    Raises ExemptionLifted when it counts already.
    """
    lifted = ScoreExemption.objects.filter(pk=exemption.pk, lifted_at__isnull=True)
    if not lifted.update(lifted_at=at):
        raise ExemptionLifted
    exemption.refresh_from_db()
    _tell(exemption, "insights.lift_exemption", at, actor, reason=reason)
    return exemption


def _tell(one: ScoreExemption, action: str, at: datetime, actor: Actor, *, reason: str) -> None:
    audit.record(
        actor=actor,
        action=action,
        target=one,
        at=at,
        after={
            "order": one.order.number,
            "case": one.case.number if one.case else None,
            "reason": str(one.reason),
        },
        reason=reason,
        shop_id=one.shop_id,
    )
    publish(ExemptionChanged(shop_id=one.shop_id, at=at.isoformat()))

"""A raise above the limit, decided by two persons of the shop."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from affiliates import selectors
from affiliates.models import Plan
from affiliates.services import plans
from kernel.actors import Actor
from kernel.errors import NotFound
from shops.models import Approval
from shops.policies import SECOND_PERSON
from shops.services import approvals


def register() -> None:
    """Let a high rate be asked for; who may ask for payouts decides."""
    approvals.register(
        approvals.Kind(
            code=plans.HIGH_RATE,
            label=_("High commission rate"),
            permission=SECOND_PERSON,
            waits=settings.HIGH_RATE_WAITS,
            carry_out=_carry_out,
            describe=_describe,
        )
    )


def _carry_out(approval: Approval, at: datetime, actor: Actor) -> None:
    plan = _plan(approval)
    if plan is None:
        raise NotFound
    plans.change_rate(plan=plan, rate_bp=approval.payload["rate_bp"], at=at, actor=actor)


def _describe(approval: Approval) -> Sequence[tuple[str | Promise, Any]]:
    plan = _plan(approval)
    now = selectors.rates([plan.pk], at=approval.asked_at).get(plan.pk) if plan else None
    return (
        (_("Product"), plan or "–"),
        (_("Rate when it was asked for"), _percent(now.rate_bp) if now else "–"),
        (_("Rate asked for"), _percent(approval.payload["rate_bp"])),
    )


def _plan(approval: Approval) -> Plan | None:
    rows = Plan.objects.select_related("product")
    return rows.filter(shop_id=approval.shop_id, public_id=approval.target).first()


def _percent(rate_bp: int) -> str:
    return f"{rate_bp // 100}.{rate_bp % 100:02} %"

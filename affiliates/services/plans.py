"""Offers on products: a raise begins at once, a cut and a closing the next day (AL-02, AL-13)."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from affiliates import policies, selectors
from affiliates.enums import MembershipStatus, PlanKind, PlanStatus
from affiliates.errors import (
    CutTooSmall,
    PlanClosed,
    PlanExists,
    ProductOffShelf,
    RateNeedsTwo,
    RateUnchanged,
    ShopNotInAlliance,
)
from affiliates.events import PlanChanged
from affiliates.models import AllianceMembership, Plan, PlanVersion
from affiliates.services import caps
from catalog.models import Product
from kernel import audit
from kernel.actors import SYSTEM, Actor
from kernel.events import publish
from kernel.states import move
from shops.models import Approval
from shops.services import approvals

#: The kind of `shops.services.approvals` that a raise above the limit is.
HIGH_RATE = "high_rate"


@transaction.atomic
def create(*, product: Product, rate_bp: int, at: datetime, actor: Actor) -> Plan:
    """Offer every creator `rate_bp` on `product` from now on.

    Raises RateOutOfRange, RatesAboveCap (AL-44), RateNeedsTwo, ShopNotInAlliance, ProductOffShelf,
    PlanExists.
    """
    caps.check(rate_bp=rate_bp, category=product.category, at=at)
    if rate_bp > settings.SECOND_PERSON_ABOVE_BP:
        raise RateNeedsTwo(extra={"limit_bp": settings.SECOND_PERSON_ABOVE_BP})
    _lock_membership(product.shop_id)
    if not Product.objects.on_sale().filter(pk=product.pk).exists():
        raise ProductOffShelf
    # The membership's lock makes this check safe; the partial unique index is the last guard.
    running = Plan.objects.filter(product=product, kind=PlanKind.OPEN)
    if running.exclude(status=PlanStatus.CLOSED).exists():
        raise PlanExists
    plan = Plan.objects.create(shop_id=product.shop_id, product=product, created_at=at)
    _append(plan, rate_bp, effective_from=at, actor=actor)
    audit.record(
        actor=actor,
        action="affiliates.create_plan",
        target=plan,
        at=at,
        after={"product": product.public_id, "rate_bp": rate_bp},
    )
    return plan


def set_rate(*, plan: Plan, rate_bp: int, at: datetime, actor: Actor) -> PlanVersion | Approval:
    """Change the rate, or ask a second person of the shop for a raise above the limit.

    Raises what `change_rate` does, and ApprovalWaiting; nothing is changed then.
    """
    if rate_bp <= settings.SECOND_PERSON_ABOVE_BP:
        return change_rate(plan=plan, rate_bp=rate_bp, at=at, actor=actor)
    with transaction.atomic():
        plan = _locked(plan)
        if plan.status == PlanStatus.CLOSED:
            raise PlanClosed
        caps.check(rate_bp=rate_bp, category=plan.product.category, at=at)
        versions = selectors.versions_of([plan.pk])[plan.pk]
        now, then = policies.in_force(versions, at), policies.announced(versions, at)
        if rate_bp <= (then or now or versions[0]).rate_bp:  # no raise: one person is enough
            return change_rate(plan=plan, rate_bp=rate_bp, at=at, actor=actor)
        return approvals.ask(
            kind=HIGH_RATE,
            shop_id=plan.shop_id,
            target=plan.public_id,
            payload={"rate_bp": rate_bp},
            at=at,
            actor=actor,
        )


@transaction.atomic
def change_rate(*, plan: Plan, rate_bp: int, at: datetime, actor: Actor) -> PlanVersion:
    """Change the rate: a raise begins now, a cut at the next 00:00 in China, both as new versions.

    The rate in force, chosen again, withdraws an announced cut. Earlier sales keep their rate.

    Raises RateOutOfRange, RatesAboveCap, PlanClosed, CutTooSmall (below one point), RateUnchanged.
    """
    plan = _locked(plan)
    if plan.status == PlanStatus.CLOSED:
        raise PlanClosed
    caps.check(rate_bp=rate_bp, category=plan.product.category, at=at)
    versions = selectors.versions_of([plan.pk])[plan.pk]
    now, then = policies.in_force(versions, at), policies.announced(versions, at)
    current_bp = (now or versions[0]).rate_bp
    announced_bp = then.rate_bp if then is not None else current_bp
    if rate_bp == announced_bp:
        raise RateUnchanged
    if 0 < current_bp - rate_bp < policies.SMALLEST_CUT_BP:
        raise CutTooSmall
    if rate_bp > current_bp:
        version = _append(plan, rate_bp, effective_from=at, actor=actor)
        if then is not None:  # the announced cut must not come true tomorrow
            _append(plan, rate_bp, effective_from=then.effective_from, actor=actor)
    else:
        begins = then.effective_from if then is not None else policies.next_day(at)
        version = _append(plan, rate_bp, effective_from=begins, actor=actor)
    audit.record(
        actor=actor,
        action="affiliates.change_rate",
        target=plan,
        at=at,
        before={"rate_bp": current_bp},
        after={"rate_bp": rate_bp, "from": version.effective_from.isoformat()},
    )
    return version


@transaction.atomic
def close(*, plan: Plan, at: datetime, actor: Actor) -> Plan:
    """Close the plan at the next 00:00 in China. Orders placed before then earn their commission.

    Raises PlanClosed when it is closing or closed already.
    """
    plan = _locked(plan)
    if plan.status != PlanStatus.RUNNING:
        raise PlanClosed
    closes_at = policies.next_day(at)
    move(plan, to=PlanStatus.CLOSING, at=at, actor=actor, closes_at=closes_at)
    audit.record(
        actor=actor,
        action="affiliates.close_plan",
        target=plan,
        at=at,
        after={"closes_at": closes_at.isoformat()},
    )
    return plan


@transaction.atomic
def resume(*, plan: Plan, at: datetime, actor: Actor) -> Plan:
    """Let a closing plan run on. Raises PlanClosed when it closed, ShopNotInAlliance."""
    _lock_membership(plan.shop_id)
    plan = _locked(plan)
    is_over = plan.closes_at is not None and plan.closes_at <= at
    if plan.status != PlanStatus.CLOSING or is_over:
        raise PlanClosed
    move(plan, to=PlanStatus.RUNNING, at=at, actor=actor, closes_at=None)
    audit.record(actor=actor, action="affiliates.resume_plan", target=plan, at=at)
    return plan


@transaction.atomic
def finish_closing(*, at: datetime, limit: int = 500) -> int:
    """Close the plans whose time has come by the database's clock; return how many."""
    due = Plan.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        status=PlanStatus.CLOSING, closes_at__lte=Now()
    )
    plans = list(due.order_by("pk")[:limit])
    for plan in plans:
        move(plan, to=PlanStatus.CLOSED, at=at, actor=SYSTEM)
    return len(plans)


def _append(plan: Plan, rate_bp: int, *, effective_from: datetime, actor: Actor) -> PlanVersion:
    version = PlanVersion.objects.create(
        plan=plan,
        shop_id=plan.shop_id,
        rate_bp=rate_bp,
        effective_from=effective_from,
        actor_label=actor.label[:120],
    )
    publish(PlanChanged(plan_id=plan.pk, shop_id=plan.shop_id, plan_version_id=version.pk))
    return version


def _lock_membership(shop_id: int) -> None:
    rows = AllianceMembership.objects.select_for_update(no_key=True, of=("self",))
    membership = rows.filter(shop_id=shop_id).first()
    if membership is None or membership.status != MembershipStatus.JOINED:
        raise ShopNotInAlliance


def _locked(plan: Plan) -> Plan:
    rows = Plan.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("product__category").get(pk=plan.pk)

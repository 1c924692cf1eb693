"""A shop joins the alliance and leaves it (AL-01)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models.functions import Now

from affiliates.enums import MembershipStatus, PlanStatus
from affiliates.errors import AlreadyInAlliance, ShopNotInAlliance, ShopNotOpen
from affiliates.models import AllianceMembership, Plan
from affiliates.policies import next_day
from affiliates.services import plans
from kernel import audit
from kernel.actors import SYSTEM, Actor
from kernel.states import move
from shops.enums import RestrictionKind, ShopStatus
from shops.models import Shop
from shops.services import restrictions


@transaction.atomic
def join(*, shop: Shop, at: datetime, actor: Actor) -> AllianceMembership:
    """Make the shop a member. One that is leaving stays; its closing plans are not reopened.

    Raises ShopNotOpen, ShopRestricted (SH-16), AlreadyInAlliance.
    """
    status = Shop.objects.values_list("status", flat=True).get(pk=shop.pk)
    if status != ShopStatus.OPEN:
        raise ShopNotOpen
    restrictions.refuse_if_restricted(shop.pk, RestrictionKind.ALLIANCE)
    membership, is_new = AllianceMembership.objects.get_or_create(
        shop=shop, defaults={"joined_at": at}
    )
    if not is_new:
        membership = _locked(shop.pk)
        if membership.status == MembershipStatus.JOINED:
            raise AlreadyInAlliance
        since = at if membership.status == MembershipStatus.LEFT else membership.joined_at
        move(
            membership,
            to=MembershipStatus.JOINED,
            at=at,
            actor=actor,
            joined_at=since,
            leaves_at=None,
        )
    audit.record(actor=actor, action="affiliates.join_alliance", target=membership, at=at)
    return membership


@transaction.atomic
def leave(*, shop: Shop, at: datetime, actor: Actor) -> AllianceMembership:
    """Let the shop leave at the next 00:00 in China, and its plans close with it.

    Orders placed before then earn their commission, whenever they are paid and finished.

    Raises ShopNotInAlliance when it is not a member or leaves already.
    """
    membership = _locked(shop.pk)
    if membership.status != MembershipStatus.JOINED:
        raise ShopNotInAlliance
    leaves_at = next_day(at)
    move(membership, to=MembershipStatus.LEAVING, at=at, actor=actor, leaves_at=leaves_at)
    running = Plan.objects.filter(shop=shop, status=PlanStatus.RUNNING)
    for plan in running.order_by("pk"):
        plans.close(plan=plan, at=at, actor=actor)
    audit.record(
        actor=actor,
        action="affiliates.leave_alliance",
        target=membership,
        at=at,
        after={"leaves_at": leaves_at.isoformat()},
    )
    return membership


@transaction.atomic
def finish_leaving(*, at: datetime, limit: int = 500) -> int:
    """Let those go whose time has come by the database's clock; return how many."""
    due = AllianceMembership.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        status=MembershipStatus.LEAVING, leaves_at__lte=Now()
    )
    gone = list(due.order_by("pk")[:limit])
    for membership in gone:
        move(membership, to=MembershipStatus.LEFT, at=at, actor=SYSTEM)
    return len(gone)


def _locked(shop_id: int) -> AllianceMembership:
    rows = AllianceMembership.objects.select_for_update(no_key=True, of=("self",))
    membership = rows.filter(shop_id=shop_id).first()
    if membership is None:
        raise ShopNotInAlliance
    return membership

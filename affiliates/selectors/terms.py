"""What people ask about the alliance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Q

from accounts.models import Creator
from affiliates import policies
from affiliates.enums import CommissionStatus, MembershipStatus, PlanStatus
from affiliates.models import AllianceMembership, Commission, Plan, PlanVersion
from kernel.models import StatusChange
from shops.enums import OWN_RELATIONS, StaffStatus
from shops.models import Binding, Staff

ALWAYS = datetime.min.replace(tzinfo=UTC)
#: Before the money went to its parties.
UNSETTLED = (
    CommissionStatus.ESTIMATED,
    CommissionStatus.CONFIRMED,
    CommissionStatus.SETTLEABLE,
)


@dataclass(frozen=True)
class Rates:
    """The rate of a plan now, and the next one if a change was announced."""

    rate_bp: int
    announced_rate_bp: int | None = None
    announced_from: datetime | None = None


def rates(plan_ids: Iterable[int], *, at: datetime) -> dict[int, Rates]:
    """Return plan pk → its rates at `at`. A plan whose first version has not begun is absent."""
    versions = versions_of(plan_ids)
    found = {}
    for plan_id, rows in versions.items():
        now, then = policies.in_force(rows, at), policies.announced(rows, at)
        if now is None:
            continue
        changes = then is not None and then.rate_bp != now.rate_bp
        found[plan_id] = Rates(
            rate_bp=now.rate_bp,
            announced_rate_bp=then.rate_bp if then and changes else None,
            announced_from=then.effective_from if then and changes else None,
        )
    return found


def versions_of(plan_ids: Iterable[int]) -> dict[int, list[PlanVersion]]:
    """Return plan pk → all its versions."""
    found: dict[int, list[PlanVersion]] = defaultdict(list)
    for version in PlanVersion.objects.filter(plan_id__in=set(plan_ids)).order_by("pk"):
        found[version.plan_id].append(version)
    return found


def is_in_alliance(shop_id: int, *, at: datetime) -> bool:
    """Tell whether the shop is a member at `at`; one that leaves stays until it has left."""
    return (
        AllianceMembership.objects.filter(shop_id=shop_id)
        .filter(
            Q(status=MembershipStatus.JOINED) | Q(status=MembershipStatus.LEAVING, leaves_at__gt=at)
        )
        .exists()
    )


def running_plan(product_id: int, *, at: datetime) -> Plan | None:
    """Return the plan that a creator can take up now, or None."""
    running = Q(status=PlanStatus.RUNNING) | Q(status=PlanStatus.CLOSING, closes_at__gt=at)
    return Plan.objects.filter(running, product_id=product_id).first()


def is_own_shop(creator: Creator, shop_id: int, *, at: datetime) -> bool:
    """Tell whether the creator sold for himself: see `own_shops`."""
    return bool(own_shops([(creator, shop_id, at)]))


def probation_ends_at(creator: Creator, *, at: datetime) -> datetime | None:
    """Return until when the creator's account sells for its own shop alone (BI-15), or None.

    The newest binding counts, of those in force that make it a shop's own account.
    """
    bound = Binding.objects.in_force().filter(
        account_id=creator.account_id, relation__in=OWN_RELATIONS
    )
    newest = bound.order_by("-bound_at").first()
    ends_at = newest.probation_ends_at if newest else None
    return ends_at if ends_at is not None and ends_at > at else None


def own_shops(sales: Iterable[tuple[Creator, int, datetime]]) -> set[tuple[int, int, datetime]]:
    """Return the (creator pk, shop pk, time) of those sales that earn nothing, for one's own shop.

    Each sale is (creator, shop pk, time). The creator's account was bound to the shop as official
    or own broadcast account at that time, or the creator's user worked in the shop then: the time
    decides for each sale alone, whoever else is in its set.
    """
    sales = list(sales)
    shops = {shop_id for _creator, shop_id, _at in sales}
    bindings = Binding.objects.filter(
        shop_id__in=shops,
        account_id__in={creator.account_id for creator, _shop, _at in sales},
        relation__in=OWN_RELATIONS,
        bound_at__isnull=False,
    ).values_list("account_id", "shop_id", "bound_at", "ended_at")
    faces = [(account, shop, since, until) for account, shop, since, until in bindings if since]
    people = _employments(shops, {creator.user_id for creator, _shop, _at in sales})
    return {
        (creator.pk, shop_id, at)
        for creator, shop_id, at in sales
        if any(
            account == creator.account_id and shop == shop_id and _covers(since, until, at)
            for account, shop, since, until in faces
        )
        or any(
            user == creator.user_id and shop == shop_id and _covers(since, until, at)
            for user, shop, since, until in people
        )
    }


def _covers(since: datetime, until: datetime | None, at: datetime) -> bool:
    return since <= at and (until is None or at < until)


def _employments(
    shops: set[int], users: set[int]
) -> list[tuple[int, int, datetime, datetime | None]]:
    """Return (user, shop, since, until) of everybody who ever worked there.

    The status history tells when an invitation was taken up and when a place was left, so that a
    commission computed again later comes out the same. Owners have no invitation: since always.
    """
    places = list(
        Staff.objects.filter(shop_id__in=shops, user_id__in=users).exclude(
            status=StaffStatus.INVITED
        )
    )
    moves: dict[tuple[int, str], datetime] = {}
    changes = StatusChange.objects.filter(
        model="shops.staff", field="status", object_id__in=[place.pk for place in places]
    )
    for change in changes.order_by("pk") if places else ():
        moves[change.object_id, change.to_status] = change.at
    return [
        (
            place.user_id,
            place.shop_id,
            moves.get((place.pk, StaffStatus.ACTIVE), ALWAYS),
            moves.get((place.pk, StaffStatus.REMOVED), place.created_at)
            if place.status == StaffStatus.REMOVED
            else None,
        )
        for place in places
        if place.user_id is not None
    ]


def unsettled_orders(shop_id: int) -> int:
    """Return how many orders of the shop have commission that is not settled yet (BI-12)."""
    waiting = Commission.objects.filter(shop_id=shop_id, status__in=UNSETTLED)
    return waiting.values("line__order_id").distinct().count()

"""Who somebody is, over all rooms that know people (AC-01)."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.enums import CreatorStatus
from accounts.models import Account, Agency, Creator, RoleProfile, User
from shops.enums import StaffStatus
from shops.models import Staff


@dataclass(frozen=True)
class WhoAmI:
    """One person with everything they can be."""

    user: User
    roles: list[RoleProfile]
    accounts: list[Account]
    creator: Creator | None
    agency: Agency | None
    shops: list[Staff]


def who_am_i(user: User) -> WhoAmI:
    """Return all that the user is. Five queries, however much that is."""
    creators = Creator.objects.filter(user=user, status=CreatorStatus.ACTIVE)
    places = Staff.objects.filter(user=user, status=StaffStatus.ACTIVE)
    return WhoAmI(
        user=user,
        roles=list(RoleProfile.objects.filter(user=user).order_by("pk")),
        accounts=list(Account.objects.filter(owner=user).order_by("pk")),
        creator=creators.select_related("account").first(),
        agency=Agency.objects.filter(owner=user).first(),
        shops=list(places.select_related("shop").order_by("pk")),
    )

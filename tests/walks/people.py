"""The people of one side: staff of every kind, buyer, creator, agency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Address, Agency, Creator, User, Verification
from accounts.services import creators, follows, verifications
from accounts.services.addresses import AddressData, add_address
from affiliates.models import AgencyContract
from affiliates.services import contracts
from kernel.actors import Actor, Role
from tests.factories.accounts import (
    AgencyFactory,
    RoleProfileFactory,
    UserFactory,
    VerifiedAccountFactory,
)
from tests.walks.canaries import canary, canary_email

#: Who may be signed in, by the name a walk gives them.
STAFF = ("owner", "clerk", "finance")


@dataclass
class People:
    """Everybody of one side. `users` has them by name."""

    users: dict[str, User]
    buyer_address: Address
    creator: Creator
    agency: Agency
    contract: AgencyContract
    invitation: AgencyContract
    verification: Verification

    @property
    def buyer(self) -> User:
        return self.users["buyer"]

    @property
    def owner(self) -> User:
        return self.users["owner"]


def make_people(side: str, at: datetime) -> People:
    """Make the people of `side`; every text of theirs that is nobody's business is a canary."""
    names = (*STAFF, "buyer", "creator", "agency", "novice", "invited")
    users = {
        name: UserFactory(email=canary_email(side, name), name=canary(side, f"{name}-name"))
        for name in names
    }
    account = VerifiedAccountFactory(
        owner=users["creator"],
        kind="personal",
        name=f"Host {side}",
        handle=f"host_{side.lower()}",
        entity_name=canary(side, "creator-entity"),
        credit_code="",
    )
    creator = Creator.objects.create(user=users["creator"], account=account, level=2)
    RoleProfileFactory(user=users["creator"], role="creator")
    agency = AgencyFactory(owner=users["agency"], name=canary(side, "agency"))
    RoleProfileFactory(user=users["agency"], role="agency_staff")
    contract, invitation = _contracts(side, users, agency, creator, at)
    address = add_address(
        user_id=users["buyer"].pk,
        data=AddressData(
            name=canary(side, "receiver"),
            phone="13900139000",
            province="浙江省",
            city="杭州市",
            district=canary(side, "district"),
            street=canary(side, "street"),
        ),
    )
    follows.follow(user_id=users["buyer"].pk, account=account, at=at)
    follows.follow(user_id=users["novice"].pk, account=account, at=at)
    follows.block(account=account, user=users["novice"], at=at)
    verification = verifications.submit(
        account=VerifiedAccountFactory(
            owner=users["creator"], name=f"Second {side}", verified_until=None, credit_code=""
        ),
        entity_name=canary(side, "entity"),
        credit_code=f"91330100VER000000{ord(side) % 10}",
        evidence_url=f"https://files.example.com/{canary(side, 'evidence')}.png",
        at=at,
    )
    return People(users, address, creator, agency, contract, invitation, verification)


def _contracts(
    side: str, users: dict[str, User], agency: Agency, creator: Creator, at: datetime
) -> tuple[AgencyContract, AgencyContract]:
    actor = Actor(role=Role.AGENCY, user_id=users["agency"].pk, agency_id=agency.pk)
    contract = contracts.invite(agency=agency, creator=creator, share_bp=2_000, at=at, actor=actor)
    creator_actor = Actor(role=Role.CREATOR, user_id=users["creator"].pk, creator_id=creator.pk)
    contracts.accept(contract=contract, at=at, actor=creator_actor)
    novice = creators.become_creator(
        user=users["novice"],
        account=VerifiedAccountFactory(
            owner=users["novice"], kind="personal", name=f"Novice {side}", credit_code=""
        ),
        at=at,
        actor=Actor(role=Role.OPERATOR, label="Operator"),
    )
    waiting = contracts.invite(agency=agency, creator=novice, share_bp=1_000, at=at, actor=actor)
    return contract, waiting

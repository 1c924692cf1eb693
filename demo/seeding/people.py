"""Who lives in the demo: platform people, buyers, creators, an agency."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.enums import AccountKind, RoleKind
from accounts.models import Account, User
from accounts.services import creators, follows, profiles, roles, sign_up, verifications
from affiliates.services import contracts
from demo.accounts import DEMO_ACCOUNTS
from demo.data.shops import BUYERS, CREATORS
from demo.seeding import DAYS, World
from kernel.actors import SYSTEM, Actor, Role, resolve

DOMAIN = "demo.haodian.example"
PASSWORDS = {account.email: account.password for account in DEMO_ACCOUNTS}


def person(world: World, key: str, name: str) -> User:
    """Return the demo user called `key`, made at the beginning of the told past."""
    if key not in world.people:
        # Hashing a password takes half a second: only those who are printed can log in.
        email = f"{key}@{DOMAIN}"
        password = PASSWORDS.get(email)
        world.people[key] = sign_up.register(
            email=email, password=password, name=name, at=beginning(world)
        )
    return world.people[key]


def beginning(world: World) -> datetime:
    """Return the moment at which the told past begins."""
    return world.now - timedelta(days=DAYS + 5)


def seed(world: World) -> None:
    """Make platform people, buyers, and creators with an agency that some signed with."""
    at = beginning(world)
    for key, name, role in (
        ("operator", "何运营", RoleKind.OPERATOR),
        ("support", "沈客服", RoleKind.SUPPORT),
    ):
        roles.grant(user=person(world, key, name), role=role, at=at, actor=SYSTEM)
    world.operator = as_role(world, "operator", Role.OPERATOR)
    world.support = as_role(world, "support", Role.SUPPORT)
    for index, name in enumerate(BUYERS):
        key = "buyer" if index == 0 else f"buyer{index}"
        world.buyers.append(person(world, key, name))
    _seed_creators(world)


def as_role(world: World, key: str, role: Role, **keys: str) -> Actor:
    """Return the actor that the demo user `key` is in `role`."""
    actor = resolve(role, world.people[key].pk, keys)
    if actor is None:
        raise LookupError(f"{key} is no {role}")
    return actor


def verified_account(
    world: World,
    owner: User,
    *,
    kind: str,
    handle: str,
    name: str,
    picture: str,
    entity: str,
    code: str,
) -> Account:
    """Return an account that an operator has verified."""
    at = beginning(world)
    account = profiles.create_account(
        owner=owner, kind=kind, handle=handle, name=name, avatar_url=f"/static/demo/{picture}.svg"
    )
    verification = verifications.submit(
        account=account, entity_name=entity, credit_code=code, at=at
    )
    verifications.start_review(verification=verification, at=at, actor=world.operator)
    verifications.approve(verification=verification, at=at, actor=world.operator)
    account.refresh_from_db()
    return account


def _seed_creators(world: World) -> None:
    at = beginning(world)
    owner = person(world, "agency", "星桥机构")
    world.agency = creators.create_agency(
        owner=owner, name="星桥 MCN", at=at, actor=Actor(role=Role.BUYER, user_id=owner.pk)
    )
    agent = as_role(world, "agency", Role.AGENCY)
    for index, (handle, name, is_signed) in enumerate(CREATORS):
        key = "creator" if index == 0 else f"creator{index}"
        user = person(world, key, name)
        account = verified_account(
            world,
            user,
            kind=AccountKind.PERSONAL,
            handle=handle,
            name=name,
            picture=f"creator-{handle}",
            entity=name,
            code="",
        )
        buyer = Actor(role=Role.BUYER, user_id=user.pk)
        creator = creators.become_creator(user=user, account=account, at=at, actor=buyer)
        world.creators.append(creator)
        for fan in world.dice.sample(world.buyers, k=world.dice.randint(3, len(world.buyers))):
            follows.follow(user_id=fan.pk, account=account, at=at)
        if is_signed:
            contract = contracts.invite(
                agency=world.agency, creator=creator, share_bp=2_000, at=at, actor=agent
            )
            contracts.accept(contract=contract, at=at, actor=as_role(world, key, Role.CREATOR))

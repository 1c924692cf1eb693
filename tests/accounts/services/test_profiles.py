"""Content accounts, roles, creators and agencies."""

from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from accounts.enums import AccountKind, CreatorStatus, RoleKind, RoleStatus
from accounts.errors import (
    AlreadyAgency,
    AlreadyCreator,
    HandleTaken,
    IsOfficialAccount,
    NameFollowsShop,
    RoleNotSuspendable,
    TooManyAccounts,
)
from accounts.models import Account, Agency, Creator
from accounts.services import creators, profiles, roles
from kernel.actors import SYSTEM, Role, resolve
from kernel.errors import IllegalTransition
from kernel.models import AuditEntry
from tests.factories.accounts import (
    AccountFactory,
    AgencyFactory,
    CreatorFactory,
    RoleProfileFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def _create(owner, **changes):
    data = {"kind": AccountKind.BRAND, "handle": "lin_tea", "name": "Lin Tea"}
    return profiles.create_account(owner=owner, **(data | changes))


def test_a_new_account_is_not_verified():
    account = _create(UserFactory(), bio="Tea from Lin'an.")

    assert (account.kind, account.name, account.verified_until) == ("brand", "Lin Tea", None)
    assert account.public_id.startswith("acc_")


def test_handles_are_unique_without_regard_to_case():
    _create(UserFactory())

    with pytest.raises(HandleTaken):
        _create(UserFactory(), handle="Lin_Tea")

    assert Account.objects.count() == 1


def test_one_person_does_not_take_all_names():
    owner = UserFactory()
    AccountFactory.create_batch(profiles.MAX_ACCOUNTS, owner=owner)

    with pytest.raises(TooManyAccounts):
        _create(owner)

    assert owner.accounts.count() == profiles.MAX_ACCOUNTS


def test_an_edit_changes_what_is_given_alone():
    account = AccountFactory(name="Lin", bio="old")

    profiles.edit_account(account_id=account.pk, bio="")

    account.refresh_from_db()
    assert (account.name, account.bio) == ("Lin", "")


def test_an_official_account_takes_its_name_from_the_shop():
    account = AccountFactory(name="Lin", official_since=AT)

    with pytest.raises(NameFollowsShop):
        profiles.edit_account(account_id=account.pk, name="Other", bio="new")
    profiles.edit_account(account_id=account.pk, bio="new")

    account.refresh_from_db()
    assert (account.name, account.bio) == ("Lin", "new")


def test_an_account_opens_its_collection_once():
    account = AccountFactory()

    profiles.open_collection(account_id=account.pk, at=AT, actor=SYSTEM)
    profiles.open_collection(account_id=account.pk, at=AT.replace(year=2027), actor=SYSTEM)

    account.refresh_from_db()
    assert account.collection_opened_at == AT
    assert AuditEntry.objects.count() == 1


def test_an_official_account_opens_no_collection():
    account = AccountFactory(official_since=AT)

    with pytest.raises(IsOfficialAccount):
        profiles.open_collection(account_id=account.pk, at=AT, actor=SYSTEM)

    account.refresh_from_db()
    assert account.collection_opened_at is None


def test_a_creator_presents_through_one_account():
    user = UserFactory()
    account, second = AccountFactory(owner=user), AccountFactory(owner=user)

    creator = creators.become_creator(user=user, account=account, at=AT, actor=SYSTEM)

    with pytest.raises(AlreadyCreator):
        creators.become_creator(user=user, account=second, at=AT, actor=SYSTEM)
    assert list(Creator.objects.all()) == [creator]
    assert list(user.profiles.values_list("role", flat=True)) == [RoleKind.CREATOR]


def test_a_suspended_creator_is_nobody_until_restored():
    creator = CreatorFactory()

    creators.suspend_creator(creator=creator, reason="False claims", at=AT, actor=SYSTEM)
    while_suspended = resolve(Role.CREATOR, creator.user_id, {})
    creators.restore_creator(creator=creator, reason="Appeal won", at=AT, actor=SYSTEM)

    assert while_suspended is None
    assert resolve(Role.CREATOR, creator.user_id, {}) is not None
    assert creator.status == CreatorStatus.ACTIVE
    assert list(AuditEntry.objects.order_by("pk").values_list("reason", flat=True)) == [
        "False claims",
        "Appeal won",
    ]


def test_an_owner_has_one_agency():
    owner = UserFactory()

    agency = creators.create_agency(owner=owner, name="Star House", at=AT, actor=SYSTEM)

    with pytest.raises(AlreadyAgency):
        creators.create_agency(owner=owner, name="Second House", at=AT, actor=SYSTEM)
    assert list(Agency.objects.all()) == [agency]
    actor = resolve(Role.AGENCY, owner.pk, {})
    assert actor is not None
    assert actor.agency_id == agency.pk


def test_suspending_one_role_leaves_the_others():
    agency = AgencyFactory()
    profile = RoleProfileFactory(user=agency.owner, role=RoleKind.AGENCY_STAFF)
    RoleProfileFactory(user=agency.owner, role=RoleKind.OPERATOR)

    roles.suspend(profile=profile, reason="Audit", at=AT, actor=SYSTEM)

    assert resolve(Role.AGENCY, agency.owner_id, {}) is None
    assert resolve(Role.OPERATOR, agency.owner_id, {}) is not None
    roles.restore(profile=profile, reason="", at=AT, actor=SYSTEM)
    assert resolve(Role.AGENCY, agency.owner_id, {}) is not None
    with pytest.raises(IllegalTransition):
        roles.restore(profile=profile, reason="", at=AT, actor=SYSTEM)


def test_a_consumer_is_not_a_role_to_suspend():
    profile = RoleProfileFactory(role=RoleKind.CONSUMER)

    with pytest.raises(RoleNotSuspendable):
        roles.suspend(profile=profile, reason="", at=AT, actor=SYSTEM)

    profile.refresh_from_db()
    assert profile.status == RoleStatus.ACTIVE


def test_a_granted_role_stays_suspended():
    profile = RoleProfileFactory(role=RoleKind.CREATOR, status=RoleStatus.SUSPENDED)

    roles.grant(user=profile.user, role=RoleKind.CREATOR, at=AT, actor=SYSTEM)

    profile.refresh_from_db()
    assert profile.status == RoleStatus.SUSPENDED


def test_the_command_makes_an_operator_of_a_known_user(capsys):
    user = UserFactory()

    call_command("grant_role", user.email.upper(), "operator")
    call_command("grant_role", user.email, "operator")

    assert resolve(Role.OPERATOR, user.pk, {}) is not None
    assert AuditEntry.objects.get().after == {"role": "operator"}
    with pytest.raises(CommandError):
        call_command("grant_role", "nobody@example.com", "operator")

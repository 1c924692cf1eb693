"""Who works in a shop."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.enums import RoleKind
from kernel.actors import SYSTEM, Role, resolve
from kernel.errors import IllegalTransition, NotFound
from kernel.models import AuditEntry
from shops.enums import StaffRole, StaffStatus
from shops.errors import AlreadyStaff, InvitationExpired, LastOwner, RoleBeyondOwn
from shops.models import Staff
from shops.services import staff
from tests.factories.accounts import UserFactory
from tests.factories.shops import ShopFactory, StaffFactory, actor_of

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def shop():
    return ShopFactory()


def _invite(shop, email="wei@example.com", role=StaffRole.ORDER_CLERK, actor=None, at=AT):
    actor = actor or actor_of(shop)
    return staff.invite_staff(shop_id=shop.pk, email=email, role=role, at=at, actor=actor)


def test_an_invitation_keeps_only_the_hash_of_its_token(shop):
    invitation = _invite(shop, email=" Wei@Example.com ")

    place = Staff.objects.get(email="wei@example.com")
    assert (place.status, place.user, place.expires_at) == (
        StaffStatus.INVITED,
        None,
        AT + 7 * DAY,
    )
    assert len(place.token_hash) == 64
    assert invitation.token not in str(list(Staff.objects.values()))
    assert invitation.token not in str(list(AuditEntry.objects.values()))


def test_the_invited_person_takes_the_place(shop):
    user = UserFactory(email="wei@example.com")
    invitation = _invite(shop)

    place = staff.accept_invitation(token=invitation.token, user=user, at=AT + DAY)

    actor = resolve(Role.MERCHANT, user.pk, {"shop_id": shop.public_id})
    assert place.status == StaffStatus.ACTIVE
    assert actor is not None
    assert actor.may("orders.ship")
    assert list(user.profiles.values_list("role", flat=True)) == [RoleKind.MERCHANT_STAFF]
    with pytest.raises(NotFound):
        staff.accept_invitation(token=invitation.token, user=user, at=AT + DAY)


def test_a_token_is_worth_nothing_to_somebody_else(shop):
    invitation = _invite(shop)

    for token in (invitation.token, "guess"):
        with pytest.raises(NotFound):
            staff.accept_invitation(token=token, user=UserFactory(), at=AT)

    assert Staff.objects.get(pk=invitation.staff.pk).status == StaffStatus.INVITED


def test_a_token_expires(shop):
    user = UserFactory(email="wei@example.com")
    invitation = _invite(shop)

    with pytest.raises(InvitationExpired):
        staff.accept_invitation(token=invitation.token, user=user, at=AT + 7 * DAY)

    assert Staff.objects.get(pk=invitation.staff.pk).status == StaffStatus.INVITED


def test_a_second_invitation_voids_the_first(shop):
    user = UserFactory(email="wei@example.com")
    first, second = _invite(shop), _invite(shop, role=StaffRole.FINANCE)

    with pytest.raises(NotFound):
        staff.accept_invitation(token=first.token, user=user, at=AT)
    place = staff.accept_invitation(token=second.token, user=user, at=AT)

    assert place.role == StaffRole.FINANCE
    assert Staff.objects.get(pk=first.staff.pk).status == StaffStatus.REMOVED


def test_who_works_there_is_not_invited_again(shop):
    member = StaffFactory(shop=shop, role=StaffRole.READ_ONLY)

    with pytest.raises(AlreadyStaff):
        _invite(shop, email=member.email.upper())

    assert Staff.objects.filter(shop=shop).count() == 2


def test_a_person_has_one_place_whatever_address_was_invited(shop):
    user = UserFactory(email="wei@example.com")
    StaffFactory(shop=shop, user=user, email="old@example.com")
    invitation = _invite(shop)

    with pytest.raises(AlreadyStaff):
        staff.accept_invitation(token=invitation.token, user=user, at=AT)

    assert Staff.objects.get(pk=invitation.staff.pk).status == StaffStatus.INVITED


@pytest.mark.parametrize("role", [StaffRole.OWNER, StaffRole.FINANCE])
def test_a_manager_does_not_grant_what_a_manager_does_not_hold(shop, role):
    manager = actor_of(shop, StaffRole.MANAGER)
    clerk = StaffFactory(shop=shop, role=StaffRole.ORDER_CLERK)

    with pytest.raises(RoleBeyondOwn):
        _invite(shop, role=role, actor=manager)
    with pytest.raises(RoleBeyondOwn):
        staff.change_role(staff=clerk, role=role, at=AT, actor=manager)

    clerk.refresh_from_db()
    assert clerk.role == StaffRole.ORDER_CLERK
    assert Staff.objects.filter(shop=shop).count() == 3


def test_a_manager_does_not_touch_the_owner(shop):
    manager = actor_of(shop, StaffRole.MANAGER)
    owner = shop.staff.get(role=StaffRole.OWNER)

    with pytest.raises(RoleBeyondOwn):
        staff.change_role(staff=owner, role=StaffRole.READ_ONLY, at=AT, actor=manager)
    with pytest.raises(RoleBeyondOwn):
        staff.remove_staff(staff=owner, at=AT, actor=manager)

    owner.refresh_from_db()
    assert (owner.role, owner.status) == (StaffRole.OWNER, StaffStatus.ACTIVE)


def test_a_role_is_changed_with_its_powers(shop):
    clerk = StaffFactory(shop=shop, role=StaffRole.ORDER_CLERK)

    staff.change_role(staff=clerk, role=StaffRole.FINANCE, at=AT, actor=actor_of(shop))

    actor = resolve(Role.MERCHANT, clerk.user_id, {"shop_id": shop.public_id})
    assert actor is not None
    assert (actor.may("settlements.payout"), actor.may("orders.ship")) == (True, False)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.before, entry.after) == (
        "shops.change_staff_role",
        {"role": "order_clerk"},
        {"role": "finance"},
    )


def test_the_last_owner_neither_leaves_nor_steps_down(shop):
    owner = shop.staff.get(role=StaffRole.OWNER)

    with pytest.raises(LastOwner):
        staff.change_role(staff=owner, role=StaffRole.MANAGER, at=AT, actor=actor_of(shop))
    with pytest.raises(LastOwner):
        staff.remove_staff(staff=owner, at=AT, actor=SYSTEM)

    owner.refresh_from_db()
    assert (owner.role, owner.status) == (StaffRole.OWNER, StaffStatus.ACTIVE)


def test_an_invited_owner_is_no_owner_yet(shop):
    _invite(shop, role=StaffRole.OWNER)

    with pytest.raises(LastOwner):
        staff.remove_staff(
            staff=shop.staff.get(status=StaffStatus.ACTIVE), at=AT, actor=actor_of(shop)
        )

    assert shop.staff.filter(status=StaffStatus.ACTIVE).count() == 1


def test_one_of_two_owners_may_go(shop):
    actor = actor_of(shop)
    second = StaffFactory(shop=shop, role=StaffRole.OWNER)

    staff.remove_staff(staff=second, at=AT, actor=actor)

    second.refresh_from_db()
    assert second.status == StaffStatus.REMOVED
    assert resolve(Role.MERCHANT, second.user_id, {"shop_id": shop.public_id}) is None
    with pytest.raises(IllegalTransition):
        staff.remove_staff(staff=second, at=AT, actor=actor)


def test_an_invitation_is_taken_back(shop):
    invitation = _invite(shop)

    staff.remove_staff(staff=invitation.staff, at=AT, actor=actor_of(shop))

    user = UserFactory(email="wei@example.com")
    with pytest.raises(NotFound):
        staff.accept_invitation(token=invitation.token, user=user, at=AT)


def test_somebody_who_has_not_come_yet_has_no_role_to_change(shop):
    invitation = _invite(shop)

    with pytest.raises(NotFound):
        staff.change_role(
            staff=invitation.staff, role=StaffRole.FINANCE, at=AT, actor=actor_of(shop)
        )

    assert Staff.objects.get(pk=invitation.staff.pk).role == StaffRole.ORDER_CLERK


def test_an_owner_whose_log_in_is_closed_keeps_no_shop(shop):
    closed = StaffFactory(shop=shop, role=StaffRole.OWNER)
    closed.user.is_active = False
    closed.user.save()
    owner = shop.staff.exclude(pk=closed.pk).get()

    with pytest.raises(LastOwner):
        staff.remove_staff(staff=owner, at=AT, actor=actor_of(shop))

    owner.refresh_from_db()
    assert owner.status == StaffStatus.ACTIVE

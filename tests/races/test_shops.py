"""Threads against threads in the shops room, each with the unguarded version that fails."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.db.models import QuerySet

from settlements.models import PayoutAccount
from settlements.services import payout_accounts
from shops.enums import BindingStatus, Relation, StaffRole, StaffStatus
from shops.models import Approval, Binding, Staff
from shops.services import approvals, identity, staff
from shops.services.actors import merchant_actor
from tests.factories.accounts import VerifiedAccountFactory
from tests.factories.shops import ShopFactory, StaffFactory, actor_of
from tests.races.racing import ends_of, no_lock
from tests.shops.helpers import accept, start

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
INDEX = """CREATE UNIQUE INDEX binding_one_official ON shops_binding (shop_id)
WHERE relation = 'OFFICIAL' AND status IN ('active', 'replace_pending', 'unbind_pending')"""


@contextmanager
def without_locks(monkeypatch, meeting: Barrier):
    """Let both callers read before either writes, and nobody wait for a row."""
    real = identity.lock

    def unlocked(**keys):
        scene = real(**keys, skip_locked=False)
        meeting.wait(10)
        return scene

    with monkeypatch.context() as patch:
        patch.setattr(QuerySet, "select_for_update", no_lock)
        patch.setattr(identity, "lock", unlocked)
        yield


@pytest.fixture
def two_requests():
    """Two accounts that were both asked to become the face of one shop."""
    shop = ShopFactory()
    code = shop.merchant.credit_code
    accounts = [VerifiedAccountFactory(credit_code=code) for _ in range(2)]
    return [start(shop, account, at=AT) for account in accounts]


def _in_force() -> int:
    return Binding.objects.in_force().filter(relation=Relation.OFFICIAL).count()


def test_of_two_accounts_that_consent_at_once_one_becomes_the_face(two_requests):
    first, second = two_requests

    ends = ends_of(lambda: accept(first, at=AT), lambda: accept(second, at=AT))

    assert ends == {"ok": 1, "official_account_exists": 1}
    assert _in_force() == 1


def test_without_the_locks_the_index_still_holds(two_requests, monkeypatch):
    first, second = two_requests

    with without_locks(monkeypatch, Barrier(2)):
        ends = ends_of(lambda: accept(first, at=AT), lambda: accept(second, at=AT))

    assert ends == {"ok": 1, "official_account_exists": 1}
    assert _in_force() == 1


def test_control_without_locks_and_index_a_shop_gets_two_faces(two_requests, monkeypatch):
    first, second = two_requests
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX binding_one_official")
    try:
        with without_locks(monkeypatch, Barrier(2)):
            ends = ends_of(lambda: accept(first, at=AT), lambda: accept(second, at=AT))
        count = _in_force()
    finally:
        Binding.objects.filter(status=BindingStatus.ACTIVE).delete()
        with connection.cursor() as cursor:
            cursor.execute(INDEX)

    assert ends == {"ok": 2}
    assert count == 2


def test_one_account_accepted_by_two_shops_shows_one_of_them():
    account = VerifiedAccountFactory(kind="personal", name="Lin herself")
    requests = [start(ShopFactory(), account, at=AT) for _ in range(2)]

    ends = ends_of(*(lambda one=one: accept(one, at=AT) for one in requests))

    account.refresh_from_db()
    bound = Binding.objects.in_force().filter(account=account)
    main = bound.get(is_main=True)
    assert ends == {"ok": 2}
    assert account.name == main.shop.name
    assert {one.former_name for one in bound if one.is_main} == {"Lin herself"}


@pytest.fixture
def two_owners():
    """A shop, and its two owners' places."""
    shop = ShopFactory()
    StaffFactory(shop=shop, role=StaffRole.OWNER)
    return shop, list(shop.staff.order_by("pk"))


def _owners(shop) -> int:
    return Staff.objects.filter(shop=shop, role=StaffRole.OWNER, status=StaffStatus.ACTIVE).count()


def test_two_owners_who_remove_each_other_leave_one(two_owners):
    shop, places = two_owners
    actor = actor_of(shop)

    ends = ends_of(
        *(lambda one=one: staff.remove_staff(staff=one, at=AT, actor=actor) for one in places)
    )

    assert ends == {"ok": 1, "last_owner": 1}
    assert _owners(shop) == 1


def test_control_without_the_lock_nobody_is_left(two_owners, monkeypatch):
    shop, places = two_owners
    actor = actor_of(shop)
    meeting = Barrier(2)
    real = staff._refuse_last_owner

    def counted(place):
        real(place)
        meeting.wait(10)

    monkeypatch.setattr(staff, "_lock", lambda shop_id: None)
    monkeypatch.setattr(staff, "_refuse_last_owner", counted)

    ends = ends_of(
        *(lambda one=one: staff.remove_staff(staff=one, at=AT, actor=actor) for one in places)
    )

    assert ends == {"ok": 2}
    assert _owners(shop) == 0


@pytest.fixture
def request_of_an_owner(monkeypatch):
    """A request that two finance people may approve, and what its act did."""
    done = []
    kind = approvals.Kind(
        code="lift",
        label="Lift",
        permission="settlements.payout",
        waits=timedelta(days=3),
        carry_out=lambda approval, at, actor: done.append(actor.user_id),
        describe=lambda approval: (),
    )
    monkeypatch.setitem(approvals._kinds, "lift", kind)
    shop = ShopFactory()
    finance = [StaffFactory(shop=shop, role=StaffRole.FINANCE) for _ in range(2)]
    actors = [merchant_actor(one.user_id, {"shop_id": shop.public_id}) for one in finance]
    asked = approvals.ask(
        kind="lift", shop_id=shop.pk, target="x", payload={}, at=AT, actor=actor_of(shop)
    )
    return asked, actors, done


def _both_approve(asked, actors):
    return ends_of(
        *(
            lambda one=one: approvals.approve(
                approval=Approval.objects.get(pk=asked.pk), at=AT, actor=one
            )
            for one in actors
        )
    )


def test_two_who_approve_at_once_do_it_once(request_of_an_owner):
    asked, actors, done = request_of_an_owner

    assert _both_approve(asked, actors) == {"ok": 1, "illegal_transition": 1}
    assert len(done) == 1


def test_control_without_compare_and_swap_it_is_done_twice(request_of_an_owner, monkeypatch):
    asked, actors, done = request_of_an_owner
    meeting = Barrier(2)

    def move(approval, *, to, at, actor, reason="", **changes):
        stored = Approval.objects.get(pk=approval.pk)
        meeting.wait(10)
        assert stored.status == "pending"
        Approval.objects.filter(pk=approval.pk).update(status=to, **changes)

    monkeypatch.setattr(approvals.states, "move", move)

    assert _both_approve(asked, actors) == {"ok": 2}
    assert len(done) == 2


def test_a_shop_never_has_two_accounts_in_use_or_waiting():
    shop = ShopFactory()
    actor_of(shop, StaffRole.FINANCE)
    owner = actor_of(shop)

    def propose(number):
        return payout_accounts.set_account(
            shop_id=shop.pk, bank="ICBC", number=number, at=AT, actor=owner
        )

    ends = ends_of(*(lambda n=n: propose(f"622202000000{n:04}") for n in range(4)))

    assert ends == {"ok": 1, "payout_account_waiting": 3}
    rows = PayoutAccount.objects.filter(shop=shop).values_list("status", flat=True)
    assert sorted(rows) == ["active", "waiting"]

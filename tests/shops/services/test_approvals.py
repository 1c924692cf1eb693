"""What takes two persons, with an act of this test's own."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from kernel.errors import IllegalTransition, NotAllowed, NotFound
from kernel.models import AuditEntry, OutboxMessage
from shops.enums import ApprovalStatus, StaffRole, StaffStatus
from shops.errors import ApprovalExpired, ApprovalWaiting, SecondPersonNeeded
from shops.models import Approval
from shops.services import approvals
from tests.factories.shops import ShopFactory, StaffFactory, actor_of

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def done(monkeypatch):
    """What the test's kind of act has done and given up."""
    acts = []
    kind = approvals.Kind(
        code="lift",
        label="Lift",
        permission="settlements.payout",
        waits=3 * DAY,
        carry_out=lambda approval, at, actor: acts.append(("done", approval.payload["by"])),
        describe=lambda approval: [("By", approval.payload["by"])],
        give_up=lambda approval, at, actor: acts.append(("given up", approval.payload["by"])),
    )
    monkeypatch.setitem(approvals._kinds, "lift", kind)
    return acts


@pytest.fixture
def shop(done):
    return ShopFactory()


def _ask(shop, actor=None, at=AT, target="thing"):
    return approvals.ask(
        kind="lift",
        shop_id=shop.pk,
        target=target,
        payload={"by": 7},
        at=at,
        actor=actor or actor_of(shop),
    )


def test_the_second_person_approves_and_it_is_done(shop, done):
    finance = actor_of(shop, StaffRole.FINANCE)
    approval = _ask(shop)
    assert (approval.takes_effect_at, done) == (None, [])

    approvals.approve(approval=approval, at=AT + DAY, actor=finance)

    approval.refresh_from_db()
    assert (approval.status, approval.decided_by_id) == ("approved", finance.user_id)
    assert done == [("done", 7)]
    assert list(AuditEntry.objects.order_by("pk").values_list("action", "actor_user_id")) == [
        ("shops.ask_approval", approval.asked_by_id),
        ("shops.approve_approval", finance.user_id),
    ]
    topics = OutboxMessage.objects.order_by("pk").values_list("topic", flat=True)
    assert list(topics) == ["shops.approval.asked.v1", "shops.approval.decided.v1"]


def test_the_asker_does_not_approve(shop, done):
    owner = actor_of(shop)
    StaffFactory(shop=shop, role=StaffRole.OWNER)
    approval = _ask(shop, owner)

    with pytest.raises(SecondPersonNeeded):
        approvals.approve(approval=approval, at=AT, actor=owner)

    assert (Approval.objects.get().status, done) == ("pending", [])


def test_the_database_holds_that_too(shop):
    StaffFactory(shop=shop, role=StaffRole.OWNER)
    approval = _ask(shop)

    with pytest.raises(IntegrityError, match="approval_by_a_second_person"), transaction.atomic():
        Approval.objects.filter(pk=approval.pk).update(
            status="approved", decided_by=approval.asked_by, decided_at=AT
        )


@pytest.mark.parametrize("column", ["payload = '{}'", "takes_effect_at = now()", "target = 'x'"])
def test_what_was_asked_is_never_changed(shop, column):
    _ask(shop)

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        connection.cursor().execute(f"UPDATE shops_approval SET {column}")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        connection.cursor().execute("DELETE FROM shops_approval")


@pytest.mark.parametrize("role", [StaffRole.MANAGER, StaffRole.ORDER_CLERK, StaffRole.READ_ONLY])
def test_who_lacks_the_permission_decides_nothing(shop, done, role):
    actor_of(shop, StaffRole.FINANCE)
    approval, other = _ask(shop), actor_of(shop, role)

    with pytest.raises(NotAllowed):
        approvals.approve(approval=approval, at=AT, actor=other)
    with pytest.raises(NotAllowed):
        approvals.reject(approval=approval, reason="no", at=AT, actor=other)
    with pytest.raises(NotAllowed):
        approvals.withdraw(approval=approval, at=AT, actor=other)

    assert (Approval.objects.get().status, done) == ("pending", [])


def test_a_rejected_one_is_given_up_with_its_reason(shop, done):
    finance = actor_of(shop, StaffRole.FINANCE)
    approval = _ask(shop)

    approvals.reject(approval=approval, reason="wrong bank", at=AT, actor=finance)

    assert (Approval.objects.get().status, done) == ("rejected", [("given up", 7)])
    assert AuditEntry.objects.get(action="shops.reject_approval").reason == "wrong bank"
    with pytest.raises(IllegalTransition):
        approvals.approve(approval=approval, at=AT, actor=finance)
    assert done == [("given up", 7)]


def test_the_asker_takes_it_back_and_may_ask_again(shop, done):
    owner = actor_of(shop)
    actor_of(shop, StaffRole.FINANCE)
    approval = _ask(shop, owner)
    with pytest.raises(ApprovalWaiting) as refusal:
        _ask(shop, owner)
    assert refusal.value.extra == {"approval_id": approval.public_id}

    approvals.withdraw(approval=approval, at=AT, actor=owner)

    assert done == [("given up", 7)]
    assert _ask(shop, owner).status == ApprovalStatus.PENDING


def test_a_shop_with_one_person_waits_and_then_it_takes_effect(shop, done, monkeypatch):
    approval = _ask(shop)
    assert approval.takes_effect_at == AT + 3 * DAY
    _set_database_time(monkeypatch, AT + 3 * DAY - timedelta(seconds=1))
    assert approvals.finish_due(at=AT) == 0
    assert done == []

    _set_database_time(monkeypatch, AT + 3 * DAY)
    assert approvals.finish_due(at=AT + 3 * DAY) == 1

    approval.refresh_from_db()
    assert (approval.status, approval.decided_by) == ("approved", None)
    assert done == [("done", 7)]
    assert approvals.finish_due(at=AT + 4 * DAY) == 0


@pytest.mark.parametrize("role", [StaffRole.MANAGER, StaffRole.READ_ONLY])
def test_people_without_the_permission_are_no_second_person(shop, role):
    StaffFactory(shop=shop, role=role)
    StaffFactory(shop=shop, role=StaffRole.OWNER, status=StaffStatus.REMOVED)
    StaffFactory(shop=shop, role=StaffRole.OWNER, user__is_active=False)

    assert _ask(shop).takes_effect_at is not None


def test_somebody_who_comes_during_the_wait_may_stop_it(shop, done):
    approval = _ask(shop)
    finance = actor_of(shop, StaffRole.FINANCE)

    approvals.reject(approval=approval, reason="not mine", at=AT + DAY, actor=finance)

    assert (approvals.finish_due(at=AT + 9 * DAY), done) == (0, [("given up", 7)])


def test_what_nobody_decides_expires(shop, done, monkeypatch):
    finance = actor_of(shop, StaffRole.FINANCE)
    approval = _ask(shop)

    with pytest.raises(ApprovalExpired):
        approvals.approve(approval=approval, at=AT + 7 * DAY, actor=finance)
    assert done == []
    _set_database_time(monkeypatch, AT + 7 * DAY)
    assert approvals.finish_due(at=AT + 7 * DAY) == 1

    assert (Approval.objects.get().status, done) == ("expired", [("given up", 7)])


def test_a_wish_does_not_outlast_its_person(shop, done, monkeypatch):
    second = StaffFactory(shop=shop, role=StaffRole.OWNER)
    approval = _ask(shop, actor_of(shop))
    asker = shop.staff.get(user_id=approval.asked_by_id)
    asker.status = StaffStatus.REMOVED
    asker.save()
    other = actor_of(shop) if second.user_id != approval.asked_by_id else None

    with pytest.raises(ApprovalExpired):
        approvals.approve(approval=approval, at=AT, actor=other)

    assert done == []


def test_an_act_that_is_refused_by_then_expires_and_says_why(shop, done, monkeypatch):
    def refuse(approval, at, actor):
        raise NotFound

    kind = approvals._kinds["lift"]
    monkeypatch.setitem(
        approvals._kinds, "lift", approvals.Kind(**{**kind.__dict__, "carry_out": refuse})
    )
    _ask(shop)
    _set_database_time(monkeypatch, AT + 4 * DAY)

    assert approvals.finish_due(at=AT + 4 * DAY) == 1

    assert (Approval.objects.get().status, done) == ("expired", [("given up", 7)])
    assert AuditEntry.objects.get(action="shops.approval_expired").reason == "not_found"


def test_an_act_that_fails_leaves_the_request_undecided(shop, done, monkeypatch):
    def refuse(approval, at, actor):
        raise NotFound

    kind = approvals._kinds["lift"]
    monkeypatch.setitem(
        approvals._kinds, "lift", approvals.Kind(**{**kind.__dict__, "carry_out": refuse})
    )
    finance = actor_of(shop, StaffRole.FINANCE)
    approval = _ask(shop)

    with pytest.raises(NotFound):
        approvals.approve(approval=approval, at=AT, actor=finance)

    assert Approval.objects.get().status == "pending"
    assert not AuditEntry.objects.filter(action="shops.approve_approval").exists()


def _set_database_time(monkeypatch, at):
    monkeypatch.setattr(approvals, "Now", lambda: at)

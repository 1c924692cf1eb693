"""The verification machine."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.enums import AccountKind, VerificationStatus
from accounts.errors import CreditCodeMissing, OwnCase, VerificationOpen
from accounts.models import Verification
from accounts.selectors import account_card
from accounts.services import verifications
from accounts.services.actors import operator_actor
from kernel.errors import IllegalTransition
from kernel.models import AuditEntry, OutboxMessage, StatusChange
from tests.factories.accounts import AccountFactory, OperatorFactory

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
YEAR = timedelta(days=365)


@pytest.fixture
def operator():
    return operator_actor(OperatorFactory().pk, {})


@pytest.fixture
def account():
    return AccountFactory(kind=AccountKind.ENTERPRISE)


def _submit(account, **changes):
    data = {"entity_name": "Lin Tea Ltd", "credit_code": "91330100ma2abc0001", "at": AT}
    return verifications.submit(account=account, **(data | changes))


def _approve(account, operator, at=AT, **changes):
    verification = _submit(account, at=at, **changes)
    verifications.start_review(verification=verification, at=at, actor=operator)
    return verifications.approve(verification=verification, at=at, actor=operator)


def test_an_approval_freezes_the_data_on_the_account(account, operator):
    verification = _approve(account, operator)

    account.refresh_from_db()
    assert (account.entity_name, account.credit_code) == ("Lin Tea Ltd", "91330100MA2ABC0001")
    assert account.verified_until == verification.expires_at == AT + YEAR
    assert account_card(account)["verified"] is True
    assert OutboxMessage.objects.get().payload == {"account_id": account.pk}
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "accounts.start_verification",
        "accounts.approve_verification",
    ]


def test_a_rejection_names_the_fields_and_leaves_the_account(account, operator):
    verification = _submit(account)
    verifications.start_review(verification=verification, at=AT, actor=operator)
    fault = {"field": "credit_code", "code": "mismatch", "message": "Not this entity's code."}

    verifications.reject(verification=verification, rejections=[fault], at=AT, actor=operator)

    verification.refresh_from_db()
    account.refresh_from_db()
    assert (verification.status, verification.rejections) == (VerificationStatus.REJECTED, [fault])
    assert (account.entity_name, account.verified_until) == ("", None)


def test_a_resubmission_is_a_new_row_and_keeps_the_history(account, operator):
    first = _submit(account)
    verifications.start_review(verification=first, at=AT, actor=operator)
    verifications.reject(verification=first, rejections=[], at=AT, actor=operator)

    _approve(account, operator, entity_name="Lin Tea Trading Ltd")

    assert list(account.verifications.order_by("pk").values_list("status", "entity_name")) == [
        ("rejected", "Lin Tea Ltd"),
        ("approved", "Lin Tea Trading Ltd"),
    ]


def test_a_second_open_submission_is_refused(account):
    _submit(account)

    with pytest.raises(VerificationOpen):
        _submit(account)

    assert Verification.objects.count() == 1


def test_an_enterprise_needs_a_credit_code_and_a_person_does_not(account):
    with pytest.raises(CreditCodeMissing):
        _submit(account, credit_code="")
    person = _submit(AccountFactory(kind=AccountKind.PERSONAL), credit_code="")

    assert list(Verification.objects.all()) == [person]


def test_a_submission_is_not_approved_before_it_is_looked_at(account, operator):
    verification = _submit(account)

    with pytest.raises(IllegalTransition):
        verifications.approve(verification=verification, at=AT, actor=operator)

    account.refresh_from_db()
    assert account.verified_until is None
    assert not AuditEntry.objects.exists()


def test_operators_do_not_decide_about_their_own_account(operator):
    own = AccountFactory(owner_id=operator.user_id, owner=None)
    verification = _submit(own)

    with pytest.raises(OwnCase):
        verifications.start_review(verification=verification, at=AT, actor=operator)

    verification.refresh_from_db()
    assert verification.status == VerificationStatus.SUBMITTED


@pytest.mark.parametrize(
    ("days_left", "status", "is_verified"),
    [(31, "approved", True), (30, "expiring", True), (0, "expired", False)],
)
def test_the_sweep_warns_and_then_ends(account, operator, days_left, status, is_verified):
    verification = _approve(account, operator)
    then = AT + YEAR - timedelta(days=days_left)

    verifications.expire_due(at=then)
    again = verifications.expire_due(at=then)

    verification.refresh_from_db()
    account.refresh_from_db()
    assert (verification.status, account_card(account)["verified"]) == (status, is_verified)
    assert again == 0


def test_an_old_verification_ends_without_touching_a_newer_one(account, operator):
    old = _approve(account, operator)
    new = _approve(account, operator, at=AT + timedelta(days=300))

    verifications.expire_due(at=AT + YEAR)

    old.refresh_from_db()
    account.refresh_from_db()
    assert old.status == VerificationStatus.EXPIRED
    assert account.verified_until == new.expires_at


def test_every_move_leaves_a_row(account, operator):
    verification = _approve(account, operator)

    moves = StatusChange.objects.filter(object_id=verification.pk).order_by("pk")

    assert list(moves.values_list("from_status", "to_status", "actor_label")) == [
        ("submitted", "reviewing", operator.label),
        ("reviewing", "approved", operator.label),
    ]

"""People, accounts and verifications in the operator console."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.enums import RoleKind, VerificationStatus
from accounts.models import Verification
from tests.factories.accounts import (
    LONG_AGO,
    AccountFactory,
    AgencyFactory,
    CreatorFactory,
    OperatorFactory,
    RoleProfileFactory,
    SupportFactory,
)

pytestmark = pytest.mark.django_db

ROOT = "/operator/accounts"


def _signed_in(user) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def desk():
    return _signed_in(OperatorFactory())


@pytest.fixture
def verification():
    return Verification.objects.create(
        account=AccountFactory(), kind="personal", entity_name="Lin", submitted_at=LONG_AGO
    )


def test_a_verification_is_taken_and_approved(desk, verification):
    page = f"{ROOT}/verification/{verification.public_id}"

    desk.post(f"{page}/do/start/")
    desk.post(f"{page}/do/approve/")

    verification.account.refresh_from_db()
    assert verification.account.entity_name == "Lin"
    assert desk.get(f"{page}/change/").status_code == 200


def test_a_verification_is_sent_back_with_a_sentence_a_field(desk, verification):
    page = f"{ROOT}/verification/{verification.public_id}"
    desk.post(f"{page}/do/start/")

    empty = desk.post(f"{page}/do/reject/", {})
    desk.post(f"{page}/do/reject/", {"entity_name": "Not the name on the paper."})

    verification.refresh_from_db()
    assert empty.status_code == 422
    assert verification.status == VerificationStatus.REJECTED
    assert (
        "Legal entity: Not the name on the paper." in desk.get(f"{page}/change/").content.decode()
    )


def test_nothing_of_a_password_is_shown(desk):
    user = AccountFactory().owner

    page = desk.get(f"{ROOT}/user/{user.public_id}/change/").content.decode()

    assert user.email in page
    assert user.password not in page
    assert "md5" not in page


def test_a_role_and_a_creator_are_suspended_and_restored(desk):
    creator = CreatorFactory()
    profile = RoleProfileFactory(user=creator.user, role=RoleKind.MERCHANT_STAFF)
    person = f"{ROOT}/user/{creator.user.public_id}/do"
    page = f"{ROOT}/creator/{creator.public_id}/do"
    seen = []

    for act in ("suspend", "restore"):
        desk.post(f"{person}/{act}-role/", {"role": "merchant_staff", "reason": "Because"})
        desk.post(f"{page}/{act}/", {"reason": "Because"})
        profile.refresh_from_db()
        creator.refresh_from_db()
        seen.append((str(profile.status), str(creator.status)))

    assert seen == [("suspended", "suspended"), ("active", "active")]


def _cost(client, pages):
    costs = []
    for page in pages:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"{ROOT}/{page}/").status_code == 200, page
        costs.append(len(queries))
    return costs


def test_lists_cost_the_same_for_one_and_three_rows(desk):
    pages = ("verification", "account", "user", "creator", "agency")
    _people(1)
    before = _cost(desk, pages)
    _people(2)

    after = _cost(desk, pages)

    assert after == before


def _people(count):
    for _ in range(count):
        creator = CreatorFactory()
        AgencyFactory(owner=creator.user)
        Verification.objects.create(
            account=creator.account, kind="personal", entity_name="x", submitted_at=LONG_AGO
        )


def test_support_does_not_come_in(verification):
    client = _signed_in(SupportFactory())

    answer = client.post(f"{ROOT}/verification/{verification.public_id}/do/start/")

    verification.refresh_from_db()
    assert answer.status_code == 302
    assert answer["Location"].startswith("/operator/login/")
    assert verification.status == VerificationStatus.SUBMITTED

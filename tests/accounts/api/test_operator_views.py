"""What operators decide about accounts."""

import pytest

from accounts.enums import RoleKind
from accounts.models import Verification
from tests.factories.accounts import (
    LONG_AGO,
    AccountFactory,
    CreatorFactory,
    OperatorFactory,
    RoleProfileFactory,
    SupportFactory,
)

pytestmark = pytest.mark.django_db

ROOT = "/api/v1/accounts/operator"
REJECTION = {
    "rejections": [{"field": "credit_code", "code": "mismatch", "message": "Another entity's."}]
}


@pytest.fixture
def client(client_for):
    return client_for(OperatorFactory())


def _submission(**changes):
    return Verification.objects.create(
        account=AccountFactory(),
        kind="personal",
        entity_name="Lin",
        submitted_at=LONG_AGO,
        **changes,
    )


def test_a_submission_goes_through_the_queue(client):
    one = _submission()
    path = f"{ROOT}/verifications/{one.public_id}"

    waiting = client.get(f"{ROOT}/verifications", {"status": "submitted"}).json()["results"]
    started = client.post(f"{path}/start").json()["status"]
    approved = client.post(f"{path}/approve").json()["status"]

    assert [row["id"] for row in waiting] == [one.public_id]
    assert (started, approved) == ("reviewing", "approved")
    one.account.refresh_from_db()
    assert one.account.entity_name == "Lin"
    assert client.get(path).json()["status"] == "approved"


def test_a_rejection_says_what_to_correct(client):
    one = _submission(status="reviewing")

    answer = client.post(f"{ROOT}/verifications/{one.public_id}/reject", REJECTION)

    assert (answer.status_code, answer.json()["rejections"]) == (200, REJECTION["rejections"])


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"rejections": []},
        {"rejections": [{"field": "status", "code": "x_y", "message": "no"}]},
        {"rejections": [{"field": "credit_code", "code": "No Code", "message": "no"}]},
        {"rejections": [REJECTION["rejections"][0] | {"extra": 1}]},
        {"rejections": "all of it"},
    ],
)
def test_a_rejection_without_reasons_is_refused(client, body):
    one = _submission(status="reviewing")

    answer = client.post(f"{ROOT}/verifications/{one.public_id}/reject", body)

    one.refresh_from_db()
    assert (answer.status_code, one.status) == (400, "reviewing")


def test_creators_and_roles_are_suspended_and_restored(client):
    creator = CreatorFactory()
    profile = RoleProfileFactory(role=RoleKind.MERCHANT_OWNER)
    one = f"{ROOT}/creators/{creator.public_id}"
    role = f"{ROOT}/users/{profile.user.public_id}/roles/merchant_owner"

    answers = [
        client.post(f"{path}/{act}", {"reason": "Because"}).json()["status"]
        for path in (one, role)
        for act in ("suspend", "restore")
    ]

    assert answers == ["suspended", "active", "suspended", "active"]


@pytest.mark.parametrize("count", [1, 3])
def test_queues_cost_the_same_for_one_and_three_rows(client, count, django_assert_num_queries):
    for _ in range(count):
        _submission()
        CreatorFactory()

    for path in ("verifications", "creators"):
        with django_assert_num_queries(2):  # who asks, and the page
            answer = client.get(f"{ROOT}/{path}")
        assert len(answer.json()["results"]) == count


def test_nobody_else_finds_the_queue(client_for):
    one = _submission()

    for user in (SupportFactory(), AccountFactory().owner):
        client = client_for(user)
        answers = [
            client.get(f"{ROOT}/verifications"),
            client.post(f"{ROOT}/verifications/{one.public_id}/start"),
        ]
        assert [answer.status_code for answer in answers] == [404, 404]
    one.refresh_from_db()
    assert one.status == "submitted"

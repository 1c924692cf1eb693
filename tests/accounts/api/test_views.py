"""What signed-in people do with accounts, follows and addresses."""

import pytest

from accounts.enums import RoleKind
from accounts.models import Account, Address, Block, Creator, Follow, Verification
from accounts.services import addresses
from tests.accounts.services.test_addresses import HOME, WORK
from tests.factories.accounts import (
    AccountFactory,
    AgencyFactory,
    CreatorFactory,
    RoleProfileFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

ROOT = "/api/v1/accounts"
NEW = {"handle": "lin_tea", "name": "Lin Tea", "kind": "brand"}
ADDRESS = {
    "name": "王小明",
    "phone": "13812341234",
    "province": "浙江省",
    "city": "杭州市",
    "district": "西湖区",
    "street": "文三路 1 号",
}


@pytest.fixture
def user():
    return UserFactory(name="Wei")


@pytest.fixture
def client(client_for, user):
    return client_for(user)


def test_me_is_one_object_with_every_role(client, user):
    creator = CreatorFactory(user=user)
    agency = AgencyFactory(owner=user)
    RoleProfileFactory(user=user, role=RoleKind.AGENCY_STAFF)

    me = client.get(f"{ROOT}/me").json()

    assert me["user"] == {"id": user.public_id, "email": user.email, "name": "Wei"}
    assert [one["role"] for one in me["roles"]] == ["creator", "agency_staff"]
    assert [one["id"] for one in me["accounts"]] == [creator.account.public_id]
    assert me["creator"]["account"]["handle"] == creator.account.handle
    assert me["agency"] == {"id": agency.public_id, "name": agency.name}
    assert me["shops"] == []


def test_a_locked_out_user_is_nobody(client_for):
    locked = UserFactory(is_active=False)

    answer = client_for(locked).get(f"{ROOT}/me")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_an_account_is_opened_shown_and_edited(client, user):
    made = client.post(f"{ROOT}/accounts", NEW)
    account_id = made.json()["id"]
    edited = client.patch(f"{ROOT}/accounts/{account_id}", {"bio": "Tea."})
    shown = client.get(f"{ROOT}/accounts/{account_id}")

    assert (made.status_code, edited.status_code) == (201, 200)
    assert shown.json() == edited.json()
    assert (shown.json()["name"], shown.json()["bio"]) == ("Lin Tea", "Tea.")
    assert Account.objects.get().owner == user


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"handle": "a"}, "/handle", "invalid"),
        ({"handle": "lin tea"}, "/handle", "invalid"),
        ({"handle": "lin\n"}, "/handle", None),
        ({"name": ""}, "/name", "required"),
        ({"name": 7}, "/name", "invalid"),
        ({"name": "x" * 61}, "/name", "max_length"),
        ({"kind": "robot"}, "/kind", "invalid_choice"),
        ({"avatar_url": "javascript:alert(1)"}, "/avatar_url", "invalid"),
        ({"verified_until": "2099-01-01T00:00:00Z"}, "/verified_until", "unknown_field"),
        ({"follower_count": 10}, "/follower_count", "unknown_field"),
    ],
)
def test_a_wrong_account_is_refused_with_the_place(client, change, pointer, code):
    answer = client.post(f"{ROOT}/accounts", NEW | change)

    if code is None:  # a trailing line break is trimmed, not stored
        assert Account.objects.get().handle == "lin"
        return
    faults = [(one["pointer"], one["code"]) for one in answer.json()["errors"]]
    assert (answer.status_code, faults) == (400, [(pointer, code)])
    assert not Account.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_for_one_and_three_rows(client, user, count, django_assert_num_queries):
    for _ in range(count):
        own = AccountFactory(owner=user)
        Follow.objects.create(user=user, account=AccountFactory())
        Follow.objects.create(user=UserFactory(), account=own)
        Block.objects.create(user=UserFactory(), account=own)
        addresses.add_address(user_id=user.pk, data=HOME)
    Verification.objects.bulk_create(
        Verification(account=own, kind="personal", status="rejected", submitted_at=own.created_at)
        for _ in range(count)
    )
    for path, queries in (
        ("accounts", 1),
        ("following", 1),
        ("addresses", 1),
        (f"accounts/{own.public_id}/followers", 2),
        (f"accounts/{own.public_id}/blocks", 2),
        (f"accounts/{own.public_id}/verifications", 2),
    ):
        with django_assert_num_queries(queries):
            answer = client.get(f"{ROOT}/{path}")
        assert answer.status_code == 200, path
    with django_assert_num_queries(6):
        client.get(f"{ROOT}/me")


def test_following_and_leaving(client, user):
    account = AccountFactory()
    path = f"{ROOT}/accounts/{account.public_id}/follow"

    put = [client.put(path).status_code for _ in range(2)]
    listed = client.get(f"{ROOT}/following").json()["results"]
    left = [client.delete(path).status_code for _ in range(2)]

    assert (put, left) == ([204, 204], [204, 204])
    assert [one["account"]["id"] for one in listed] == [account.public_id]
    assert not Follow.objects.exists()


def test_an_owner_refuses_a_follower(client, client_for, user):
    account, fan = AccountFactory(owner=user), UserFactory()
    client_for(fan).put(f"{ROOT}/accounts/{account.public_id}/follow")
    follower = client.get(f"{ROOT}/accounts/{account.public_id}/followers").json()["results"][0]

    client.put(f"{ROOT}/accounts/{account.public_id}/blocks/{follower['user_id']}")

    answer = client_for(fan).put(f"{ROOT}/accounts/{account.public_id}/follow")
    assert (answer.status_code, answer.json()["code"]) == (409, "blocked")
    client.delete(f"{ROOT}/accounts/{account.public_id}/blocks/{follower['user_id']}")
    assert not Block.objects.exists()


def test_a_verification_is_submitted_and_listed(client, user):
    account = AccountFactory(owner=user, kind="enterprise")
    path = f"{ROOT}/accounts/{account.public_id}/verifications"
    body = {"entity_name": "Lin Tea Ltd", "credit_code": "91330100ma2abc0001"}

    made = client.post(path, body)
    again = client.post(path, body)

    listed = client.get(path).json()["results"]
    assert (made.status_code, made.json()["status"]) == (201, "submitted")
    assert listed == [made.json()]
    assert listed[0]["credit_code"] == "91330100MA2ABC0001"
    assert (again.status_code, again.json()["code"]) == (409, "verification_open")


def test_addresses_are_masked_in_the_list_and_clear_for_one(client):
    made = client.post(f"{ROOT}/addresses", ADDRESS).json()

    listed = client.get(f"{ROOT}/addresses").json()["results"]
    shown = client.get(f"{ROOT}/addresses/{made['id']}").json()

    assert shown == made == {"id": made["id"], "is_default": True} | ADDRESS
    assert (listed[0]["name"], listed[0]["phone"], listed[0]["street"]) == (
        "王**",
        "138****1234",
        "***",
    )


def test_an_address_is_replaced_and_forgotten(client):
    made = client.post(f"{ROOT}/addresses", ADDRESS).json()
    path = f"{ROOT}/addresses/{made['id']}"

    replaced = client.put(path, ADDRESS | {"street": WORK.street}).json()
    gone = client.delete(path).status_code

    assert (replaced["street"], gone) == (WORK.street, 204)
    assert client.get(path).status_code == 404
    assert not Address.objects.exists()


@pytest.mark.parametrize("phone", ["", "12", "call me", "1" * 30, "138\u0000"])
def test_a_phone_that_is_none_is_refused(client, phone):
    answer = client.post(f"{ROOT}/addresses", ADDRESS | {"phone": phone})

    assert answer.status_code == 400
    assert not Address.objects.exists()


def test_becoming_a_creator_and_founding_an_agency(client, user):
    account = AccountFactory(owner=user)

    creator = client.post(f"{ROOT}/creators", {"account_id": account.public_id})
    agency = client.post(f"{ROOT}/agencies", {"name": "Star House"})

    assert (creator.status_code, creator.json()["account"]["id"]) == (201, account.public_id)
    assert (agency.status_code, agency.json()["name"]) == (201, "Star House")


def test_what_is_somebody_elses_is_not_there(client):
    foreign = AccountFactory(owner=UserFactory())
    address = addresses.add_address(user_id=UserFactory().pk, data=HOME)
    own = f"{ROOT}/accounts/{foreign.public_id}"

    answers = [
        client.get(own),
        client.patch(own, {"bio": "mine"}),
        client.put(f"{own}/collection-account"),
        client.get(f"{own}/followers"),
        client.get(f"{own}/blocks"),
        client.put(f"{own}/blocks/{UserFactory().public_id}"),
        client.get(f"{own}/verifications"),
        client.post(f"{own}/verifications", {"entity_name": "Mine"}),
        client.post(f"{ROOT}/creators", {"account_id": foreign.public_id}),
        client.get(f"{ROOT}/addresses/{address.public_id}"),
        client.put(f"{ROOT}/addresses/{address.public_id}", ADDRESS),
        client.delete(f"{ROOT}/addresses/{address.public_id}"),
        client.get(f"{ROOT}/accounts/acc_missing"),
    ]

    missing = answers[-1].json()
    for answer in answers:
        body = answer.json()
        assert (answer.status_code, body["detail"]) == (404, missing["detail"])
    foreign.refresh_from_db()
    assert (foreign.bio, foreign.collection_opened_at) == ("", None)
    assert Address.objects.count() == 1
    assert not Verification.objects.exists()
    assert not Creator.objects.exists()

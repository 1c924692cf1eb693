"""号店一体 through the doors: shop, account, operator, anybody."""

import pytest

from shops.enums import BindingStatus
from shops.models import Binding, NameChange
from shops.services import preconditions
from tests.factories.accounts import AccountFactory, OperatorFactory, VerifiedAccountFactory
from tests.factories.shops import BindingFactory, ShopFactory, StaffFactory, owner_of

pytestmark = pytest.mark.django_db

ROOT = "/api/v1/shops"


@pytest.fixture
def shop():
    return ShopFactory(name="Lin Tea")


@pytest.fixture
def account(shop):
    return VerifiedAccountFactory(name="lin", credit_code=shop.merchant.credit_code)


@pytest.fixture
def merchant(client_for, shop):
    return client_for(owner_of(shop))


@pytest.fixture
def creator(client_for, account):
    return client_for(account.owner)


@pytest.fixture
def path(shop):
    return f"{ROOT}/shops/{shop.public_id}/bindings"


def _ask(merchant, path, account, **more):
    body = {"account_id": account.public_id, "relation": "OFFICIAL"}
    return merchant.post(path, body | more)


def test_bi_08_shop_page_and_profile_show_one_identity_block(
    merchant, creator, anonymous_client, shop, account, path
):
    """Both say yes first. Videos and live state are not in it: no room keeps them.

    API: GET /api/v1/shops/storefronts/{shop_id}
    API: GET /api/v1/accounts/profiles/{account_id}
    """
    asked = _ask(merchant, path, account).json()
    waiting = creator.get(f"{ROOT}/bindings", {"status": "awaiting_account"}).json()["results"]
    accepted = creator.post(f"{ROOT}/bindings/{asked['id']}/accept").json()

    page = anonymous_client.get(f"{ROOT}/storefronts/{shop.public_id}").json()
    profile = anonymous_client.get(f"/api/v1/accounts/profiles/{account.public_id}").json()
    assert (asked["status"], accepted["status"]) == ("awaiting_account", "active")
    assert [one["id"] for one in waiting] == [asked["id"]]
    assert page["storefront"] == profile["storefront"]
    block = page["storefront"]
    assert list(block) == ["shop", "account", "relation", "bound_since"]
    assert list(block["shop"]) == ["id", "name", "type", "score", "guarantees", "deposit_badge"]
    assert list(block["account"]) == ["id", "handle", "name", "avatar_url", "kind", "verified"]
    assert (block["shop"]["name"], block["account"]["name"]) == ("Lin Tea", "Lin Tea")
    assert (block["relation"], profile["account"]) == ("OFFICIAL", block["account"])


def test_bi_07_a_rename_reaches_the_account_and_is_listed(merchant, shop, account, path, creator):
    """One way, shop to account, and on record.

    API: POST /api/v1/shops/shops/{shop_id}/rename
    """
    asked = _ask(merchant, path, account).json()
    creator.post(f"{ROOT}/bindings/{asked['id']}/accept")

    renamed = merchant.post(
        f"{ROOT}/shops/{shop.public_id}/rename", {"name": "Lin Tea House"}
    ).json()

    account.refresh_from_db()
    changes = merchant.get(f"{ROOT}/shops/{shop.public_id}/name-changes").json()["results"]
    assert (renamed["name"], account.name) == ("Lin Tea House", "Lin Tea House")
    assert [(one["old_name"], one["new_name"], one["cause"]) for one in changes] == [
        ("Lin Tea", "Lin Tea House", "renamed"),
        ("lin", "Lin Tea", "bound"),
    ]


def test_the_owner_of_an_official_account_does_not_rename_it(merchant, creator, account, path):
    asked = _ask(merchant, path, account).json()
    creator.post(f"{ROOT}/bindings/{asked['id']}/accept")

    answer = creator.patch(f"/api/v1/accounts/accounts/{account.public_id}", {"name": "mine"})

    account.refresh_from_db()
    assert (answer.status_code, answer.json()["code"]) == (409, "name_follows_shop")
    assert account.name == "Lin Tea"


def test_bi_04_a_letter_of_another_entity_goes_to_an_operator(merchant, client_for, path):
    """After both sides said yes.

    API: POST /api/v1/shops/operator/bindings/{binding_id}/approve
    """
    account = VerifiedAccountFactory()
    letter = {"authorisation_url": "https://files.example.com/letter.pdf"}
    asked = _ask(merchant, path, account, **letter).json()
    client_for(account.owner).post(f"{ROOT}/bindings/{asked['id']}/accept")
    operator = client_for(OperatorFactory())

    queue = operator.get(f"{ROOT}/operator/bindings", {"status": "awaiting_review"}).json()
    approved = operator.post(f"{ROOT}/operator/bindings/{asked['id']}/approve").json()

    assert [one["id"] for one in queue["results"]] == [asked["id"]]
    assert approved["status"] == "active"


def test_an_operator_refuses_a_letter(merchant, client_for, path):
    account = VerifiedAccountFactory()
    letter = {"authorisation_url": "https://files.example.com/letter.pdf"}
    asked = _ask(merchant, path, account, **letter).json()
    client_for(account.owner).post(f"{ROOT}/bindings/{asked['id']}/accept")

    answer = client_for(OperatorFactory()).post(
        f"{ROOT}/operator/bindings/{asked['id']}/reject", {"reason": "No seal"}
    )

    assert (answer.json()["status"], answer.json()["end_reason"]) == ("ended", "rejected")


def test_saying_no_and_taking_back(merchant, creator, account, path):
    declined = _ask(merchant, path, account).json()["id"]
    no = creator.post(f"{ROOT}/bindings/{declined}/decline").json()
    withdrawn = _ask(merchant, path, account).json()["id"]
    back = merchant.post(f"{path}/{withdrawn}/withdraw").json()

    assert [no["end_reason"], back["end_reason"]] == ["declined", "withdrawn"]


def test_a_replacement_by_the_doors(merchant, creator, account, shop, path):
    old = BindingFactory(shop=shop)

    asked = _ask(merchant, path, account, replaces=old.public_id).json()
    creator.post(f"{ROOT}/bindings/{asked['id']}/accept")

    listed = merchant.get(path).json()["results"]
    assert [(one["status"], one["end_reason"], one["replaces"]) for one in listed] == [
        ("active", "", old.public_id),
        ("ended", "replaced", None),
    ]


def test_bi_12_unbinding_waits_and_counts_what_stands_in_the_way(merchant, shop, path, monkeypatch):
    """Which counters there are: the next test.

    API: POST /api/v1/shops/shops/{shop_id}/bindings/{binding_id}/unbind
    """
    monkeypatch.setattr(preconditions, "_counters", {})
    preconditions.register(code="open_cases", label="open cases", count=lambda binding: 2)
    binding = BindingFactory(shop=shop)
    one = f"{path}/{binding.public_id}"

    listed = merchant.get(f"{one}/preconditions").json()
    asked = merchant.post(f"{one}/unbind").json()
    kept = merchant.post(f"{one}/keep").json()

    assert listed == asked["preconditions"]
    assert listed == [{"code": "open_cases", "label": "open cases", "count": 2, "is_met": False}]
    assert (asked["binding"]["status"], kept["status"]) == ("unbind_pending", "active")


def test_bi_02_the_profile_shows_the_main_shop_of_several(creator, account, shop):
    """Whoever owns the account chooses.

    API: POST /api/v1/shops/bindings/{binding_id}/main
    """
    first = BindingFactory(shop=shop, account=account)
    second = BindingFactory(shop=ShopFactory(name="Lin Cups"), account=account, is_main=False)

    answer = creator.post(f"{ROOT}/bindings/{second.public_id}/main").json()

    first.refresh_from_db()
    profile = creator.get(f"/api/v1/accounts/profiles/{account.public_id}").json()
    assert (answer["is_main"], first.is_main) == (True, False)
    assert profile["storefront"]["shop"]["name"] == "Lin Cups"


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"relation": "AWEME_COOPERATOR"}, "/relation", "invalid_choice"),
        ({"relation": None}, "/relation", "required"),
        ({"account_id": ""}, "/account_id", "required"),
        ({"status": "active"}, "/status", "unknown_field"),
        ({"authorisation_url": "ftp"}, "/authorisation_url", "invalid"),
    ],
)
def test_a_wrong_request_is_refused_with_the_place(merchant, account, path, change, pointer, code):
    answer = _ask(merchant, path, account, **change)

    faults = [(one["pointer"], one["code"]) for one in answer.json()["errors"]]
    assert (answer.status_code, faults) == (400, [(pointer, code)])
    assert not Binding.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_for_one_and_three_rows(client_for, count, django_assert_num_queries):
    shop = ShopFactory()
    account = AccountFactory()
    for _ in range(count):
        BindingFactory(shop=shop, relation="SELF")
        BindingFactory(shop=ShopFactory(), account=account, relation="SELF")
        NameChange.objects.create(
            shop=shop, account=account, old_name="a", new_name="b", cause="bound", at=shop.opened_at
        )
        StaffFactory(shop=shop, role="read_only")
    merchant, owner = client_for(owner_of(shop)), client_for(account.owner)
    root = f"{ROOT}/shops/{shop.public_id}"

    for path in ("bindings", "name-changes", "staff", "guarantees", "return-addresses"):
        # Who asks, and the page; behind the wall: savepoint, in, out, release.
        with django_assert_num_queries(2 + 4):
            answer = merchant.get(f"{root}/{path}")
        assert answer.json()["results"], path
    with django_assert_num_queries(1):
        answer = owner.get(f"{ROOT}/bindings")
    assert len(answer.json()["results"]) == count


def test_what_belongs_to_others_is_not_there(client_for, shop):
    foreign = BindingFactory()
    theirs = f"{ROOT}/shops/{foreign.shop.public_id}"
    mine = f"{ROOT}/shops/{shop.public_id}"
    member = StaffFactory(shop=foreign.shop, role="read_only")
    address = foreign.shop.return_addresses.get()
    client = client_for(owner_of(shop))

    answers = [
        client.get(theirs),
        client.post(f"{theirs}/rename", {"name": "Mine"}),
        client.get(f"{theirs}/admission"),
        client.get(f"{theirs}/staff"),
        client.get(f"{theirs}/bindings"),
        client.delete(f"{mine}/staff/{member.public_id}"),
        client.patch(f"{mine}/staff/{member.public_id}", {"role": "read_only"}),
        client.get(f"{mine}/bindings/{foreign.public_id}"),
        client.post(f"{mine}/bindings/{foreign.public_id}/unbind"),
        client.post(f"{mine}/bindings/{foreign.public_id}/withdraw"),
        client.get(f"{mine}/bindings/{foreign.public_id}/preconditions"),
        client.delete(f"{mine}/return-addresses/{address.public_id}"),
        client.get(f"{ROOT}/bindings/{foreign.public_id}"),
        client.post(f"{ROOT}/bindings/{foreign.public_id}/accept"),
        client.post(f"{ROOT}/bindings/{foreign.public_id}/main"),
        client.get(f"{ROOT}/operator/shops"),
        client.get(f"{ROOT}/shops/shp_missing"),
    ]

    missing = answers[-1].json()["detail"]
    assert [(one.status_code, one.json()["detail"]) for one in answers] == [(404, missing)] * len(
        answers
    )
    foreign.refresh_from_db()
    member.refresh_from_db()
    assert (foreign.status, member.status) == (BindingStatus.ACTIVE, "active")


def test_a_shop_does_not_answer_for_the_account(merchant, account, path):
    asked = _ask(merchant, path, account).json()

    answer = merchant.post(f"{ROOT}/bindings/{asked['id']}/accept")

    assert answer.status_code == 404
    assert Binding.objects.get().status == BindingStatus.AWAITING_ACCOUNT


def test_the_accounts_owner_does_not_withdraw_for_the_shop(merchant, creator, account, path):
    asked = _ask(merchant, path, account).json()

    answer = creator.post(f"{path}/{asked['id']}/withdraw")

    assert answer.status_code == 404
    assert Binding.objects.get().status == BindingStatus.AWAITING_ACCOUNT

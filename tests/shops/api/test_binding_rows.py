"""Rows of 号店一体 that are rules about the two sides: one face, who may become it, how it ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Follow
from shops.enums import BindingStatus, Relation
from shops.models import Binding
from shops.services import preconditions
from tests.factories.accounts import UserFactory, VerifiedAccountFactory
from tests.factories.orders import make_sku
from tests.factories.sales import placed_order
from tests.factories.shops import BindingFactory, ShopFactory, StaffFactory, owner_of

pytestmark = pytest.mark.django_db

ROOT = "/api/v1/shops"
DAY = timedelta(days=1)


@pytest.fixture
def shop() -> Any:
    return ShopFactory(name="Lin Tea")


@pytest.fixture
def account(shop: Any) -> Any:
    return VerifiedAccountFactory(name="lin", credit_code=shop.merchant.credit_code)


@pytest.fixture
def merchant(client_for: Any, shop: Any) -> Any:
    return client_for(owner_of(shop))


def ask(merchant: Any, shop: Any, account: Any, relation: str = "OFFICIAL", **more: Any) -> Any:
    body = {"account_id": account.public_id, "relation": relation}
    return merchant.post(f"{ROOT}/shops/{shop.public_id}/bindings", body | more)


def another(shop: Any) -> Any:
    return VerifiedAccountFactory(credit_code=shop.merchant.credit_code)


def test_bi_01_one_official_account_and_any_number_of_own_broadcast_accounts(
    merchant: Any, client_for: Any, shop: Any
) -> None:
    """The second official one is refused, the third broadcast account is not.

    API: POST /api/v1/shops/shops/{shop_id}/bindings
    """
    BindingFactory(shop=shop)

    second = ask(merchant, shop, another(shop))
    for _ in range(3):
        account = another(shop)
        asked = ask(merchant, shop, account, "SELF").json()
        client_for(account.owner).post(f"{ROOT}/bindings/{asked['id']}/accept")

    assert (second.status_code, second.json()["code"]) == (409, "official_account_exists")
    bound = Binding.objects.in_force().filter(shop=shop)
    assert sorted(bound.values_list("relation", flat=True)) == ["OFFICIAL", *["SELF"] * 3]


def test_bi_03_every_answer_says_how_the_account_stands_to_the_shop(
    client_for: Any, shop: Any
) -> None:
    """One word of three: of the shop, of its own, of a partner.

    API: GET /api/v1/orders/orders/{number}
    """
    accounts = {
        Relation.OFFICIAL: BindingFactory(shop=shop).account,
        Relation.SELF: BindingFactory(shop=shop, relation=Relation.SELF).account,
        Relation.AWEME_COOPERATOR: VerifiedAccountFactory(),
    }
    buyer = UserFactory()
    shown = {}
    for account in accounts.values():
        touch = {"account_id": account.public_id}
        order = placed_order((make_sku(shop), 1), buyer=buyer, touch=touch)
        body = client_for(buyer).get(f"/api/v1/orders/orders/{order.number}").json()
        # The shop's own face needs no second one beside it.
        teller = body["presenter"] or body["storefront"]
        shown[teller["account"]["id"]] = teller["relation"]

    assert shown == {one.public_id: str(relation) for relation, one in accounts.items()}


def test_bi_05_an_account_that_collects_for_itself_becomes_nobodys_face(
    merchant: Any, client_for: Any, shop: Any, account: Any
) -> None:
    """It may broadcast for the shop all the same.

    API: POST /api/v1/shops/shops/{shop_id}/bindings
    """
    owner = client_for(account.owner)
    owner.put(f"/api/v1/accounts/accounts/{account.public_id}/collection-account")

    refused = ask(merchant, shop, account)
    taken = ask(merchant, shop, account, "SELF")

    assert (refused.status_code, refused.json()["code"]) == (409, "account_has_collection")
    assert taken.status_code == 201
    assert [one.relation for one in Binding.objects.all()] == ["SELF"]


def test_bi_11_the_face_changes_once_a_year_and_who_left_waits_thirty_days(
    merchant: Any, client_for: Any, shop: Any, account: Any
) -> None:
    """Every refusal says from when it is possible: of a request, as whatever, and of an old wish.

    API: POST /api/v1/shops/shops/{shop_id}/bindings
    """
    old = BindingFactory(shop=shop, account=another(shop))
    elsewhere = ShopFactory(merchant=shop.merchant)
    other = client_for(owner_of(elsewhere))
    wish = ask(other, elsewhere, old.account).json()
    third = ShopFactory()
    asked = ask(merchant, shop, account, replaces=old.public_id).json()
    client_for(account.owner).post(f"{ROOT}/bindings/{asked['id']}/accept")

    again = ask(merchant, shop, another(shop), replaces=asked["id"])
    # The third shop sees nothing of the binding that ended: it is refused all the same.
    too_soon = [
        client_for(old.account.owner).post(f"{ROOT}/bindings/{wish['id']}/accept"),
        ask(client_for(owner_of(third)), third, old.account),
        ask(client_for(owner_of(third)), third, old.account, "SELF"),
    ]

    ended_at = Binding.objects.get(pk=old.pk).ended_at
    assert ended_at is not None
    assert (again.status_code, again.json()["code"]) == (409, "replacement_used")
    assert again.json()["possible_from"] == (ended_at + 365 * DAY).isoformat()
    assert [
        (one.status_code, one.json()["code"], one.json()["possible_from"]) for one in too_soon
    ] == [(409, "account_cooling_down", (ended_at + 30 * DAY).isoformat())] * 3
    assert not Binding.objects.filter(shop=third).exists()


def test_bi_12_rooms_above_say_what_stands_against_it(merchant: Any, shop: Any) -> None:
    """Of the row's five those that exist: there is no live room and no video to count.

    API: GET /api/v1/shops/shops/{shop_id}/bindings/{binding_id}/preconditions
    """
    binding = BindingFactory(shop=shop)
    path = f"{ROOT}/shops/{shop.public_id}/bindings/{binding.public_id}"

    listed = merchant.get(f"{path}/preconditions").json()

    codes = {one["code"] for one in listed}
    assert {"open_cases", "unsettled_commission"} <= codes
    assert {one["count"] for one in listed} == {0}
    assert codes == {one.code for one in preconditions.check(binding)}


def test_bi_13_followers_stay_with_the_account_and_the_shop_keeps_its_people(
    merchant: Any, client_for: Any, shop: Any
) -> None:
    """The account gets its own name back; who came in as its owner does not come in any longer.

    API: POST /api/v1/shops/shops/{shop_id}/bindings/{binding_id}/unbind
    """
    binding = BindingFactory(shop=shop, former_name="lin at home")
    follower, place = UserFactory(), StaffFactory(shop=shop, role="order_clerk")
    Follow.objects.create(user=follower, account=binding.account)
    face = client_for(binding.account.owner)
    own = f"{ROOT}/shops/{shop.public_id}"
    before = face.get(own).status_code

    merchant.post(f"{own}/bindings/{binding.public_id}/unbind")

    binding.refresh_from_db()
    binding.account.refresh_from_db()
    place.refresh_from_db()
    assert (binding.status, binding.account.name) == (BindingStatus.ENDED, "lin at home")
    assert (before, face.get(own).status_code) == (200, 404)
    assert Follow.objects.filter(account=binding.account, user=follower).exists()
    assert place.status == "active"
    page = client_for(follower).get(f"{ROOT}/storefronts/{shop.public_id}").json()
    assert (page["storefront"]["account"], page["storefront"]["relation"]) == (None, None)


def test_bi_16_of_two_requests_the_first_consent_wins_and_the_other_ends(
    merchant: Any, client_for: Any, shop: Any
) -> None:
    """Awaiting, active, ended with its reason; the database holds one active official binding.

    API: POST /api/v1/shops/bindings/{binding_id}/accept
    """
    first, second = another(shop), another(shop)
    asked = [ask(merchant, shop, one).json() for one in (first, second)]
    waiting = {one["status"] for one in asked}

    yes = client_for(second.owner).post(f"{ROOT}/bindings/{asked[1]['id']}/accept").json()
    late = client_for(first.owner).post(f"{ROOT}/bindings/{asked[0]['id']}/accept")

    assert (waiting, yes["status"]) == ({"awaiting_account"}, "active")
    assert (late.status_code, late.json()["code"]) == (409, "official_account_exists")
    assert Binding.objects.in_force().get(shop=shop).account == second

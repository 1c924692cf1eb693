"""The identity block and its neighbours."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.enums import AccountKind, RoleKind, RoleStatus
from accounts.selectors import account_card
from kernel.actors import Role, resolve
from shops.enums import BindingStatus, GuaranteeKind, Relation, StaffRole, StaffStatus
from shops.policies import PERMISSIONS, may_grant, permissions_of
from shops.selectors import collection_shop, freight_terms, presenters, storefronts
from tests.factories.accounts import (
    AccountFactory,
    CreatorFactory,
    OperatorFactory,
    RoleProfileFactory,
    UserFactory,
)
from tests.factories.shops import (
    BindingFactory,
    GuaranteeFactory,
    PreparingShopFactory,
    ShopFactory,
    StaffFactory,
    owner_of,
)

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def test_the_storefront_of_a_bound_shop_shows_both_halves():
    binding = BindingFactory(shop__name="Lin Tea", shop__score_tenths=973)

    block = storefronts([binding.shop_id], at=AT)[binding.shop_id]

    assert block == {
        "shop": {
            "id": binding.shop.public_id,
            "name": "Lin Tea",
            "type": "ordinary",
            "score": "97.3",
            "guarantees": ["damaged_on_arrival", "seven_day_return", "ship_48h"],
            "deposit_badge": None,
        },
        "account": {
            "id": binding.account.public_id,
            "handle": binding.account.handle,
            "name": "Lin Tea",
            "avatar_url": binding.shop.logo_url,
            "kind": "enterprise",
            "verified": True,
        },
        "relation": "OFFICIAL",
        "bound_since": "2025-01-01T00:00:00Z",
    }


def test_the_storefront_of_an_unbound_shop_has_no_account():
    shop = PreparingShopFactory()
    BindingFactory(shop=ShopFactory())

    block = storefronts([shop.pk], at=AT)[shop.pk]

    assert block["shop"]["score"] is None
    assert block["shop"]["guarantees"] == []
    assert (block["account"], block["relation"], block["bound_since"]) == (None, None, None)


@pytest.mark.parametrize("status", [BindingStatus.REPLACE_PENDING, BindingStatus.UNBIND_PENDING])
def test_an_account_on_its_way_out_is_still_the_face(status):
    binding = BindingFactory(status=status)

    block = storefronts([binding.shop_id], at=AT)[binding.shop_id]

    assert block["account"] == account_card(binding.account)


def test_guarantees_count_from_their_start_until_their_end():
    shop = PreparingShopFactory()
    day = timedelta(days=1)
    GuaranteeFactory(shop=shop, kind=GuaranteeKind.SHIP_48H, starts_at=AT, ends_at=AT + day)

    shown = [
        storefronts([shop.pk], at=moment)[shop.pk]["shop"]["guarantees"]
        for moment in (AT - day, AT, AT + day)
    ]

    assert shown == [[], ["ship_48h"], []]


@pytest.mark.parametrize("count", [1, 3])
def test_storefronts_cost_three_queries_for_any_number_of_shops(count, django_assert_num_queries):
    shops = [BindingFactory().shop_id for _ in range(count)]

    with django_assert_num_queries(3):
        blocks = storefronts(shops, at=AT)

    assert set(blocks) == set(shops)


def test_presenters_say_how_each_account_stands_to_the_shop(django_assert_num_queries):
    official = BindingFactory()
    shop = official.shop
    own = BindingFactory(shop=shop, relation=Relation.SELF)
    stranger = AccountFactory(kind=AccountKind.PERSONAL)
    pairs = [(one.pk, shop.pk) for one in (official.account, own.account, stranger)]

    with django_assert_num_queries(2):
        found = presenters([*pairs, (0, shop.pk)], at=AT)

    assert {pair: one["relation"] for pair, one in found.items()} == {
        pairs[0]: "OFFICIAL",
        pairs[1]: "SELF",
        pairs[2]: "AWEME_COOPERATOR",
    }
    assert found[pairs[2]]["account"] == account_card(stranger)


def test_the_main_shop_collects_for_an_official_account():
    first = BindingFactory(is_main=False)
    BindingFactory(account=first.account, is_main=False)
    main = BindingFactory(account=first.account, is_main=True)

    assert collection_shop(first.account) == main.shop


def test_nobody_collects_for_an_own_broadcast_account():
    binding = BindingFactory(relation=Relation.SELF)

    assert collection_shop(binding.account) is None


@pytest.mark.parametrize(
    ("goods_amount", "freight"), [(1, 800), (9_899, 800), (9_900, 0), (50_000, 0)]
)
def test_freight_is_flat_until_it_is_free(goods_amount, freight):
    shop = ShopFactory()

    assert freight_terms([shop.pk])[shop.pk].of(goods_amount) == freight


def test_freight_terms_are_read_together_for_a_set_of_shops(django_assert_num_queries):
    paid, bare = ShopFactory(), PreparingShopFactory()

    with django_assert_num_queries(2):
        terms = freight_terms([paid.pk, bare.pk])

    assert (terms[paid.pk].of(100), terms[bare.pk].of(100)) == (800, 0)


def test_staff_act_for_the_shop_in_the_address():
    person = UserFactory(name="Lin")
    ShopFactory(owner=person)
    second = StaffFactory(shop=ShopFactory(), user=person, role=StaffRole.ORDER_CLERK).shop

    actor = resolve(Role.MERCHANT, person.pk, {"shop_id": second.public_id})

    assert actor is not None
    assert (actor.shop_id, actor.label) == (second.pk, "Lin (order clerk)")
    assert actor.permissions == PERMISSIONS[StaffRole.ORDER_CLERK]


def test_a_console_log_in_opens_the_first_place():
    person = UserFactory()
    first = ShopFactory(owner=person)
    ShopFactory(owner=person)

    actor = resolve(Role.MERCHANT, person.pk, {})

    assert actor is not None
    assert actor.shop_id == first.pk


def test_strangers_removed_staff_and_locked_users_are_nobody():
    shop = ShopFactory()
    removed = StaffFactory(shop=shop, status=StaffStatus.REMOVED).user
    locked = StaffFactory(shop=shop, user=UserFactory(is_active=False)).user
    keys = {"shop_id": shop.public_id}

    found = [resolve(Role.MERCHANT, user.pk, keys) for user in (UserFactory(), removed, locked)]

    assert found == [None, None, None]
    assert resolve(Role.MERCHANT, owner_of(shop).pk, keys) is not None


def test_a_suspended_role_closes_its_places_alone():
    person = UserFactory()
    owned = ShopFactory(owner=person)
    served = StaffFactory(shop=ShopFactory(), user=person, role=StaffRole.ORDER_CLERK).shop
    RoleProfileFactory(user=person, role=RoleKind.MERCHANT_OWNER, status=RoleStatus.SUSPENDED)

    found = [
        resolve(Role.MERCHANT, person.pk, {"shop_id": shop.public_id}) is not None
        for shop in (owned, served)
    ]

    assert found == [False, True]


def test_platform_roles_and_creators_are_resolved():
    operator, creator = OperatorFactory(), CreatorFactory()

    found = resolve(Role.OPERATOR, operator.pk, {})
    presenting = resolve(Role.CREATOR, creator.user_id, {})

    assert found is not None
    assert found.may("shops.operate")
    assert presenting is not None
    assert presenting.creator_id == creator.pk
    assert resolve(Role.SUPPORT, operator.pk, {}) is None
    assert resolve(Role.OPERATOR, creator.user_id, {}) is None


def test_nobody_grants_what_they_do_not_hold():
    manager = permissions_of(StaffRole.MANAGER)

    grantable = {role for role in StaffRole if may_grant(manager, role)}

    assert grantable == {
        StaffRole.MANAGER,
        StaffRole.PRODUCT_EDITOR,
        StaffRole.ORDER_CLERK,
        StaffRole.AFTERSALES_AGENT,
        StaffRole.LIVE_OPERATOR,
        StaffRole.READ_ONLY,
    }
    assert not any(may_grant(permissions_of(StaffRole.ORDER_CLERK), role) for role in StaffRole)

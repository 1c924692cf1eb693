"""An account and its shop are found as one, by any of their names (BI-18)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from catalog.enums import PaperStatus
from catalog.models import Product, StorefrontNames
from catalog.services import papers, storefronts
from kernel import delivery
from shops.enums import GrantKind, Relation, ShopStatus
from shops.models import Shop
from shops.services import names
from tests.factories.accounts import AccountFactory
from tests.factories.catalog import BrandFactory, BrandGrantFactory, product_on_sale
from tests.factories.shops import BindingFactory, ShopFactory, actor_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def indexed(*shops: Shop) -> None:
    storefronts.refresh([shop.pk for shop in shops], at=timezone.now())


def open_shop(name: str, **more: Any) -> Shop:
    shop = ShopFactory(name=name, **more)
    indexed(shop)
    return shop


@pytest.fixture
def search(anonymous_client: Any) -> Any:
    def ask(text: str) -> list[Any]:
        answer = anonymous_client.get("/api/v1/catalog/storefronts", {"q": text})
        assert answer.status_code == 200, answer.content
        return answer.json()

    return ask


@pytest.fixture
def found(search: Any) -> Any:
    return lambda text: [card["storefront"]["shop"]["name"] for card in search(text)]


def test_bi_18_a_brand_finds_one_card_of_account_shop_and_products(
    search: Any, django_assert_max_num_queries: Any
) -> None:
    """Whatever of its names is typed: one identity is one card, with what it sells most.

    API: GET /api/v1/catalog/storefronts
    """
    shop = ShopFactory(name="青禾家纺旗舰店")
    account = AccountFactory(name="青禾的小院", handle="qinghe_home")
    BindingFactory(shop=shop, account=account, relation=Relation.OFFICIAL)
    brand = BrandFactory(name="Qinghe 青禾")
    BrandGrantFactory(shop=shop, brand=brand, kind=GrantKind.OWNER, status=PaperStatus.APPROVED)
    goods = [product_on_sale(shop=shop) for _n in range(6)]
    for sold, product in enumerate(goods):
        Product.objects.filter(pk=product.pk).update(sales_count=sold)
    indexed(shop)

    for text in (
        "青禾家纺旗舰店",
        "青禾家纺",
        "青禾家纺 四件套",
        "青禾的小院",
        "QINGHE_HOME",
        "qinghe青禾",
        "青禾",
        "qing",
    ):
        with django_assert_max_num_queries(6):
            (card,) = search(text)
        assert card["storefront"]["shop"]["id"] == shop.public_id
        assert card["storefront"]["account"]["id"] == account.public_id
        assert card["storefront"]["relation"] == "OFFICIAL"
        shown = [one["id"] for one in card["products"]]
        assert shown == [one.public_id for one in reversed(goods[2:])]


@pytest.mark.parametrize("text", ["家纺", "四件套", "青", "q", "旗舰店", "!!!", "禾家"])
def test_what_names_nobody_finds_nobody(found: Any, text: str) -> None:
    open_shop("青禾家纺旗舰店")

    assert found(text) == []


def test_letters_are_found_by_whole_words_alone(found: Any) -> None:
    open_shop("Art")

    assert found("art") == found("modern ART prints") == ["Art"]
    assert found("smart tv") == []


def test_who_is_named_exactly_comes_first_then_who_is_named_inside(found: Any) -> None:
    longer = open_shop("青禾家纺优选", score_tenths=990)
    exact = open_shop("青禾家纺", score_tenths=100)
    inside = open_shop("青禾", score_tenths=500)

    assert found("青禾家纺") == [exact.name, inside.name, longer.name]


def test_at_most_three_are_shown_the_better_score_first(found: Any) -> None:
    for n, score in enumerate([300, None, 900, 800]):
        open_shop(f"青禾{'一二三四'[n]}号", score_tenths=score)

    assert found("青禾") == ["青禾三号", "青禾四号", "青禾一号"]


def test_a_dealer_is_not_the_brand(found: Any) -> None:
    shop = open_shop("百货商行")
    brand = BrandFactory(name="青禾")
    grant = BrandGrantFactory(
        shop=shop, brand=brand, kind=GrantKind.AUTHORISED, status=PaperStatus.APPROVED
    )
    indexed(shop)
    assert found("青禾") == []

    grant.kind = GrantKind.OWNER
    grant.save(update_fields=["kind"])
    indexed(shop)
    assert found("青禾") == ["百货商行"]
    operator = actor_of(ShopFactory())
    papers.revoke(paper=grant, reason="Fraud", at=timezone.now(), actor=operator)
    assert found("青禾") == []


def test_a_new_name_is_found_at_once_and_the_former_one_for_a_year(found: Any) -> None:
    shop = open_shop("青禾家纺")
    names.rename_shop(shop_id=shop.pk, name="晴川家居", at=timezone.now(), actor=actor_of(shop))
    delivery.deliver_all()

    assert found("晴川家居") == found("青禾家纺") == ["晴川家居"]
    assert storefronts.index_again(at=timezone.now() + 364 * DAY) == 1
    assert found("青禾家纺") == ["晴川家居"]
    assert storefronts.index_again(at=timezone.now() + 366 * DAY) == 1
    assert (found("青禾家纺"), found("晴川家居")) == ([], ["晴川家居"])


def test_a_shop_that_may_not_sell_is_not_shown(found: Any) -> None:
    shop = open_shop("青禾家纺")
    Shop.objects.filter(pk=shop.pk).update(status=ShopStatus.SUSPENDED)
    assert found("青禾家纺") == []

    Shop.objects.filter(pk=shop.pk).update(status=ShopStatus.OPEN)
    assert found("青禾家纺") == ["青禾家纺"]


def test_open_shops_that_nobody_told_of_are_indexed_by_the_sweep(found: Any) -> None:
    ShopFactory(name="青禾家纺")
    assert found("青禾家纺") == []

    assert storefronts.index_missing(at=timezone.now()) == 1
    assert storefronts.index_missing(at=timezone.now()) == 0
    assert found("青禾家纺") == ["青禾家纺"]


def test_indexing_again_writes_the_same(found: Any) -> None:
    shop = open_shop("青禾 家纺 Home")
    before = StorefrontNames.objects.values().get(shop=shop)

    indexed(shop)

    assert StorefrontNames.objects.values().get(shop=shop) == before
    assert before["names"] == ["青禾家纺home"]


@pytest.mark.parametrize("query", [{}, {"q": ""}, {"q": "x" * 101}, {"q": "a\x00b"}])
def test_a_query_that_cannot_be_is_refused(anonymous_client: Any, query: Any) -> None:
    assert anonymous_client.get("/api/v1/catalog/storefronts", query).status_code == 400

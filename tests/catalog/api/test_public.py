"""Categories, search and product pages as buyers see them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.enums import DraftStatus, ReviewStatus, ShelfStatus
from catalog.policies import AttributeRule
from catalog.services.search import reindex
from shops.enums import ShopStatus
from shops.selectors import storefronts
from tests.factories.catalog import (
    BrandFactory,
    CategoryFactory,
    ProductFactory,
    SkuFactory,
    give_rules,
    product_on_sale,
    skus_of,
)
from tests.factories.shops import BindingFactory, ShopFactory

pytestmark = pytest.mark.django_db

PRODUCTS = "/api/v1/catalog/products"


def titles(client, **query) -> list[str]:
    response = client.get(PRODUCTS, query)
    assert response.status_code == 200, response.json()
    return [one["title"] for one in response.json()["results"]]


def test_the_tree_comes_parents_first(anonymous_client) -> None:
    home = CategoryFactory(name="B home")
    CategoryFactory(name="A food")
    beds = CategoryFactory(name="beds", parent=home)

    rows = anonymous_client.get("/api/v1/catalog/categories").json()

    assert [(row["name"], row["level"], row["is_leaf"]) for row in rows] == [
        ("A food", 1, True),
        ("B home", 1, False),
        ("beds", 2, True),
    ]
    assert rows[2]["parent_id"] == home.public_id
    assert rows[2]["id"] == beds.public_id


def test_the_tree_costs_the_same_for_any_size(anonymous_client, django_assert_num_queries) -> None:
    root = CategoryFactory()
    for _ in range(3):
        CategoryFactory(parent=root)

    with django_assert_num_queries(1):
        anonymous_client.get("/api/v1/catalog/categories")


def test_the_rules_of_a_leaf_come_in_one_answer(anonymous_client, leaf) -> None:
    rule = AttributeRule("材质", is_required=True, choices=("棉", "麻"))
    give_rules(leaf, attributes=(rule,), min_title_width=16, max_title_width=60)

    answer = anonymous_client.get(f"/api/v1/catalog/categories/{leaf.public_id}/rules").json()

    assert answer == {
        "category": {"id": leaf.public_id, "name": leaf.name, "name_en": ""},
        "is_leaf": True,
        "needs_spu": False,
        "version": 1,
        "attributes": [
            {
                "name": "材质",
                "kind": "text",
                "is_required": True,
                "is_multiple": False,
                "allows_custom": False,
                "unit": "",
                "choices": ["棉", "麻"],
            }
        ],
        "max_option_names": 3,
        "max_option_values": 100,
        "max_skus": 200,
        "min_title_width": 16,
        "max_title_width": 60,
        "min_main_images": 0,
        "max_main_images": 5,
        "max_images": 50,
        "max_list_price_factor": 10,
        "needs_list_price_evidence": False,
        "shipping_times": ["same_day", "next_day", "48h", "5d", "15d", "45d"],
    }


def test_a_result_says_what_it_costs_and_who_sells_it(anonymous_client) -> None:
    binding = BindingFactory()
    product = product_on_sale(
        shop=binding.shop, skus=2, price=[9_900, 12_900], image_urls=["https://a.example/1.jpg"]
    )

    (result,) = anonymous_client.get(PRODUCTS).json()["results"]

    assert result == {
        "id": product.public_id,
        "title": product.title,
        "brief": "",
        "image_url": "https://a.example/1.jpg",
        "min_price": {"amount": 9_900, "currency": "CNY"},
        "max_price": {"amount": 12_900, "currency": "CNY"},
        "sales_count": 0,
        "storefront": storefronts([product.shop_id], at=timezone.now())[product.shop_id],
    }
    assert result["storefront"]["account"]["id"] == binding.account.public_id


def test_only_what_is_on_sale_is_found(anonymous_client) -> None:
    product_on_sale(title="on sale")
    product_on_sale(title="editing", draft_status=DraftStatus.PENDING)
    product_on_sale(title="off", shelf_status=ShelfStatus.OFF)
    product_on_sale(title="binned", shelf_status=ShelfStatus.DELETED)
    product_on_sale(
        title="waiting", shelf_status=ShelfStatus.OFF, review_status=ReviewStatus.PENDING
    )
    product_on_sale(title="closed", shop=ShopFactory(status=ShopStatus.SUSPENDED))

    assert sorted(titles(anonymous_client)) == ["editing", "on sale"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "四件套"}, ["刺绣四件套"]),
        ({"q": "towel"}, ["Cotton towel"]),
        ({"q": "没有的词"}, []),
        ({"q": "  "}, ["Cotton towel", "刺绣四件套", "羊毛被"]),
        ({"min_price": "20000"}, ["刺绣四件套", "羊毛被"]),
        ({"max_price": "20000"}, ["Cotton towel"]),
        ({"min_price": "20000", "max_price": "40000"}, ["羊毛被"]),
        ({"category": "居家"}, ["刺绣四件套", "羊毛被"]),
        ({"category": "床品"}, ["刺绣四件套"]),
        ({"brand": "Muji"}, ["羊毛被"]),
        ({"shop": True}, ["Cotton towel"]),
        ({"category": "居家", "q": "被"}, ["羊毛被"]),
    ],
)
def test_filters_narrow_the_search(anonymous_client, query, found) -> None:
    home = CategoryFactory(name="居家")
    beds = CategoryFactory(name="床品", parent=home)
    wool = CategoryFactory(name="冬季", parent=home)
    brand = BrandFactory(name="Muji")
    product_on_sale(title="刺绣四件套", category=beds, price=50_000)
    product_on_sale(title="羊毛被", category=wool, brand=brand, price=30_000)
    towel = product_on_sale(title="Cotton towel", price=1_900)
    asked = {key: value for key, value in query.items() if key in ("q", "min_price", "max_price")}
    names = {"居家": home, "床品": beds}
    if "category" in query:
        asked["category_id"] = names[query["category"]].public_id
    if "brand" in query:
        asked["brand_id"] = brand.public_id
    if "shop" in query:
        asked["shop_id"] = towel.shop.public_id

    if asked.get("q") == "  ":
        assert anonymous_client.get(PRODUCTS, asked).status_code == 400
        return
    assert sorted(titles(anonymous_client, **asked)) == found


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("price", ["c", "a", "b"]),
        ("-price", ["b", "a", "c"]),
        ("sales", ["b", "c", "a"]),
        ("relevance", ["b", "c", "a"]),
        ("new", ["a", "b", "c"]),
    ],
)
def test_results_are_sorted(anonymous_client, sort, order) -> None:
    now = timezone.now()
    for title, price, sales, days in (("a", 200, 1, 1), ("b", 300, 9, 2), ("c", 100, 5, 3)):
        product_on_sale(
            title=title, price=price, sales_count=sales, listed_at=now - timedelta(days=days)
        )

    assert titles(anonymous_client, sort=sort) == order


@pytest.mark.parametrize("sort", ["relevance", "price", "-price", "sales", "new"])
def test_pages_join_without_gap_or_repeat(anonymous_client, sort) -> None:
    for number in range(5):
        product_on_sale(title=f"towel {number}", price=100)
    seen = []
    cursor = None
    while True:
        query = {"q": "towel", "sort": sort, "limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = anonymous_client.get(PRODUCTS, query).json()
        seen += [one["title"] for one in page["results"]]
        cursor = page["next"]
        if cursor is None:
            break

    assert sorted(seen) == [f"towel {number}" for number in range(5)]


def test_a_page_costs_the_same_queries_for_one_and_for_many(anonymous_client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert anonymous_client.get(PRODUCTS, {"q": "towel"}).status_code == 200
        return len(queries)

    BindingFactory(shop=product_on_sale(title="towel").shop)
    one = cost()
    for _ in range(3):
        BindingFactory(shop=product_on_sale(title="towel").shop)

    assert cost() == one


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"sort": "rank"}, "/sort"),
        ({"min_price": "cheap"}, "/min_price"),
        ({"max_price": "99999999999999999999"}, "/max_price"),
        ({"q": "x" * 101}, "/q"),
        ({"colour": "red"}, "/colour"),
        ({"cursor": "nonsense"}, "/cursor"),
        ({"limit": "0"}, "/limit"),
    ],
)
def test_a_bad_question_is_named(anonymous_client, query, pointer) -> None:
    response = anonymous_client.get(PRODUCTS, query)

    assert response.status_code == 400
    assert [one["pointer"] for one in response.json()["errors"]] == [pointer]


def test_an_unknown_category_is_not_found(anonymous_client) -> None:
    response = anonymous_client.get(PRODUCTS, {"category_id": "cat_nope"})

    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_a_product_page_shows_variants_and_availability_not_numbers(anonymous_client) -> None:
    root = CategoryFactory(name="居家")
    leaf = CategoryFactory(name="床品", parent=root)
    product = product_on_sale(
        category=leaf, skus=3, price=[100, 200, 300], stock=[0, 9, 10], brand=BrandFactory()
    )
    SkuFactory(product=product, options=["retired"], is_active=False)

    page = anonymous_client.get(f"{PRODUCTS}/{product.public_id}").json()

    assert [one["name"] for one in page["category_path"]] == ["居家", "床品"]
    assert page["skus"] == [
        {
            "id": sku.public_id,
            "options": sku.options,
            "image_url": "",
            "price": {"amount": price, "currency": "CNY"},
            "list_price": None,
            "availability": word,
            "parts": [],
            "sale_kind": "spot",
            "ships": {"speed": "", "days": None, "after": None},
            "later_ships": None,
            "presale_ends_at": None,
        }
        for sku, price, word in zip(
            skus_of(product),
            (100, 200, 300),
            ("out_of_stock", "low_stock", "in_stock"),
            strict=False,
        )
    ]
    assert page["brand"]["name"] == product.brand.name
    assert page["storefront"] == storefronts([product.shop_id], at=timezone.now())[product.shop_id]


@pytest.mark.parametrize("name", ["prd_nope", "%F0%9F%8E%89", "x" * 70])
def test_what_is_not_there_is_not_found(anonymous_client, name) -> None:
    assert anonymous_client.get(f"{PRODUCTS}/{name}").status_code == 404


def test_what_is_not_on_sale_is_not_found(anonymous_client) -> None:
    product = ProductFactory(shelf_status=ShelfStatus.OFF)

    assert anonymous_client.get(f"{PRODUCTS}/{product.public_id}").status_code == 404


def test_reindexed_products_are_found_by_their_attributes(anonymous_client) -> None:
    product = product_on_sale(title="轻奢", attributes=[{"name": "产地", "value": "杭州"}])
    reindex([product])
    product.save()

    assert titles(anonymous_client, q="杭州") == ["轻奢"]


def test_brands_are_listed_by_name(anonymous_client) -> None:
    for name in ("b", "a"):
        BrandFactory(name=name)

    rows = anonymous_client.get("/api/v1/catalog/brands").json()["results"]

    assert [row["name"] for row in rows] == ["a", "b"]

"""Words, Chinese and English."""

import pytest

from catalog.models import Product
from catalog.services import search
from tests.factories.catalog import (
    BrandFactory,
    CategoryFactory,
    ProductFactory,
    give_rules,
)

pytestmark = pytest.mark.django_db


def found(text: str) -> list[str]:
    rows = search.matching(Product.objects.all(), text).order_by("-rank", "-id")
    return [product.title for product in rows]


def indexed(title: str, **fields) -> Product:
    product = ProductFactory(title=title, **fields)
    search.reindex([product])
    product.save()
    return product


@pytest.mark.parametrize(
    ("title", "query"),
    [
        ("轻奢纯棉刺绣水洗四件套", "四件套"),
        ("轻奢纯棉刺绣水洗四件套", "刺绣四件套"),
        ("轻奢纯棉刺绣水洗四件套", "纯棉 套"),
        ("日式纯棉色织AB格四件套", "ab格"),
        ("Cotton Towel, large", "towel COTTON"),
        ("保温杯 1.5m 新款", "1.5m"),
        ("号店一体收纳箱", "号店"),
        ("全角ＴＶ支架", "tv"),
    ],
)
def test_what_stands_in_a_title_is_found(title: str, query: str) -> None:
    indexed(title)
    indexed("蓝牙耳机")

    assert found(query) == [title]


@pytest.mark.parametrize("query", ["毛巾", "四件套 毛巾", "", "!!!", "'; drop table", "a&b|!c:*"])
def test_what_does_not_stand_there_is_not_found(query: str) -> None:
    indexed("轻奢纯棉刺绣水洗四件套")

    assert found(query) == []


def test_brand_category_path_and_attributes_are_found_too() -> None:
    root = CategoryFactory(name="居家", name_en="Home")
    leaf = CategoryFactory(name="床品件套", parent=root)
    give_rules(leaf)
    indexed(
        "轻奢纯棉",
        category=leaf,
        brand=BrandFactory(name="Muji"),
        attributes=[{"name": "产地", "value": "杭州"}],
    )

    assert [found(text) for text in ("居家", "home", "床品", "muji", "杭州", "产地")] == [
        ["轻奢纯棉"],
        ["轻奢纯棉"],
        ["轻奢纯棉"],
        ["轻奢纯棉"],
        ["轻奢纯棉"],
        [],
    ]


def test_a_word_that_is_a_word_ranks_before_one_across_two() -> None:
    indexed("产品和服务手册")
    indexed("和服 女士和服")

    assert found("和服") == ["和服 女士和服", "产品和服务手册"]


def test_reindexing_costs_the_same_for_one_and_for_many(django_assert_num_queries) -> None:
    products = [ProductFactory() for _ in range(3)]

    with django_assert_num_queries(1):
        search.reindex(products)

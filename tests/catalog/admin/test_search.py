"""Products found by words at a desk."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.services import search
from tests.factories.catalog import product_on_sale
from tests.factories.shops import ShopFactory

pytestmark = pytest.mark.django_db

LIST, STOCK = "/merchant/catalog/product/", "/merchant/catalog/sku/"


def named(title, **fields):
    product = product_on_sale(title=title, **fields)
    search.reindex([product])
    product.save()
    return product


@pytest.fixture
def goods(shop):
    named("四件套 of another", shop=ShopFactory())
    return [named(title, shop=shop) for title in ("纯棉四件套", "Laptop stand", "Lamp")]


@pytest.fixture
def found(goods, shop, shop_desk):
    desk = shop_desk(shop)

    def look(text, where=LIST):
        page = desk.get(where, {"q": text}).content.decode()
        titles = [one.title for one in goods] + ["四件套 of another"]
        return [title for title in titles if title in page]

    return look


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("四件套", ["纯棉四件套"]),
        ("la", ["Laptop stand", "Lamp"]),
        ("stand LAPTOP", ["Laptop stand"]),
        ("another", []),
        ("毛巾", []),
        ("!' | & :*", []),
    ],
)
@pytest.mark.parametrize("keys", [search.MAX_KEYS, 0])
def test_a_merchant_finds_its_own_by_words(found, text, titles, keys, monkeypatch):
    monkeypatch.setattr(search, "MAX_KEYS", keys)

    assert found(text) == titles
    assert found(text, STOCK) == titles


def test_a_number_is_found_whole(found, goods):
    goods[2].merchant_code = "AB-77"
    goods[2].save()

    assert found("ab-77") == ["Lamp"]
    assert found(goods[0].public_id) == ["纯棉四件套"]
    sku = goods[1].skus.get()
    assert found(sku.merchant_code, STOCK) == found(sku.public_id, STOCK) == ["Laptop stand"]


def test_the_index_is_asked_outside_and_the_rows_behind_the_wall(found):
    with CaptureQueriesContext(connection) as captured:
        found("四件套")

    asked = [one["sql"] for one in captured if "catalog_product" in one["sql"]]
    outside = [sql for sql in asked if "@@" in sql]
    assert len(outside) == 1
    assert outside[0].startswith('SELECT "catalog_product"."id" AS "pk" FROM')


def test_an_operator_finds_products_of_all_shops(goods, operator_desk):
    page = operator_desk.get("/operator/catalog/product/", {"q": "四件套"}).content.decode()

    assert "纯棉四件套" in page
    assert "四件套 of another" in page

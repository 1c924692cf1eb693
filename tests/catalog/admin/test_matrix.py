"""Many variants in one form (CA-09), step by step."""

import re

import pytest

from catalog.models import Sku
from catalog.services.invariants import violations
from tests.factories.catalog import ProductFactory, SkuFactory, give_rules

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(shop, shop_desk):
    return shop_desk(shop)


@pytest.fixture
def product(shop):
    product = ProductFactory(shop=shop, option_names=["颜色", "尺码"], merchant_code="T1")
    SkuFactory(product=product, options=["红", "S"], price=9_900)
    return product


VALUES = {"values_0": "红\n蓝", "values_1": "S\nM"}


def url(product) -> str:
    return f"/merchant/catalog/product/{product.public_id}/do/variants/"


def drawn(desk, product, **values) -> dict[str, str]:
    """Return the fields of step two as the page has them."""
    page = desk.post(url(product), VALUES | values)
    assert page.status_code == 422
    fields = dict(re.findall(r'name="(rows_\w+|seen)" value="([^"]*)"', page.text))
    return VALUES | values | fields


def cell(form: dict[str, str], column: str, place: int) -> str:
    return [name for name in form if name.startswith(f"rows_{column}_")][place]


def test_values_become_a_table_of_new_combinations_and_the_priced_rows_variants(
    desk, product, at
) -> None:
    assert "红" in desk.get(url(product)).text
    form = drawn(desk, product)
    codes = [value for name, value in form.items() if "merchant_code" in name]
    assert codes == ["T1-红-M", "T1-蓝-S", "T1-蓝-M"]
    assert Sku.objects.count() == 1
    form[cell(form, "price", 0)], form[cell(form, "stock", 0)] = "89.90", "7"
    form[cell(form, "price", 2)] = "79"
    form[cell(form, "image_url", 2)] = "https://cdn.example/blue.jpg"

    assert desk.post(url(product), form).status_code == 302

    first, second = Sku.objects.order_by("pk")[1:]
    assert (first.options, first.merchant_code, first.stock.on_hand) == (["红", "M"], "T1-红-M", 7)
    assert (second.options, second.image_url) == (["蓝", "M"], "https://cdn.example/blue.jpg")
    assert second.prices.in_force().get().price == 7_900
    product.refresh_from_db()
    assert (product.min_price, product.display_state) == (7_900, "on_sale")
    assert list(violations()) == []


def test_a_value_added_in_step_two_draws_the_table_anew_and_keeps_what_was_typed(
    desk, product
) -> None:
    form = drawn(desk, product)
    form[cell(form, "price", 1)] = "55.50"

    again = drawn(desk, product, **(form | {"values_0": "绿\n红\n蓝"}))

    prices = [value for name, value in again.items() if "_price_" in name]
    assert sorted(prices) == ["", "", "", "", "55.50"]
    assert Sku.objects.count() == 1


@pytest.mark.parametrize(
    ("column", "typed", "said"),
    [
        ("price", "abc", "Enter an amount"),
        ("price", "0", "at least"),
        ("stock", "-1", "greater than or equal"),
        ("merchant_code", "", "1 to 64 characters"),
        ("image_url", "/media/pictures/shp_x/none.jpg", "upload it first"),
        ("image_url", "javascript:alert(1)", "http address"),
    ],
)
def test_a_faulty_row_makes_none_and_is_named(desk, product, column, typed, said) -> None:
    form = drawn(desk, product)
    for place in range(3):
        form[cell(form, "price", place)] = "10"
    form[cell(form, column, 1)] = typed

    answer = desk.post(url(product), form)

    assert (answer.status_code, said in answer.text) == (422, True)
    assert Sku.objects.count() == 1


def test_a_code_that_is_taken_makes_none(desk, product, shop) -> None:
    SkuFactory(product__shop=shop, merchant_code="TAKEN")
    form = drawn(desk, product)
    form[cell(form, "price", 0)] = form[cell(form, "price", 1)] = "10"
    form[cell(form, "merchant_code", 1)] = "TAKEN"

    assert desk.post(url(product), form).status_code == 422
    assert product.skus.count() == 1


def test_the_rules_of_the_leaf_bound_the_table(desk, product) -> None:
    give_rules(product.category, max_skus=3)

    answer = desk.post(url(product), VALUES)

    assert (answer.status_code, "more than 3" in answer.text) == (422, True)
    assert "rows_price" not in answer.text


@pytest.mark.parametrize("values", [{"values_0": "红", "values_1": "S"}, {"values_0": ""}])
def test_without_a_new_combination_there_is_no_table(desk, product, values) -> None:
    answer = desk.post(url(product), VALUES | values)

    assert (answer.status_code, "rows_price" in answer.text) == (422, False)


def test_what_is_typed_is_text(desk, product) -> None:
    answer = desk.post(url(product), VALUES | {"values_0": '"><script>alert(1)</script>'})

    assert "<script>alert(1)" not in answer.text

"""A shop's page: drafted, published, brought back; what buyers see of it."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.enums import ShelfStatus
from catalog.models import Product, ShopPage, ShopPageVersion, ShopPicture
from shops.enums import ShopStatus
from tests.factories.catalog import ProductFactory, product_on_sale
from tests.factories.shops import ShopFactory, owner_of

pytestmark = pytest.mark.django_db

ROOT = "/api/v1/catalog"


@pytest.fixture
def client(client_for: Any, shop: Any) -> Any:
    return client_for(owner_of(shop))


@pytest.fixture
def page(shop: Any) -> str:
    return f"{ROOT}/shops/{shop.public_id}/page"


def picture(shop: Any) -> ShopPicture:
    path = f"pictures/{shop.public_id}/{'0' * 64}.jpg"
    return ShopPicture.objects.create(
        shop=shop, digest="0" * 64, path=path, width=600, height=600, size=1
    )


def notice(text: str) -> dict[str, Any]:
    return {"id": "n1", "kind": "notice", "title": "", "text": text}


def seen(client: Any, shop: Any) -> Any:
    return client.get(f"{ROOT}/storefronts/{shop.public_id}/page").json()


def test_sh_20_a_page_of_blocks_is_drafted_published_and_brought_back(
    client: Any, shop: Any, page: str
) -> None:
    """Buyers see what was published: a banner, chosen and best-selling products, a notice.

    API: PUT /api/v1/catalog/shops/{shop_id}/page
    API: POST /api/v1/catalog/shops/{shop_id}/page/publish
    API: POST /api/v1/catalog/shops/{shop_id}/page/restore
    API: GET /api/v1/catalog/storefronts/{shop_id}/page
    """
    first, second = product_on_sale(shop=shop), product_on_sale(shop=shop)
    Product.objects.filter(pk=second.pk).update(sales_count=9)
    shown = {"image_url": picture(shop).url, "product_id": first.public_id}
    blocks = [
        {"id": "b1", "kind": "banner", "title": "New", "pictures": [shown]},
        {"id": "g1", "kind": "product_grid", "product_ids": [first.public_id]},
        {"id": "g2", "kind": "product_grid", "source": "best_selling", "count": 1},
        notice("Hello"),
    ]

    empty = seen(client, shop)
    saved = client.put(page, {"blocks": blocks, "version": 1}).json()
    unseen = seen(client, shop)
    client.post(f"{page}/publish")
    one = seen(client, shop)
    client.put(page, {"blocks": [notice("Later")], "version": saved["version"]})
    client.post(f"{page}/publish")
    two = seen(client, shop)
    back = client.post(f"{page}/restore", {"restores": 1}).json()
    three = seen(client, shop)

    assert (empty["number"], unseen["number"], empty["blocks"]) == (0, 0, [])
    assert [block["kind"] for block in one["blocks"]] == [
        "banner",
        "product_grid",
        "product_grid",
        "notice",
    ]
    assert one["blocks"][0]["pictures"] == [shown]
    products = [[row["id"] for row in block["products"]] for block in one["blocks"]]
    assert products == [[], [first.public_id], [second.public_id], []]
    assert [block["text"] for block in two["blocks"]] == ["Later"]
    assert (back["number"], back["restores"], three["blocks"]) == (3, 1, one["blocks"])
    assert client.get(page).json()["blocks"][0]["text"] == "Later"
    numbers = [row["number"] for row in client.get(f"{page}/versions").json()["results"]]
    assert numbers == [3, 2, 1]


def test_what_is_not_on_sale_any_more_leaves_the_page(client: Any, shop: Any, page: str) -> None:
    product = product_on_sale(shop=shop)
    shown = {"image_url": picture(shop).url, "product_id": product.public_id}
    blocks = [
        {"id": "b1", "kind": "banner", "pictures": [shown]},
        {"id": "g1", "kind": "product_grid", "product_ids": [product.public_id]},
    ]
    client.put(page, {"blocks": blocks, "version": 1})
    client.post(f"{page}/publish")

    Product.objects.update(shelf_status=ShelfStatus.OFF)
    (banner,) = seen(client, shop)["blocks"]

    assert (banner["kind"], banner["pictures"][0]["product_id"]) == ("banner", None)


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ({"kind": "coupon"}, "invalid_choice"),
        ({"kind": "notice"}, "bad_text"),
        ({"kind": "notice", "text": "a", "id": "<b>"}, "bad_text"),
        ({"kind": "banner", "pictures": []}, "bad_count"),
        ({"kind": "banner", "pictures": [{"image_url": "https://x.com/a.png"}]}, "unknown_picture"),
        ({"kind": "product_grid", "product_ids": []}, "bad_count"),
        ({"kind": "product_grid", "product_ids": ["prd_x"]}, "unknown_product"),
    ],
)
def test_a_block_that_shows_nothing_of_the_shop_is_refused(
    client: Any, page: str, block: dict[str, Any], code: str
) -> None:
    answer = client.put(page, {"blocks": [{"id": "a1", **block}], "version": 1})

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, code)
    assert not ShopPage.objects.exclude(blocks=[]).exists()


def test_products_and_pictures_of_another_shop_are_not_shown(
    client: Any, shop: Any, page: str
) -> None:
    other = ShopFactory()
    foreign, theirs = ProductFactory(shop=other), picture(other)
    grid = {"id": "g", "kind": "product_grid", "product_ids": [foreign.public_id]}
    banner = {"id": "b", "kind": "banner", "pictures": [{"image_url": theirs.url}]}

    codes = [
        client.put(page, {"blocks": [one], "version": 1}).json()["errors"][0]["code"]
        for one in (grid, banner)
    ]

    assert codes == ["unknown_product", "unknown_picture"]


def test_a_draft_that_somebody_else_changed_is_not_overwritten(client: Any, page: str) -> None:
    client.put(page, {"blocks": [notice("One")], "version": 1})

    late = client.put(page, {"blocks": [notice("Two")], "version": 1})
    never = client.post(f"{page}/restore", {"restores": 7}).status_code

    assert (late.status_code, late.json()["code"], never) == (409, "stale_version", 404)
    assert ShopPage.objects.get().blocks[0]["text"] == "One"
    assert not ShopPageVersion.objects.exists()


def test_a_shop_that_is_not_open_shows_no_page(client: Any, shop: Any) -> None:
    type(shop).objects.update(status=ShopStatus.PREPARING)

    assert client.get(f"{ROOT}/storefronts/{shop.public_id}/page").status_code == 404

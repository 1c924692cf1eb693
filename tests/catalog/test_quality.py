"""How well a product presents itself (CA-20)."""

from itertools import product as combinations

import pytest

from catalog.models import Product
from catalog.models.quality import CHECKS, FULL_SCORE
from catalog.services.quality import diagnose
from tests.catalog.admin.conftest import signed_in
from tests.factories.catalog import BrandFactory, ProductFactory, product_on_sale
from tests.factories.shops import ShopFactory, owner_of

pytestmark = pytest.mark.django_db

PRODUCTS = "/merchant/catalog/product/"
GOOD = {
    "title": "轻奢纯棉四件套",
    "brief": "裸睡级触感",
    "description": "棉" * 50,
    "image_urls": [f"https://a.example/{place}.jpg" for place in range(3)],
    "detail_image_urls": ["https://a.example/d.jpg"],
    "attributes": [{"name": f"n{place}", "value": "v"} for place in range(3)],
}


def good(shop, **fields) -> Product:
    return product_on_sale(shop=shop, **{**GOOD, "title": "轻奢纯棉四件套件", **fields})


def test_ca_20_a_product_says_what_would_raise_its_score(client_for, shop) -> None:
    """The score, each problem with what to do and where; the list filters, the shop has its share.

    Page: /merchant/catalog/product/
    API: GET /api/v1/catalog/shops/{shop_id}/products/{product_id}/quality
    """
    desk, client = signed_in(owner_of(shop)), client_for(owner_of(shop))
    best = good(shop, brand=BrandFactory())
    poor = product_on_sale(shop=shop, title="Bare cotton towel")
    base = f"/api/v1/catalog/shops/{shop.public_id}"

    page = desk.get(f"{PRODUCTS}{poor.public_id}/change/").text
    assert "Show it in three main pictures or more" in page
    assert f"{PRODUCTS}{poor.public_id}/do/edit/#id_image_urls" in page
    assert "Nothing is missing" in desk.get(f"{PRODUCTS}{best.public_id}/change/").text

    told = client.get(f"{base}/products/{poor.public_id}/quality").json()
    assert (told["score"], told["is_passed"]) == (10, False)
    assert [one["field"] for one in told["problems"]][:2] == ["image_urls", "detail_image_urls"]
    assert client.get(f"{base}/products/{best.public_id}/quality").json()["score"] == 100
    assert client.get(f"{base}/quality").json() == {"pass_rate": 5_000}

    lists = {value: desk.get(PRODUCTS, {"quality": value}).text for value in ("poor", "passed")}
    assert [poor.title in lists["poor"], best.title in lists["poor"]] == [True, False]
    assert [poor.title in lists["passed"], best.title in lists["passed"]] == [False, True]
    assert "50.0 %" in lists["poor"]


def test_the_column_and_the_diagnosis_agree_for_every_mixture_of_faults(shop) -> None:
    """Each check lost by one character or entry, and met exactly: 128 products."""
    brand = BrandFactory()
    made = []
    for lost in combinations([True, False], repeat=len(CHECKS)):
        fields = {}
        for check, is_lost in zip(CHECKS, lost, strict=True):
            size = check.least - is_lost
            if check.field == "brand":
                fields["brand"] = brand if size else None
            elif check.field in ("title", "brief", "description"):
                fields[check.field] = "棉" * size
            else:
                fields[check.field] = [{"name": str(one), "value": "v"} for one in range(size)]
        wanted = FULL_SCORE - sum(
            check.points for check, is_lost in zip(CHECKS, lost, strict=True) if is_lost
        )
        made.append((ProductFactory(shop=shop, **fields), wanted))

    stored = dict(Product.objects.values_list("pk", "quality_score"))
    for product, wanted in made:
        assert (diagnose(product).score, stored[product.pk]) == (wanted, wanted)


def test_the_score_follows_an_edit(shop) -> None:
    product = good(shop)
    Product.objects.filter(pk=product.pk).update(image_urls=[])

    assert Product.objects.get().quality_score == 100 - 25 - 5


def test_another_shop_neither_counts_nor_is_told(client_for, shop) -> None:
    other = ShopFactory()
    product = good(other)
    client = client_for(owner_of(shop))
    base = f"/api/v1/catalog/shops/{shop.public_id}"

    assert client.get(f"{base}/quality").json() == {"pass_rate": None}
    assert client.get(f"{base}/products/{product.public_id}/quality").status_code == 404
    assert client.get(f"/api/v1/catalog/shops/{other.public_id}/quality").status_code == 404

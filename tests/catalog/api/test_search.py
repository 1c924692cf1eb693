"""What buyers look for, by words, bands and what the shop is (CA-22)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.services.search import reindex
from shops.enums import GuaranteeKind, ShopStatus, ShopType
from shops.models import Guarantee
from tests.factories.catalog import BrandFactory, product_on_sale
from tests.factories.shops import ShopFactory

pytestmark = pytest.mark.django_db

PRODUCTS = "/api/v1/catalog/products"


def sold(title: str, **fields):
    product = product_on_sale(title=title, **fields)
    reindex([product])
    product.save()
    return product


def titles(client, **query) -> list[str]:
    answer = client.get(PRODUCTS, query)
    assert answer.status_code == 200, answer.json()
    return [one["title"] for one in answer.json()["results"]]


def promise(shop, kind, *, since=-1, until=None):
    now = timezone.now()
    ends = None if until is None else now + timedelta(days=until)
    Guarantee.objects.create(
        shop=shop, kind=kind, starts_at=now + timedelta(days=since), ends_at=ends
    )


def test_ca_22_a_buyer_finds_what_is_on_sale_and_narrows_it_down(anonymous_client) -> None:
    """By keyword in title, brand and attributes, by category, price, sales, type of shop and
    guarantees; sorted by relevance, sales, price and age.

    API: GET /api/v1/catalog/products
    """
    flagship = ShopFactory(type=ShopType.FLAGSHIP)
    dear = sold("纯棉四件套", shop=flagship, price=90_000, sales_count=5)
    cheap = sold(
        "亚麻桌布", price=9_000, sales_count=50, attributes=[{"name": "用途", "value": "四件套"}]
    )
    branded = sold("收纳箱", price=30_000, sales_count=20, brand=BrandFactory(name="四件套"))
    sold("四件套", shop=ShopFactory(status=ShopStatus.SUSPENDED))

    Guarantee.objects.exclude(shop=flagship).delete()

    def found(**query):
        return titles(anonymous_client, q="四件套", **query)

    assert found()[0] == dear.title  # the word stands twice as heavily in a title
    assert sorted(found()) == sorted([dear.title, cheap.title, branded.title])
    assert found(category_id=cheap.category.public_id) == [cheap.title]
    assert found(min_price=10_000, max_price=50_000) == [branded.title]
    assert found(min_sales=20, sort="sales") == [cheap.title, branded.title]
    assert found(min_sales=6, max_sales=49) == [branded.title]
    assert found(shop_type="flagship") == [dear.title]
    assert found(guarantees="ship_48h") == [dear.title]
    assert found(sort="price") == [cheap.title, branded.title, dear.title]
    assert found(sort="-price") == [dear.title, branded.title, cheap.title]
    assert found(sort="new") == [branded.title, cheap.title, dear.title]


def test_every_guarantee_that_is_asked_for_must_be_given_now(anonymous_client) -> None:
    both, ended, coming, one = (ShopFactory() for _ in range(4))
    for shop in (both, ended, coming, one):
        product_on_sale(shop=shop, title=f"shop {shop.pk}")
        shop.guarantees.all().delete()
        promise(shop, GuaranteeKind.SEVEN_DAY_RETURN)
    promise(both, GuaranteeKind.SHIP_48H)
    promise(ended, GuaranteeKind.SHIP_48H, since=-2, until=-1)
    promise(coming, GuaranteeKind.SHIP_48H, since=1)

    asked = {"guarantees": "ship_48h,seven_day_return"}

    assert titles(anonymous_client, **asked) == [f"shop {both.pk}"]


@pytest.mark.parametrize(
    "query",
    [{"guarantees": "ship_48h,nothing"}, {"min_sales": -1}, {"shop_type": "x"}, {"sort": "rate"}],
)
def test_what_nobody_can_look_for_is_refused(anonymous_client, query) -> None:
    answer = anonymous_client.get(PRODUCTS, query)

    assert answer.status_code == 400
    assert [one["pointer"] for one in answer.json()["errors"]] == [f"/{next(iter(query))}"]

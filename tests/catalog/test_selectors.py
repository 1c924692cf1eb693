"""What can be bought now."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.enums import DraftStatus, ReviewStatus, ShelfStatus
from catalog.models import PriceVersion
from catalog.selectors.offers import BuyableSku, buyable
from shops.enums import ShopStatus
from tests.factories.catalog import LONG_AGO, ProductFactory, SkuFactory, product_on_sale, skus_of

pytestmark = pytest.mark.django_db

AT = LONG_AGO


def test_a_sku_on_sale_tells_what_an_order_line_needs() -> None:
    product = product_on_sale(
        skus=2, price=[9_900, 12_900], image_urls=["https://img.example/a.jpg"]
    )
    first, second = skus_of(product)

    found = buyable([first.pk, second.pk], at=AT)

    version = PriceVersion.objects.get(sku=second)
    assert set(found) == {first.pk, second.pk}
    assert found[second.pk] == BuyableSku(
        sku_id=second.pk,
        public_id=second.public_id,
        shop_id=product.shop_id,
        product_id=product.pk,
        product_public_id=product.public_id,
        category_id=product.category_id,
        title=product.title,
        options=["size 2"],
        image_url="https://img.example/a.jpg",
        price_version_id=version.pk,
        price=12_900,
        currency="CNY",
        product_version=1,
    )


def test_the_price_is_the_last_that_has_begun() -> None:
    sku = SkuFactory(price=9_900)
    now = timezone.now()
    for days, price in ((-1, 8_800), (-2, 7_700), (1, 1)):
        PriceVersion.objects.create(
            shop=sku.shop, sku=sku, price=price, effective_from=now + timedelta(days=days)
        )

    assert buyable([sku.pk], at=AT)[sku.pk].price == 8_800


def test_a_price_that_has_not_begun_sells_nothing() -> None:
    sku = SkuFactory(product=ProductFactory())
    other = SkuFactory()
    later = timezone.now() + timedelta(hours=1)
    bare = type(sku).objects.create(
        shop=sku.shop, product=sku.product, merchant_code="BARE", options=["bare"]
    )
    PriceVersion.objects.create(shop=sku.shop, sku=bare, price=1, effective_from=later)

    assert set(buyable([bare.pk, other.pk], at=AT)) == {other.pk}


@pytest.mark.parametrize(
    "fields",
    [
        {"shelf_status": ShelfStatus.OFF},
        {"shelf_status": ShelfStatus.DELETED},
        {"shelf_status": ShelfStatus.OFF, "review_status": ReviewStatus.BANNED},
        {"shelf_status": ShelfStatus.OFF, "review_status": ReviewStatus.PENDING},
    ],
)
def test_a_product_that_is_not_on_sale_is_absent(fields: dict[str, str]) -> None:
    sku = SkuFactory(product=ProductFactory(**fields))

    assert buyable([sku.pk], at=AT) == {}


def test_a_product_with_a_waiting_change_still_sells() -> None:
    sku = SkuFactory(product=ProductFactory(draft_status=DraftStatus.PENDING))

    assert set(buyable([sku.pk], at=AT)) == {sku.pk}


@pytest.mark.parametrize("status", [ShopStatus.PREPARING, ShopStatus.SUSPENDED, ShopStatus.CLOSED])
def test_a_shop_that_is_not_open_sells_nothing(status: str) -> None:
    sku = SkuFactory(product=ProductFactory(shop__status=status))

    assert buyable([sku.pk], at=AT) == {}


def test_a_sku_taken_out_of_use_is_absent() -> None:
    sku = SkuFactory(is_active=False)

    assert buyable([sku.pk], at=AT) == {}


def test_any_number_of_skus_costs_one_query(django_assert_num_queries) -> None:
    skus = [SkuFactory() for _ in range(3)]

    with django_assert_num_queries(1):
        buyable([sku.pk for sku in skus], at=AT)

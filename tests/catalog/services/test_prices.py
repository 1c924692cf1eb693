"""Prices over time."""

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.utils import timezone

from catalog.errors import BadPrice
from catalog.models import PriceVersion
from catalog.selectors.offers import buyable
from catalog.services import prices
from catalog.services.invariants import violations
from kernel.models import AuditEntry, OutboxMessage
from tests.factories.catalog import SkuFactory, product_on_sale, skus_of

pytestmark = pytest.mark.django_db


def test_a_new_price_is_a_new_version_in_force_at_once(shop, merchant, at) -> None:
    product = product_on_sale(shop=shop, skus=2, price=[9_900, 12_900])
    cheap, _dear = skus_of(product)

    version = prices.set_price(sku=cheap, price=15_000, list_price=20_000, actor=merchant, at=at)

    product.refresh_from_db()
    assert (product.min_price, product.max_price) == (12_900, 15_000)
    assert buyable([cheap.pk], at=at)[cheap.pk].price_version_id == version.pk
    assert list(cheap.prices.order_by("id").values_list("price", flat=True)) == [9_900, 15_000]
    entry = AuditEntry.objects.get(action="catalog.set_price")
    assert (entry.before, entry.after) == (
        {"price": 9_900, "list_price": None},
        {"price": 15_000, "list_price": 20_000, "effective_from": None},
    )
    assert OutboxMessage.objects.get().payload == {
        "sku_id": cheap.pk,
        "product_id": product.pk,
        "shop_id": shop.pk,
        "price_version_id": version.pk,
    }
    assert violations() == []


def test_a_scheduled_price_waits_and_the_sweep_shows_it_in_lists(shop, merchant) -> None:
    sku = SkuFactory(product=product_on_sale(shop=shop, skus=0), price=9_900)
    now = timezone.now()

    prices.set_price(
        sku=sku, price=5_000, effective_from=now + timedelta(hours=1), actor=merchant, at=now
    )
    assert buyable([sku.pk], at=now)[sku.pk].price == 9_900
    assert prices.apply_begun() == 0
    sku.product.refresh_from_db()
    assert sku.product.min_price == 9_900


def test_the_sweep_takes_what_began_meanwhile(shop) -> None:
    sku = SkuFactory(price=9_900)
    now = timezone.now()
    PriceVersion.objects.create(
        shop=sku.shop,
        sku=sku,
        price=5_000,
        effective_from=now - timedelta(minutes=10),
        created_at=now - timedelta(days=1),
    )
    assert violations() == [
        f"price band of {sku.product.public_id}: 9900 to 9900, but its SKUs cost 5000 to 5000"
    ]

    assert prices.apply_begun() == 1

    sku.product.refresh_from_db()
    assert (sku.product.min_price, sku.product.max_price) == (5_000, 5_000)
    assert violations() == []


@pytest.mark.parametrize(
    ("price", "list_price"),
    [(0, None), (-1, None), (10_000_000_001, None), (100, 99), (100, 1_001)],
)
def test_prices_that_break_a_rule_change_nothing(shop, merchant, at, price, list_price) -> None:
    sku = SkuFactory(price=9_900)

    with pytest.raises(BadPrice):
        prices.set_price(sku=sku, price=price, list_price=list_price, actor=merchant, at=at)

    assert PriceVersion.objects.count() == 1


def test_a_price_does_not_begin_in_the_past(merchant, at) -> None:
    sku = SkuFactory()

    with pytest.raises(BadPrice):
        prices.set_price(
            sku=sku, price=1, effective_from=at - timedelta(seconds=1), actor=merchant, at=at
        )

    assert PriceVersion.objects.count() == 1


def test_a_wrong_application_clock_does_not_delay_a_price(merchant) -> None:
    sku = SkuFactory(price=9_900)
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        prices.set_price(sku=sku, price=5_000, actor=merchant, at=timezone.now())

    assert buyable([sku.pk], at=timezone.now())[sku.pk].price == 5_000


def test_a_version_is_never_changed() -> None:
    version = PriceVersion.objects.get(sku=SkuFactory())

    with pytest.raises(DatabaseError), transaction.atomic():
        PriceVersion.objects.filter(pk=version.pk).update(price=1)

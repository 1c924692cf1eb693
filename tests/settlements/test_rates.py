"""The technical service fee: base rate, channel, no brand (SH-09)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Product, ProductReview
from kernel import clock
from orders.models import OrderLine
from settlements.models import FeeRate, SettlementEntry
from settlements.policies import waterfall
from settlements.services import settling
from settlements.services.invariants import violations
from settlements.services.rates import Fee, fees_of
from shops.models import Shop
from tests.factories.accounts import OperatorFactory
from tests.factories.catalog import BrandFactory, CategoryFactory
from tests.factories.orders import PLACED_AT
from tests.factories.shops import owner_of
from tests.settlements.services.lines import refund, sale, settle

pytestmark = pytest.mark.django_db

RATES = "/api/v1/settlements/operator/fee-rates"
LONG_AGO = PLACED_AT - timedelta(days=10)


def rate(rate_bp, *, kind="base", channel="", category=None, at=LONG_AGO) -> FeeRate:
    return FeeRate.objects.create(
        kind=kind, channel=channel, category=category, rate_bp=rate_bp, effective_from=at
    )


def loaded(line: OrderLine) -> OrderLine:
    return OrderLine.objects.select_related("order__shop", "product__category").get(pk=line.pk)


def fee_of(line: OrderLine) -> Fee:
    return fees_of([loaded(line)])[0]


def test_sh_09_supplements_come_on_top_and_the_shop_reads_them(client_for):
    """For the channel of the sale and for what has no brand; refunds keep the rate of the sale.

    API: POST /api/v1/settlements/operator/fee-rates
    API: GET /api/v1/settlements/shops/{shop_id}/statement-lines
    """
    line = sale(price=10_000, freight=1_000, rate_bp=100, share_bp=0)
    Shop.objects.filter(pk=line.shop_id).update(type="multi_brand")
    OrderLine.objects.filter(pk=line.pk).update(traffic_channel="alliance")
    Product.objects.filter(pk=line.product_id).update(brand=None)
    rate(300)
    rate(100, kind="channel", channel="alliance")
    rate(200, kind="channel", channel="own")
    rate(50, kind="unbranded", category=line.product.category)

    settle()
    refund(line, 1_000, "case:1")

    entry = SettlementEntry.objects.get(line=line, kind="settle")
    assert (entry.fee_rate_bp, entry.fee_channel_bp, entry.fee_unbranded_bp) == (450, 100, 50)
    assert entry.platform_fee_amount == 495  # 4.5 % of what was paid, freight included
    back = SettlementEntry.objects.get(line=line, kind="reverse")
    assert (back.platform_fee_amount, back.fee_channel_bp) == (-45, 100)
    assert violations() == []

    owner = client_for(owner_of(line.order.shop))
    shop = f"/api/v1/settlements/shops/{line.order.shop.public_id}"
    told = owner.get(f"{shop}/statement-lines").json()["results"][-1]
    assert told["platform_fee"]["amount"] == 495
    assert (told["fee_rate_bp"], told["fee_channel_bp"], told["fee_unbranded_bp"]) == (450, 100, 50)
    assert told["paid"]["amount"] == told["amount"]["amount"] + 495 + told["commission"]["amount"]

    operator = client_for(OperatorFactory())
    soon = (clock.now() + timedelta(days=1)).isoformat()

    def answer(**fields):
        return operator.post(RATES, {"rate_bp": 80, "effective_from": soon, **fields})

    assert answer(kind="channel", channel="own").json()["kind"] == "channel"
    assert answer(kind="channel").json()["code"] == "fee_channel_wrong"
    assert answer(channel="own").json()["code"] == "fee_channel_wrong"
    assert answer(kind="unbranded", rate_bp=501).json()["code"] == "fee_rate_out_of_range"
    assert answer(kind="channel", channel="nowhere").status_code == 400


def test_only_specialty_shops_pay_for_having_no_brand():
    line = sale()
    rate(500)
    rate(50, kind="unbranded")
    Product.objects.filter(pk=line.product_id).update(brand=None)
    paid = {}
    for kind in ("ordinary", "flagship", "multi_brand", "brand_specialty", "individual"):
        Shop.objects.filter(pk=line.shop_id).update(type=kind)
        paid[kind] = fee_of(line).rate_bp
    assert paid == {
        "ordinary": 500,
        "flagship": 500,
        "multi_brand": 550,
        "brand_specialty": 550,
        "individual": 500,
    }


def approved(line: OrderLine, days: int, before: dict, content: dict) -> None:
    """Approve a change of the line's product, some days after it was ordered."""
    moment = PLACED_AT + timedelta(days=days)
    ProductReview.objects.create(
        product=line.product,
        shop=line.shop,
        product_version=1,
        content=content,
        before=before,
        is_draft=True,
        verdict="approved",
        submitted_at=moment,
        decided_at=moment,
    )


def test_the_brand_is_that_of_the_sale():
    """A brand that the product got afterwards does not count; one that it lost does."""
    line = sale()
    Shop.objects.filter(pk=line.shop_id).update(type="multi_brand")
    rate(500)
    rate(50, kind="unbranded")
    brand = BrandFactory()

    Product.objects.filter(pk=line.product_id).update(brand=brand)
    assert fee_of(line).unbranded_bp == 0
    approved(line, -5, {"brand": None}, {"brand": brand.public_id})
    assert fee_of(line).unbranded_bp == 0
    approved(line, 2, {"brand": None}, {"brand": brand.public_id})
    assert fee_of(line).unbranded_bp == 50
    approved(line, 1, {"brand": brand.public_id}, {"brand": None})
    Product.objects.filter(pk=line.product_id).update(brand=None)
    assert fee_of(line).unbranded_bp == 0


def test_a_change_that_says_nothing_of_the_brand_leaves_it():
    line = sale()
    Shop.objects.filter(pk=line.shop_id).update(type="multi_brand")
    Product.objects.filter(pk=line.product_id).update(brand=BrandFactory())
    rate(50, kind="unbranded")

    approved(line, -2, {"title": "Old"}, {"title": "New"})
    approved(line, 2, {"title": "New"}, {"title": "Newer"})

    assert fee_of(line).unbranded_bp == 0


def test_the_category_is_that_of_the_sale():
    """A product that moves to another category pays for what was sold before as it did."""
    line = sale()
    then, now = line.product.category, CategoryFactory()
    rate(500, category=then)
    rate(900, category=now)
    assert fee_of(line).base_bp == 500

    Product.objects.filter(pk=line.product_id).update(category=now)
    approved(line, 1, {"category": then.public_id}, {"category": now.public_id})
    assert fee_of(line).base_bp == 500
    approved(line, -3, {"category": now.public_id}, {"category": then.public_id})
    assert fee_of(line).base_bp == 500


def test_a_supplement_is_that_of_the_nearest_category_at_that_time():
    root = CategoryFactory()
    line = sale()
    leaf = line.product.category
    leaf.path = f"{root.path}{leaf.pk}/"
    leaf.parent = root
    leaf.save()
    at = line.traffic_channel
    rate(500)
    rate(10, kind="channel", channel=at)
    rate(20, kind="channel", channel=at, category=root)
    rate(300, kind="channel", channel=at, category=root, at=PLACED_AT + timedelta(days=1))
    assert fee_of(line).channel_bp == 20
    rate(0, kind="channel", channel=at, category=leaf)
    assert fee_of(line).channel_bp == 0
    assert fee_of(line).base_bp == 500


def test_many_lines_ask_no_more_than_one():
    rate(300)
    rate(50, kind="unbranded")
    lines = [loaded(sale()) for _one in range(4)]
    for line in lines:
        line.order.shop.type = "multi_brand"
    with CaptureQueriesContext(
        connection,
    ) as one:
        fees_of(lines[:1])
    with CaptureQueriesContext(connection) as four:
        fees_of(lines)
    assert len(one) == len(four) == 2


@given(
    goods=st.integers(0, 10**7),
    freight=st.integers(0, 10**5),
    merchant=st.integers(0, 10**6),
    host=st.integers(0, 10**6),
    platform=st.integers(0, 10**6),
    rate_bp=st.integers(0, 4_000),
)
def test_the_base_of_the_fee_leaves_out_what_the_merchant_gave(
    goods, freight, merchant, host, platform, rate_bp
):
    """Buyer's money with freight, the host's and the platform's coupons; never the merchant's own.

    ``pay = goods − all coupons + freight`` is what the line froze.
    """
    merchant = min(merchant, goods)
    host = min(host, goods - merchant)
    platform = min(platform, goods - merchant - host)
    paid = goods - merchant - host - platform + freight
    split = waterfall(
        paid_amount=paid,
        subsidy_amount=host + platform,
        creator_amount=0,
        agency_amount=0,
        fee_rate_bp=rate_bp,
    )
    assert split.platform_fee_amount == (goods - merchant + freight) * rate_bp // 10_000
    assert split.shop_amount + split.platform_fee_amount == paid + host + platform


def test_what_settling_takes_as_subsidy_is_the_hosts_and_the_platforms():
    line = sale(price=10_000, freight=0)
    line.promotion_shop_amount, line.promotion_platform_amount = 2_000, 500
    line.promotion_talent_amount, line.promotion_amount = 300, 2_800
    line.pay_amount = 7_200
    worth = settling.worth_of(line, (0, 0), 1_000)
    assert (worth.subsidy_amount, worth.platform_fee_amount) == (800, 800)

"""One row at least of every table that belongs to a shop, a buyer or a creator."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from affiliates.models import PlanFile, PlanRowFault
from aftersales.enums import Inspection
from catalog.enums import ImportFormat
from catalog.models import (
    BucketDraw,
    BulkEdit,
    BulkEditLine,
    Bundle,
    BundlePart,
    ChannelSeller,
    ImportJob,
    ImportRowError,
    ProductChannel,
    ProductDraft,
    ProductReview,
    ReviewPass,
    SaleMode,
    ScreeningHit,
    ShopPage,
    ShopPageVersion,
    ShopPicture,
    SpuTicket,
    StockBucket,
)
from catalog.services.screening.rules import RuleSpec
from governance.enums import AssessmentCause
from governance.models import DepositAssessment
from insights.enums import ExemptReason, ScoreMetric
from insights.models import ScoreExemption, ShopDay, ShopScore, ShopScoreMetric
from insights.services import effects
from orders.enums import ExportPreset, OrderStatus, PrintKind
from orders.models import (
    AddressChange,
    ExportJob,
    ExportPart,
    OrderLine,
    OrderView,
    PackageEdit,
    PrintedOrder,
    Printing,
    RouteNode,
    ShippingFile,
    ShippingRowFault,
)
from orders.services import readdressing
from settlements.models import Payout, PayoutAccount
from shops.enums import Relation
from shops.models import AdmissionAnswer, FreightRule, FreightTemplate, Shop
from tests.factories.accounts import (
    AccountFactory,
    AgencyFactory,
    CreatorFactory,
    UserFactory,
)
from tests.factories.aftersales import accepted, requested_case, returned_case
from tests.factories.catalog import (
    BrandGrantFactory,
    ProductFactory,
    ShopQualificationFactory,
    give_screening,
)
from tests.factories.orders import PLACED_AT, make_order, make_sku
from tests.factories.shops import (
    AdmissionFactory,
    BindingFactory,
    PreparingShopFactory,
    actor_of,
)
from tests.governance.shops import staked
from tests.settlements.services.lines import sale, settle

#: Column → somebody, or something, else.
OTHERS: Mapping[str, Callable[[], Any]] = {
    "shop_id": PreparingShopFactory,  # it has nothing of its own that would be in the way
    "buyer_id": UserFactory,
    "creator_id": CreatorFactory,
    "agency_id": AgencyFactory,
    "product_id": ProductFactory,
    "sku_id": make_sku,
}


def build_world() -> None:
    """Sell by a creator with an agency, settle, and take goods back; bind, import, review."""
    line = sale()
    settle()
    accepted(returned_case(), Inspection.SELLABLE)
    make_order(OrderStatus.SHIPPED, presenter={"account": {"id": "acc_1"}})
    _replace_binding()
    _send_and_be_paid(line.shop)
    _edit(line)
    _weigh(line)
    _stake(line.shop)


def _weigh(line: OrderLine) -> None:
    ShopDay.objects.create(shop=line.shop, day=PLACED_AT.date())
    effects.measure([BindingFactory(shop=line.shop)], at=PLACED_AT)
    score = ShopScore.objects.create(
        shop=line.shop, day=PLACED_AT.date(), orders=1, computed_at=PLACED_AT
    )
    ShopScoreMetric.objects.create(
        score=score,
        shop=line.shop,
        metric=ScoreMetric.QUALITY_RETURN,
        numerator=0,
        denominator=1,
        weight=1,
        target=1,
        bands=[],
    )
    case = requested_case()
    ScoreExemption.objects.create(
        shop=case.shop,
        buyer=case.buyer,
        order=case.order,
        case=case,
        reason=ExemptReason.APPEAL_WON,
        note="x",
        created_at=PLACED_AT,
    )


def _stake(shop: Shop) -> None:
    """Pay into the deposit, owe it, and start another payment."""
    deposit = staked(1_000, shop)
    DepositAssessment.objects.create(
        deposit=deposit,
        shop=shop,
        cause=AssessmentCause.FIRST,
        month=PLACED_AT.date(),
        tiers=[],
        base_amount=1,
        announced_at=PLACED_AT,
        effective_at=PLACED_AT,
    )


def _send_and_be_paid(shop: Shop) -> None:
    admission = AdmissionFactory(shop=shop)
    AdmissionAnswer.objects.create(
        shop=shop, admission=admission, code="size", value="3", answered_at=PLACED_AT
    )
    BrandGrantFactory(shop=shop)
    page = ShopPage.objects.create(shop=shop)
    ShopPageVersion.objects.create(
        shop=shop, page=page, number=1, blocks=[], published_at=PLACED_AT
    )
    ShopQualificationFactory(shop=shop)
    template = FreightTemplate.objects.get(shop=shop)
    FreightRule.objects.create(shop=shop, template=template, region_codes=["650000"])
    account = PayoutAccount.objects.get(shop=shop)
    Payout.objects.create(
        party="shop", shop=shop, account=account, number="W1", amount=1, requested_at=PLACED_AT
    )


def _replace_binding() -> None:
    old = BindingFactory()
    BindingFactory(shop=old.shop, replaces=old, relation=Relation.SELF)


def _edit(line: OrderLine) -> None:
    shop, product = line.shop, line.product
    job = ImportJob.objects.create(
        shop=shop, format=ImportFormat.TEMPLATE, filename="a.csv", content=b""
    )
    ImportRowError.objects.create(job=job, shop=shop, row_number=2, code="missing", fix="Fill it.")
    ShopPicture.objects.create(
        shop=shop, digest="0" * 64, path="a.jpg", width=600, height=600, size=1
    )
    bulk = BulkEdit.objects.create(shop=shop)
    BulkEditLine.objects.create(job=bulk, shop=shop, row_number=1, sku=line.sku, state="waiting")
    export = ExportJob.objects.create(shop=shop, preset=ExportPreset.ORDERS, language="en")
    ExportPart.objects.create(job=export, shop=shop, position=0, content_sealed=b"", size=0)
    file = ShippingFile.objects.create(shop=shop, filename="a.csv")
    ShippingRowFault.objects.create(job=file, shop=shop, row_number=2, code="missing")
    plans = PlanFile.objects.create(shop=shop, filename="a.csv")
    PlanRowFault.objects.create(job=plans, shop=shop, row_number=2, code="missing")
    order = line.order
    printing = Printing.objects.create(shop=shop, kind=PrintKind.LABELS, order_count=1)
    PrintedOrder.objects.create(
        printing=printing, order=order, shop=shop, buyer=order.buyer, position=1
    )
    package = order.packages.create(
        shop=shop,
        buyer=order.buyer,
        request_id="label",
        carrier_code="zhongtong",
        tracking_number="ZT1",
        shipped_at=PLACED_AT,
    )
    of_package = {"package": package, "shop": shop, "buyer": order.buyer}
    PackageEdit.objects.create(**of_package, edited_at=PLACED_AT)
    RouteNode.objects.create(**of_package, notice_id="n1", state="signed", happened_at=PLACED_AT)
    readdressing.set_rules(shop=shop, asks_for_addresses=True, at=PLACED_AT, actor=actor_of(shop))
    AddressChange.objects.create(
        order=order,
        shop=shop,
        buyer=order.buyer,
        receiver_sealed=order.receiver_sealed,
        receiver_masked=order.receiver_masked,
        address_hash=order.address_hash,
        due_at=PLACED_AT,
    )
    OrderView.objects.create(shop=shop, user=order.buyer, name="Late", filters={"flag": 5})
    ProductDraft.objects.create(product=product, shop=shop)
    channel = ProductChannel.objects.create(
        product=product, shop=shop, kind="named", main_product=product
    )
    ChannelSeller.objects.create(channel=channel, shop=shop, account=AccountFactory())
    sku = product.skus.get()
    part = make_sku(shop=shop)
    bundle = Bundle.objects.create(sku=sku, shop=shop)
    BundlePart.objects.create(bundle=bundle, shop=shop, part=part, quantity=2, starts_at=PLACED_AT)
    bucket = StockBucket.objects.create(
        shop=shop,
        product=product,
        sku=sku,
        kind="channel",
        account=AccountFactory(),
        quantity=1,
        drawn=1,
    )
    SaleMode.objects.create(
        shop=shop, product=product, sku=sku, kind="spot", shipping_time="5d", starts_at=PLACED_AT
    )
    BucketDraw.objects.create(bucket=bucket, sku=sku, shop=shop, reference="order:x:1", quantity=1)
    review = ProductReview.objects.create(
        product=product,
        shop=shop,
        product_version=1,
        content={},
        submitted_at=PLACED_AT - timedelta(days=1),
    )
    rule = give_screening(RuleSpec("contact", "contact", "warn"))
    ScreeningHit.objects.create(
        rule=rule, review=review, product=product, shop=shop, field="title", at=PLACED_AT
    )
    SpuTicket.objects.create(
        shop=shop, kind="propose", category=product.category, name="x", created_at=PLACED_AT
    )
    ReviewPass.objects.create(shop=shop, note="x", created_at=PLACED_AT)

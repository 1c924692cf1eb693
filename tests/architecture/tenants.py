"""One row at least of every table that belongs to a shop, a buyer or a creator."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from aftersales.enums import Inspection
from catalog.enums import ImportFormat
from catalog.models import ImportJob, ImportRowError, ProductDraft, ProductReview
from orders.enums import ExportPreset, OrderStatus
from orders.models import ExportJob, ExportPart, OrderLine
from settlements.models import Payout, PayoutAccount
from shops.enums import Relation
from shops.models import FreightRule, FreightTemplate, Shop
from tests.factories.accounts import AgencyFactory, CreatorFactory, UserFactory
from tests.factories.aftersales import accepted, returned_case
from tests.factories.catalog import ProductFactory
from tests.factories.orders import PLACED_AT, make_order, make_sku
from tests.factories.shops import BindingFactory, PreparingShopFactory
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


def _send_and_be_paid(shop: Shop) -> None:
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
    export = ExportJob.objects.create(shop=shop, preset=ExportPreset.ORDERS, language="en")
    ExportPart.objects.create(job=export, shop=shop, position=0, content=b"")
    ProductDraft.objects.create(product=product, shop=shop)
    ProductReview.objects.create(
        product=product,
        shop=shop,
        product_version=1,
        content={},
        submitted_at=PLACED_AT - timedelta(days=1),
    )

"""Recipes of the lists of catalog, affiliates and settlements; see `list_endpoints`."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from affiliates.enums import ContractStatus
from affiliates.services import commissions
from catalog.enums import ImportFormat, MovementKind, Verdict
from catalog.models import (
    BulkEdit,
    BulkEditLine,
    ChannelSeller,
    ImportJob,
    ImportRowError,
    PriceVersion,
    ProductChannel,
    ProductReview,
    ReviewPass,
    ScreeningRule,
    ShopPage,
    ShopPageVersion,
    ShopPicture,
    Spu,
    SpuTicket,
    StockBucket,
    StockMovement,
)
from kernel import clock
from orders.enums import OrderStatus
from orders.models import Order
from settlements.enums import PartyKind
from settlements.models import FeeRate, Payout, Statement
from settlements.policies import month_of
from settlements.services import settling, statements
from tests.architecture.list_endpoints import Scene, recipe
from tests.factories.accounts import (
    FAR_AWAY,
    LONG_AGO,
    AccountFactory,
    AgencyFactory,
    CreatorFactory,
    OperatorFactory,
)
from tests.factories.affiliates import ContractFactory, PickFactory, PlanFactory
from tests.factories.catalog import (
    BrandFactory,
    BrandGrantFactory,
    CategoryFactory,
    ProductFactory,
    QualificationRuleFactory,
    ShopQualificationFactory,
    product_on_sale,
    skus_of,
)
from tests.factories.orders import PLACED_AT, make_order
from tests.factories.shops import (
    BindingFactory,
    PayoutAccountFactory,
    ShopFactory,
    owner_of,
)

# --- catalog ------------------------------------------------------------------------------------


def _of_shop(room: str, what: str, add: Callable[[Any], Any]) -> Scene:
    shop = ShopFactory()
    return Scene(owner_of(shop), f"{room}/shops/{shop.public_id}/{what}", lambda: add(shop))


@recipe("catalog/brands")
def brands() -> Scene:
    return Scene(None, "catalog/brands", BrandFactory)


@recipe("catalog/products")
def products_for_buyers() -> Scene:
    def add() -> Any:
        product = product_on_sale(skus=2, brand=BrandFactory())
        return BindingFactory(shop=product.shop)

    return Scene(None, "catalog/products", add)


@recipe("catalog/shops/<str:shop_id>/products")
def products_of_a_shop() -> Scene:
    return _of_shop(
        "catalog", "products", lambda shop: product_on_sale(shop=shop, brand=BrandFactory())
    )


def _review(product: Any) -> ProductReview:
    return ProductReview.objects.create(
        product=product,
        shop=product.shop,
        product_version=1,
        content={"title": product.title},
        verdict=Verdict.REJECTED,
        submitted_at=LONG_AGO,
        decided_at=LONG_AGO,
    )


@recipe("catalog/shops/<str:shop_id>/products/<str:product_id>/channel-products")
def channel_products_of_a_product() -> Scene:
    main = product_on_sale()
    url = f"catalog/shops/{main.shop.public_id}/products/{main.public_id}/channel-products"

    def add() -> Any:
        channel = ProductChannel.objects.create(
            product=product_on_sale(shop=main.shop),
            shop=main.shop,
            kind="exclusive",
            main_product=main,
        )
        account = CreatorFactory().account
        return ChannelSeller.objects.create(channel=channel, shop=main.shop, account=account)

    return Scene(owner_of(main.shop), url, add)


@recipe("catalog/shops/<str:shop_id>/products/<str:product_id>/reviews")
def reviews_of_a_product() -> Scene:
    product = ProductFactory()
    url = f"catalog/shops/{product.shop.public_id}/products/{product.public_id}/reviews"
    return Scene(owner_of(product.shop), url, lambda: _review(product))


@recipe("catalog/operator/reviews")
def review_queue() -> Scene:
    return Scene(OperatorFactory(), "catalog/operator/reviews", lambda: _review(ProductFactory()))


@recipe("catalog/operator/screening-rules")
def screening_rules() -> Scene:
    codes = itertools.count(1)

    def add() -> ScreeningRule:
        return ScreeningRule.objects.create(
            code=f"rule-{next(codes)}", kind="contact", effect="warn", category=CategoryFactory()
        )

    return Scene(OperatorFactory(), "catalog/operator/screening-rules", add)


def _spu() -> Spu:
    return Spu.objects.create(category=CategoryFactory(), brand=BrandFactory(), name="x")


def _ticket(shop: Any) -> SpuTicket:
    return SpuTicket.objects.create(
        shop=shop,
        kind="correct",
        spu=_spu(),
        spu_version=1,
        category=CategoryFactory(),
        brand=BrandFactory(),
        name="x",
        created_at=LONG_AGO,
    )


@recipe("catalog/spus")
def standard_products() -> Scene:
    return Scene(None, "catalog/spus", _spu)


@recipe("catalog/shops/<str:shop_id>/buckets")
def buckets_of_a_shop() -> Scene:
    shop = ShopFactory()
    url = f"catalog/shops/{shop.public_id}/buckets"

    def add() -> StockBucket:
        sku = product_on_sale(shop=shop).skus.get()
        account = AccountFactory()
        return StockBucket.objects.create(
            shop=shop,
            product_id=sku.product_id,
            sku=sku,
            kind="channel",
            account=account,
            quantity=0,
        )

    return Scene(owner_of(shop), url, add)


@recipe("catalog/shops/<str:shop_id>/spu-tickets")
def spu_tickets_of_a_shop() -> Scene:
    return _of_shop("catalog", "spu-tickets", _ticket)


@recipe("catalog/operator/spu-tickets")
def spu_tickets() -> Scene:
    return Scene(OperatorFactory(), "catalog/operator/spu-tickets", lambda: _ticket(ShopFactory()))


@recipe("catalog/operator/review-passes")
def review_passes() -> Scene:
    def add() -> ReviewPass:
        return ReviewPass.objects.create(
            shop=ShopFactory(), category=CategoryFactory(), note="x", created_at=LONG_AGO
        )

    return Scene(OperatorFactory(), "catalog/operator/review-passes", add)


@recipe("catalog/shops/<str:shop_id>/skus/<str:sku_id>/prices")
def prices() -> Scene:
    sku = product_on_sale().skus.get()
    days = itertools.count(1)

    def add() -> PriceVersion:
        begins = LONG_AGO + timedelta(days=next(days))
        return PriceVersion.objects.create(shop=sku.shop, sku=sku, price=100, effective_from=begins)

    url = f"catalog/shops/{sku.shop.public_id}/skus/{sku.public_id}/prices"
    return Scene(owner_of(sku.shop), url, add)


@recipe("catalog/shops/<str:shop_id>/stock")
def stock() -> Scene:
    return _of_shop("catalog", "stock", lambda shop: product_on_sale(shop=shop))


@recipe("catalog/shops/<str:shop_id>/stock/movements")
def stock_movements() -> Scene:
    references = itertools.count(1)

    def add(shop: Any) -> StockMovement:
        sku = product_on_sale(shop=shop, stock=0).skus.get()
        return StockMovement.objects.create(
            sku_id=sku.pk,
            shop=shop,
            kind=MovementKind.INITIAL,
            on_hand_delta=1,
            reference=f"recipe:{next(references)}",
        )

    return _of_shop("catalog", "stock/movements", add)


def _import(shop: Any) -> ImportJob:
    return ImportJob.objects.create(
        shop=shop,
        format=ImportFormat.choices[0][0],
        filename="goods.csv",
        content=b"x",
        category=CategoryFactory(),
    )


@recipe("catalog/shops/<str:shop_id>/imports")
def imports() -> Scene:
    return _of_shop("catalog", "imports", _import)


@recipe("catalog/shops/<str:shop_id>/imports/<str:import_id>/errors")
def import_errors() -> Scene:
    job = _import(ShopFactory())
    rows = itertools.count(2)
    url = f"catalog/shops/{job.shop.public_id}/imports/{job.public_id}/errors"
    return Scene(
        owner_of(job.shop),
        url,
        lambda: ImportRowError.objects.create(
            job=job, shop=job.shop, row_number=next(rows), code="missing_value"
        ),
    )


@recipe("catalog/shops/<str:shop_id>/pictures")
def pictures() -> Scene:
    names = itertools.count()
    return _of_shop(
        "catalog",
        "pictures",
        lambda shop: ShopPicture.objects.create(
            shop=shop, digest=f"{next(names):064}", path=f"{next(names)}", width=1, height=1, size=1
        ),
    )


@recipe("catalog/shops/<str:shop_id>/bulk-edits")
def bulk_edits() -> Scene:
    return _of_shop("catalog", "bulk-edits", lambda shop: BulkEdit.objects.create(shop=shop))


@recipe("catalog/shops/<str:shop_id>/bulk-edits/<str:bulk_edit_id>/rows")
def bulk_rows() -> Scene:
    job = BulkEdit.objects.create(shop=ShopFactory())
    rows = itertools.count(1)
    return Scene(
        owner_of(job.shop),
        f"catalog/shops/{job.shop.public_id}/bulk-edits/{job.public_id}/rows",
        lambda: BulkEditLine.objects.create(
            job=job,
            shop=job.shop,
            row_number=next(rows),
            sku=skus_of(product_on_sale(shop=job.shop))[0],
            state="waiting",
        ),
    )


# --- affiliates ---------------------------------------------------------------------------------


def _sale(status: str = OrderStatus.PAID, **pick: Any) -> Order:
    chosen = PickFactory(**pick)
    order = make_order(status, items=[(chosen.product.skus.get(), 1)], pick_code=chosen.pick_code)
    commissions.sync(order_ids=[order.pk], at=PLACED_AT)
    return order


def _plan(shop: Any) -> Any:
    return PlanFactory(product=product_on_sale(shop=shop))


@recipe("affiliates/shops/<str:shop_id>/plans")
def plans() -> Scene:
    return _of_shop("affiliates", "plans", _plan)


@recipe("affiliates/shops/<str:shop_id>/picks")
def picks_of_a_shop() -> Scene:
    return _of_shop("affiliates", "picks", lambda shop: PickFactory(plan=_plan(shop)))


@recipe("affiliates/shops/<str:shop_id>/commissions")
def commissions_of_a_shop() -> Scene:
    return _of_shop("affiliates", "commissions", lambda shop: _sale(plan=_plan(shop)))


@recipe("affiliates/creator/pool")
def pool() -> Scene:
    def add() -> Any:
        return BindingFactory(shop=PlanFactory().shop)

    return Scene(CreatorFactory().user, "affiliates/creator/pool", add)


@recipe("affiliates/creator/picks")
def picks_of_a_creator() -> Scene:
    creator = CreatorFactory()
    return Scene(creator.user, "affiliates/creator/picks", lambda: PickFactory(creator=creator))


@recipe("affiliates/creator/commissions")
def commissions_of_a_creator() -> Scene:
    creator = CreatorFactory()
    return Scene(creator.user, "affiliates/creator/commissions", lambda: _sale(creator=creator))


@recipe("affiliates/creator/contracts")
def contracts_of_a_creator() -> Scene:
    creator = CreatorFactory()
    return Scene(
        creator.user,
        "affiliates/creator/contracts",
        lambda: ContractFactory(creator=creator, status=ContractStatus.INVITED, starts_at=None),
    )


@recipe("affiliates/agency/contracts")
def contracts_of_an_agency() -> Scene:
    agency = AgencyFactory()
    return Scene(
        agency.owner, "affiliates/agency/contracts", lambda: ContractFactory(agency=agency)
    )


@recipe("affiliates/agency/commissions")
def commissions_of_an_agency() -> Scene:
    agency = AgencyFactory()

    def add() -> Order:
        return _sale(creator=ContractFactory(agency=agency).creator)

    return Scene(agency.owner, "affiliates/agency/commissions", add)


# --- settlements --------------------------------------------------------------------------------

_numbers = itertools.count(1)


def _parties() -> dict[str, tuple[Any, str, dict[str, Any]]]:
    """Party → (who asks, the address of their money, the columns that name them)."""
    shop, creator, agency = ShopFactory(), CreatorFactory(), AgencyFactory()
    return {
        PartyKind.SHOP: (owner_of(shop), f"shops/{shop.public_id}", {"shop": shop}),
        PartyKind.CREATOR: (creator.user, "creator", {"creator": creator}),
        PartyKind.AGENCY: (agency.owner, "agency", {"agency": agency}),
    }


def _settle(shop: Any = None, creator: Any = None, agency: Any = None) -> None:
    pick: dict[str, Any] = {"creator": creator or CreatorFactory()}
    if shop is not None:
        pick["plan"] = _plan(shop)
    if agency is not None:
        ContractFactory(creator=pick["creator"], agency=agency)
    _sale(OrderStatus.COMPLETED, **pick)
    at = clock.now()
    settling.settle_due(at=at)
    statements.refresh(month=month_of(at), at=at)


def _statement(party: str, owner: dict[str, Any]) -> Statement:
    month = date(2000 + next(_numbers), 1, 1)
    return Statement.objects.create(
        party=party, month=month, opening_amount=0, closing_amount=0, **owner
    )


def _payout(party: str, owner: dict[str, Any]) -> Payout:
    return Payout.objects.create(
        party=party,
        number=f"PO{next(_numbers):06d}",
        amount=100,
        requested_at=LONG_AGO,
        **owner,
    )


def _register(party: str, route: str) -> None:
    def of_party(what: str, add: Callable[[str, dict[str, Any]], Any]) -> Callable[[], Scene]:
        def make() -> Scene:
            user, place, owner = _parties()[party]
            return Scene(user, f"settlements/{place}/{what}", lambda: add(party, owner))

        return make

    recipe(f"settlements/{route}/statements")(of_party("statements", _statement))
    recipe(f"settlements/{route}/payouts")(of_party("payouts", _payout))
    recipe(f"settlements/{route}/statement-lines")(
        of_party("statement-lines", lambda _party, owner: _settle(**owner))
    )


_register(PartyKind.SHOP, "shops/<str:shop_id>")
_register(PartyKind.CREATOR, "creator")
_register(PartyKind.AGENCY, "agency")


@recipe("settlements/shops/<str:shop_id>/payout-accounts")
def payout_accounts() -> Scene:
    shop = ShopFactory()
    url = f"settlements/shops/{shop.public_id}/payout-accounts"
    return Scene(owner_of(shop), url, lambda: PayoutAccountFactory(shop=shop, status="replaced"))


@recipe("settlements/operator/payouts")
def payout_queue() -> Scene:
    return Scene(
        OperatorFactory(),
        "settlements/operator/payouts",
        lambda: _payout(PartyKind.SHOP, {"shop": ShopFactory()}),
    )


@recipe("settlements/operator/entries")
def settlement_entries() -> Scene:
    return Scene(OperatorFactory(), "settlements/operator/entries", _settle)


@recipe("settlements/operator/fee-rates")
def fee_rates() -> Scene:
    return Scene(
        OperatorFactory(),
        "settlements/operator/fee-rates",
        lambda: FeeRate.objects.create(
            category=CategoryFactory(), rate_bp=300, effective_from=FAR_AWAY
        ),
    )


@recipe("settlements/operator/accounts")
def ledger_accounts() -> Scene:
    return Scene(
        OperatorFactory(),
        "settlements/operator/accounts",
        lambda: make_order(OrderStatus.TO_SHIP),  # its money opens an escrow account of a new shop
    )


@recipe("settlements/operator/transfers")
def transfers() -> Scene:
    return Scene(
        OperatorFactory(),
        "settlements/operator/transfers",
        lambda: make_order(OrderStatus.TO_SHIP),
    )


@recipe("catalog/shops/<str:shop_id>/brand-grants")
def brand_grants() -> Scene:
    return _of_shop("catalog", "brand-grants", lambda shop: BrandGrantFactory(shop=shop))


@recipe("catalog/shops/<str:shop_id>/qualifications")
def qualifications() -> Scene:
    return _of_shop("catalog", "qualifications", lambda shop: ShopQualificationFactory(shop=shop))


@recipe("catalog/shops/<str:shop_id>/page/versions")
def page_versions() -> Scene:
    numbers = itertools.count(1)
    return _of_shop(
        "catalog",
        "page/versions",
        lambda shop: ShopPageVersion.objects.create(
            shop=shop,
            page=ShopPage.objects.get_or_create(shop=shop)[0],
            number=next(numbers),
            blocks=[],
            published_at=LONG_AGO,
        ),
    )


@recipe("catalog/operator/brand-grants")
def all_brand_grants() -> Scene:
    return Scene(OperatorFactory(), "catalog/operator/brand-grants", BrandGrantFactory)


@recipe("catalog/operator/qualifications")
def all_qualifications() -> Scene:
    return Scene(OperatorFactory(), "catalog/operator/qualifications", ShopQualificationFactory)


@recipe("catalog/operator/qualification-rules")
def qualification_rules() -> Scene:
    url = "catalog/operator/qualification-rules"
    return Scene(OperatorFactory(), url, QualificationRuleFactory)

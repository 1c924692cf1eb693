"""What the shop of one side sells: products in every state, and how it sells them."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.models import Account
from catalog.enums import BucketKind, ImportFormat, ImportStatus, SaleKind, SellChannel
from catalog.models import (
    BulkEdit,
    Bundle,
    BundlePart,
    Category,
    ImportJob,
    ImportRowError,
    Product,
    ShopPicture,
)
from catalog.services import (
    buckets,
    channels,
    counting,
    prices,
    products,
    reviews,
    sale_modes,
)
from catalog.services.bulk import preparing
from catalog.services.bulk.reading import Wish
from catalog.services.content import Content
from catalog.services.counting import StockEdit
from catalog.services.sale_modes import Mode
from catalog.services.variants import SkuSpec
from kernel.actors import Actor, Role
from shops.models import Shop
from tests.factories.accounts import LONG_AGO
from tests.walks.canaries import canary
from tests.walks.people import People

OPERATOR = Actor(role=Role.OPERATOR, permissions=frozenset(), label="Operator")
#: In minor units: what the sides earn never looks alike.
PRICES = {"A": 5_000, "B": 6_130}


def make_products(
    side: str, shop: Shop, actor: Actor, category: Category, at: datetime
) -> dict[str, Product]:
    def create(name: str, title: str, **kwargs: object) -> Product:
        return products.create(
            shop=shop,
            content=Content(
                category=category,
                title=title,
                merchant_code=canary(side, f"{name}-code"),
                description=title,
                image_urls=("https://img.example.com/p.png",),
                option_names=("size",),
            ),
            skus=[
                SkuSpec(
                    canary(side, f"{name}-sku-{size}"), PRICES[side], stock=1_000, options=(size,)
                )
                for size in ("S", "M")
            ],
            actor=actor,
            at=LONG_AGO,
            **kwargs,
        )

    def listed(name: str, title: str) -> Product:
        product = create(name, title, submit_now=True)
        review = product.reviews.get()
        return reviews.approve(review=review, actor=OPERATOR, at=LONG_AGO)

    goods = {
        "on_sale": listed("sale", f"Towel of {side}"),
        "changed": listed("changed", f"Kettle of {side}"),
        "draft": create("draft", canary(side, "draft-title")),
        "in_review": create("review", canary(side, "review-title"), submit_now=True),
        "rejected": create("rejected", canary(side, "rejected-title"), submit_now=True),
    }
    goods["changed"] = products.edit(
        product=goods["changed"],
        changes={"title": canary(side, "new-title"), "brief": canary(side, "new-brief")},
        actor=actor,
        at=at,
    )
    reason = reviews.Reason(field="title", code="banned_word", message=canary(side, "verdict"))
    goods["rejected"] = reviews.reject(
        review=goods["rejected"].reviews.get(), reasons=[reason], actor=OPERATOR, at=at
    )
    sku = goods["on_sale"].skus.order_by("pk")[0]
    counting.edit(
        edits=[StockEdit(sku, delta=7)], reference=canary(side, "count"), actor=actor, at=at
    )
    prices.set_price(
        sku=sku, price=4_900, effective_from=at + timedelta(days=3), actor=actor, at=at
    )
    for product in goods.values():
        product.refresh_from_db()
    return goods


def make_bulk_edit(side: str, shop: Shop, actor: Actor, product: Product, at: datetime) -> BulkEdit:
    sku = product.skus.order_by("pk")[0]
    return preparing.prepare(
        shop=shop,
        wishes=[
            Wish(1, sku.merchant_code, price=PRICES[side] + 7, stock=1_007),
            Wish(2, canary(side, "no-such-code"), price=1),
        ],
        filename=f"{canary(side, 'bulk')}.csv",
        actor=actor,
        at=at,
    )


def make_import(side: str, shop: Shop, category: Category) -> ImportJob:
    ShopPicture.objects.create(
        shop=shop, digest="0" * 64, path=f"pictures/{side}.jpg", width=600, height=600, size=1
    )
    job = ImportJob.objects.create(
        shop=shop,
        format=ImportFormat.TEMPLATE,
        filename=f"{canary(side, 'file')}.csv",
        content=canary(side, "content").encode(),
        category=category,
        status=ImportStatus.DONE,
        total_count=2,
        done_count=2,
        good_count=1,
        bad_count=1,
        error=canary(side, "import-error"),
        actor_label=canary(side, "importer"),
    )
    ImportRowError.objects.create(
        job=job,
        shop=shop,
        row_number=3,
        column=canary(side, "column"),
        code="bad_price",
        fix=canary(side, "fix"),
    )
    return job


def sell(
    side: str,
    shop: Shop,
    actor: Actor,
    goods: dict[str, Product],
    seller: Account,
    people: People,
    at: datetime,
) -> None:
    """Say who sells them and how, put a bundle together, set pieces aside."""
    channels.set_channel(
        product=goods["draft"],
        kind=SellChannel.NAMED,
        accounts=[seller],
        at=at,
        actor=actor,
    )
    loose, part = goods["draft"].skus.order_by("pk")[0], goods["on_sale"].skus.order_by("pk")[0]
    bundle = Bundle.objects.create(sku=loose, shop=shop)
    BundlePart.objects.create(bundle=bundle, shop=shop, part=part, quantity=2, starts_at=at)
    sale_modes.set_sale_mode(
        product=goods["on_sale"],
        mode=Mode(kind=SaleKind.STEPPED, days=5, later_pieces=1),
        at=at,
        actor=actor,
    )
    buckets.set_aside(
        sku=goods["on_sale"].skus.order_by("pk")[0],
        kind=BucketKind.CHANNEL,
        account=people.creator.account,
        quantity=5,
        ends_at=None,
        note=canary(side, "bucket"),
        at=at,
        actor=actor,
    )

"""What a shop does with its products, prices and stock."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from django.db.models import Q

from catalog import selectors
from catalog.api.inputs import (
    DeductModeIn,
    ProductChangesIn,
    ProductIn,
    ProductSubmissionIn,
    PurchaseLimitsIn,
    ShopProductQuery,
    SkuIn,
    SkuPriceIn,
    StockCountsIn,
    StockEditsIn,
    StockMovementQuery,
    StockQuery,
    content_changes,
)
from catalog.api.outputs import (
    PriceVersionOut,
    ShopProductOut,
    ShopProductPageOut,
    ShopSkuOut,
    StockEditResultOut,
    StockMovementOut,
    StockOut,
)
from catalog.api.public import UNSEEN
from catalog.api.review_outputs import FindingOut, ProductReviewOut
from catalog.enums import ApiStatus
from catalog.models import (
    Brand,
    Category,
    PriceVersion,
    Product,
    ProductReview,
    Sku,
    Spu,
    Stock,
    StockMovement,
)
from catalog.policies import PurchaseLimits
from catalog.selectors.statuses import of_status, with_status
from catalog.services import counting, deducting, limits, prices, products, shelf
from catalog.services.content import Content
from catalog.services.counting import StockEdit
from catalog.services.screening import judging
from catalog.services.variants import SkuSpec
from kernel.actors import Actor, Role
from kernel.api.operations import idempotency_key, listing, operation
from kernel.api.views import View
from shops.models import Shop


class ShopView(View):
    """A door for the staff of one shop."""

    audience = Role.MERCHANT
    permissions = {"GET": "catalog.view"}
    permission = "catalog.edit"


def shop_product(actor: Actor, product_id: str) -> Product:
    """Return a product of the actor's shop with all that its page reads. Raises NotFound."""
    rows = with_status(Product.objects.select_related("category", "brand", "spu", "draft"))
    return rows.get_visible(actor, public_id=product_id)


def _sku(actor: Actor, sku_id: str) -> Sku:
    return Sku.objects.select_related("product").get_visible(actor, public_id=sku_id)


def page_of(actor: Actor, product: Product) -> selectors.ShopProductPage:
    return selectors.shop_product_page(shop_product(actor, product.public_id))


def _changes(actor: Actor, data: dict[str, Any]) -> dict[str, Any]:
    """Return validated content with the category and the brand that it names."""
    changes = content_changes(data)
    if "category_id" in data:
        changes["category"] = Category.objects.get_visible(actor, public_id=data["category_id"])
    if "brand_id" in data:
        name = data["brand_id"]
        changes["brand"] = Brand.objects.get_visible(actor, public_id=name) if name else None
    if "spu_id" in data:
        name = data["spu_id"]
        changes["spu"] = Spu.objects.get_visible(actor, public_id=name) if name else None
    return changes


def spec_of(data: dict[str, Any]) -> SkuSpec:
    """Return the SKU to be that `SkuIn` describes."""
    return SkuSpec(
        merchant_code=data["merchant_code"],
        price=data["price"],
        list_price=data.get("list_price"),
        stock=data.get("stock", 0),
        options=data.get("options", []),
        image_url=data.get("image_url", ""),
    )


class ShopProducts(ShopView):
    @listing(gives=ShopProductOut, filters=ShopProductQuery)
    def get(self, request: Any, query: dict[str, Any], shop_id: str) -> Any:
        """Products of the shop, the newest first."""
        rows = Product.objects.visible_to(request.actor).defer(*UNSEEN)
        if "status" in query:
            rows = of_status(rows, ApiStatus(query.pop("status")))
        return selectors.with_available(with_status(rows)).filter(**query)

    @operation(takes=ProductIn, gives=ShopProductPageOut, status=201, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], shop_id: str) -> Any:
        """Make a product with its SKUs, prices and stock; perhaps submit it at once."""
        content = Content(
            **_changes(request.actor, data),
            option_names=data.get("option_names", []),
            merchant_code=data.get("merchant_code", ""),
        )
        product = products.create(
            shop=Shop.objects.get_visible(request.actor, public_id=shop_id),
            content=content,
            skus=[spec_of(one) for one in data["skus"]],
            actor=request.actor,
            at=request.at,
            submit_now=data.get("submit", False),
            list_when_approved=data["list_when_approved"],
        )
        return page_of(request.actor, product)


class ShopProduct(ShopView):
    @operation(gives=ShopProductPageOut)
    def get(self, request: Any, shop_id: str, product_id: str) -> Any:
        """A product of the shop with its SKUs and what waits for review."""
        return selectors.shop_product_page(shop_product(request.actor, product_id))

    @operation(takes=ProductChangesIn, gives=ShopProductPageOut)
    def patch(self, request: Any, data: dict[str, Any], shop_id: str, product_id: str) -> Any:
        """Change the content; what sells keeps selling until the change is approved."""
        product = products.edit(
            product=shop_product(request.actor, product_id),
            changes=_changes(request.actor, data),
            actor=request.actor,
            at=request.at,
            version=data["version"],
        )
        return page_of(request.actor, product)

    @operation(status=204)
    def delete(self, request: Any, shop_id: str, product_id: str) -> None:
        """Put the product into the recycle bin."""
        product = shop_product(request.actor, product_id)
        shelf.delete(product=product, actor=request.actor, at=request.at)


class ShopProductLimits(ShopView):
    @operation(takes=PurchaseLimitsIn, gives=ShopProductPageOut)
    def put(self, request: Any, data: dict[str, Any], shop_id: str, product_id: str) -> Any:
        """Say how many pieces a buyer may take; it holds at once, without a review."""
        product = limits.set_limits(
            product=shop_product(request.actor, product_id),
            limits=PurchaseLimits(**data),
            actor=request.actor,
            at=request.at,
        )
        return page_of(request.actor, product)


class ShopProductDeductMode(ShopView):
    @operation(takes=DeductModeIn, gives=ShopProductPageOut)
    def put(self, request: Any, data: dict[str, Any], shop_id: str, product_id: str) -> Any:
        """Say when pieces stop being for sale; it holds for orders from now on (CA-11)."""
        product = deducting.set_deduct_mode(
            product=shop_product(request.actor, product_id),
            mode=data["mode"],
            actor=request.actor,
            at=request.at,
        )
        return page_of(request.actor, product)


class ShopProductSubmission(ShopView):
    @operation(takes=ProductSubmissionIn, gives=ProductReviewOut, status=201)
    def post(self, request: Any, data: dict[str, Any], shop_id: str, product_id: str) -> Any:
        """Send what waits to review."""
        return shelf.submit(
            product=shop_product(request.actor, product_id),
            list_when_approved=data["list_when_approved"],
            actor=request.actor,
            at=request.at,
        )


class ShopProductWithdrawal(ShopView):
    @operation(gives=ProductReviewOut)
    def post(self, request: Any, shop_id: str, product_id: str) -> Any:
        """Take the open review back."""
        product = shop_product(request.actor, product_id)
        return shelf.withdraw(product=product, actor=request.actor, at=request.at)


class ShopProductMove(ShopView):
    """A move of the product that needs nothing but its name."""

    def move(self, request: Any, product: Product) -> Product:
        """Make the move."""
        raise NotImplementedError

    def answer(self, request: Any, product_id: str) -> Any:
        """Make the move and present the product."""
        product = self.move(request, shop_product(request.actor, product_id))
        return page_of(request.actor, product)


class ShopProductDiscard(ShopProductMove):
    @operation(gives=ShopProductPageOut)
    def post(self, request: Any, shop_id: str, product_id: str) -> Any:
        """Throw an unsubmitted change away."""
        return self.answer(request, product_id)

    def move(self, request: Any, product: Product) -> Product:
        return products.discard_change(product=product, actor=request.actor, at=request.at)


class ShopProductListing(ShopProductMove):
    @operation(gives=ShopProductPageOut)
    def post(self, request: Any, shop_id: str, product_id: str) -> Any:
        """Put an approved product on the shelf."""
        return self.answer(request, product_id)

    def move(self, request: Any, product: Product) -> Product:
        return shelf.list_product(product=product, actor=request.actor, at=request.at)


class ShopProductDelisting(ShopProductMove):
    @operation(gives=ShopProductPageOut)
    def post(self, request: Any, shop_id: str, product_id: str) -> Any:
        """Take a product off the shelf."""
        return self.answer(request, product_id)

    def move(self, request: Any, product: Product) -> Product:
        return shelf.delist(product=product, actor=request.actor, at=request.at)


class ShopProductRestoration(ShopProductMove):
    @operation(gives=ShopProductPageOut)
    def post(self, request: Any, shop_id: str, product_id: str) -> Any:
        """Take a product out of the recycle bin."""
        return self.answer(request, product_id)

    def move(self, request: Any, product: Product) -> Product:
        return shelf.restore(product=product, actor=request.actor, at=request.at)


class ShopProductReviews(ShopView):
    @listing(gives=ProductReviewOut)
    def get(self, request: Any, shop_id: str, product_id: str) -> Any:
        """The reviews of a product with their reasons, the newest first."""
        product = shop_product(request.actor, product_id)
        rows = ProductReview.objects.visible_to(request.actor).filter(product=product)
        return rows.select_related("product", "shop").prefetch_related("hits__rule")


class ShopProductCheck(ShopView):
    @operation(gives=FindingOut, many=True)
    def get(self, request: Any, shop_id: str, product_id: str) -> Any:
        """What the interception rules would find if it were submitted now."""
        product = shop_product(request.actor, product_id)
        return judging.look_at(product, at=request.at)


class ShopProductSkus(ShopView):
    @operation(takes=SkuIn, gives=ShopSkuOut, status=201, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], shop_id: str, product_id: str) -> Any:
        """Add a variant with its price and stock."""
        product = shop_product(request.actor, product_id)
        sku = products.add_sku(
            product=product, spec=spec_of(data), actor=request.actor, at=request.at
        )
        views = selectors.skus_of([product.pk])[product.pk]
        return next(view for view in views if view.public_id == sku.public_id)


class ShopSkuPrices(ShopView):
    permission = "catalog.price"

    @listing(gives=PriceVersionOut, ordering=("-effective_from", "-id"))
    def get(self, request: Any, shop_id: str, sku_id: str) -> Any:
        """The prices of a SKU over time, the latest first."""
        sku = _sku(request.actor, sku_id)
        return PriceVersion.objects.visible_to(request.actor).filter(sku=sku)

    @operation(takes=SkuPriceIn, gives=PriceVersionOut, status=201, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], shop_id: str, sku_id: str) -> Any:
        """Set the price of a SKU from a moment on; review is not needed."""
        return prices.set_price(
            sku=_sku(request.actor, sku_id),
            price=data["price"],
            list_price=data.get("list_price"),
            effective_from=data.get("effective_from"),
            actor=request.actor,
            at=request.at,
        )


class ShopStock(ShopView):
    permission = "catalog.stock"

    @listing(gives=StockOut, ordering=("-sku_id",), filters=StockQuery)
    def get(self, request: Any, query: dict[str, Any], shop_id: str) -> Any:
        """The counters of the shop's SKUs."""
        rows = Stock.objects.visible_to(request.actor).select_related("sku__product")
        if "sku_id" in query:
            rows = rows.filter(sku__public_id=query["sku_id"])
        if "max_available" in query:
            rows = rows.filter(available__lte=query["max_available"])
        return rows

    @operation(takes=StockEditsIn, gives=StockEditResultOut, many=True, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], shop_id: str) -> Any:
        """Change stock row by row, once per key; every row has its own result (CA-13)."""
        key = f"{request.actor.user_id}\x1f{idempotency_key(request)}"
        named = _named_skus(request.actor, data["edits"])
        return counting.edit(
            edits=[
                StockEdit(sku, one.get("delta"), one.get("set_to"), one.get("expected"))
                for sku, one in zip(named, data["edits"], strict=True)
            ],
            reference=hashlib.sha256(key.encode()).hexdigest()[:32],
            actor=request.actor,
            at=request.at,
        )

    @operation(takes=StockCountsIn, gives=StockEditResultOut, many=True)
    def put(self, request: Any, data: dict[str, Any], shop_id: str) -> Any:
        """Set counts as another system has them, row by row; sent twice it changes nothing."""
        named = _named_skus(request.actor, data["counts"])
        return counting.edit(
            edits=[
                StockEdit(sku, set_to=one["on_hand"])
                for sku, one in zip(named, data["counts"], strict=True)
            ],
            reference=uuid.uuid4().hex,
            actor=request.actor,
            at=request.at,
        )


def _named_skus(actor: Actor, rows: list[dict[str, Any]]) -> list[Sku | None]:
    """Return the SKU that each row names by id or merchant code, None for one of nobody's."""
    ids = [row["sku_id"] for row in rows if "sku_id" in row]
    codes = [row["merchant_code"] for row in rows if "merchant_code" in row]
    found = Sku.objects.visible_to(actor).filter(Q(public_id__in=ids) | Q(merchant_code__in=codes))
    by_name = {}
    for sku in found:
        by_name["sku_id", sku.public_id] = by_name["merchant_code", sku.merchant_code] = sku
    names = [next(name for name in ("sku_id", "merchant_code") if name in row) for row in rows]
    return [by_name.get((name, row[name])) for name, row in zip(names, rows, strict=True)]


class ShopStockMovements(ShopView):
    @listing(gives=StockMovementOut, filters=StockMovementQuery)
    def get(self, request: Any, query: dict[str, Any], shop_id: str) -> Any:
        """The stock ledger of the shop, the newest movement first."""
        rows = StockMovement.objects.visible_to(request.actor).select_related("sku")
        return rows.filter(sku__public_id=query["sku_id"]) if "sku_id" in query else rows

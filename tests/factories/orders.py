"""Orders for tests, in every state.

`make_order` writes plain rows: fast, and no service stands between a neighbour's test and the state
it needs; stock, splits and the book agree with the order all the same. `placed_order`, `paid_order`
… in `tests.factories.sales` go through the services.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

from django.conf import settings

from catalog.enums import DraftStatus, MovementKind, ReviewStatus, ShelfStatus
from catalog.models import Category, PriceVersion, Product, Sku, Stock, StockMovement
from kernel.crypto import encrypt, fingerprint
from kernel.money import allocate
from kernel.text import mask_name, mask_phone
from ledger.models import AccountCode
from ledger.services.transfers import Posting, post
from orders.enums import (
    AdjustmentStep,
    Bearer,
    CloseReason,
    OrderStatus,
    PaymentStatus,
    TrafficChannel,
)
from orders.models import (
    IdentitySnapshot,
    Order,
    OrderGroup,
    OrderLine,
    Package,
    PackageLine,
    Payment,
    PaymentSplit,
    PriceAdjustment,
)
from tests.factories.accounts import LONG_AGO, UserFactory
from tests.factories.catalog import CategoryFactory
from tests.factories.shops import ShopFactory

#: When orders of tests are placed, unless they say otherwise.
PLACED_AT = datetime(2025, 6, 1, 4, 0, tzinfo=UTC)
RECEIVER = {
    "name": "王小明",
    "phone": "13800001234",
    "street": "西湖大道 1 号",
    "province": "浙江省",
    "city": "杭州市",
    "district": "上城区",
}
PAID = (
    OrderStatus.PAID,
    OrderStatus.TO_SHIP,
    OrderStatus.PARTLY_SHIPPED,
    OrderStatus.SHIPPED,
    OrderStatus.COMPLETED,
)
_numbers = count(1)


def make_sku(shop=None, *, price=5_000, stock=100, title=None, currency="CNY") -> Sku:
    """Return a SKU on sale with `stock` pieces at `price` fen."""
    n = next(_numbers)
    shop = shop or ShopFactory()
    category = Category.objects.filter(name="测试类目").first() or CategoryFactory(name="测试类目")
    product = Product.objects.create(
        shop=shop,
        category=category,
        title=title or f"Product {n}",
        image_urls=[f"https://img.example.com/p{n}.png"],
        shelf_status=ShelfStatus.ON,
        review_status=ReviewStatus.APPROVED,
        draft_status=DraftStatus.NONE,
        min_price=price,
        max_price=price,
        currency=currency,
    )
    sku = Sku.objects.create(shop=shop, product=product, merchant_code=f"CODE-{n}", options=[])
    PriceVersion.objects.create(
        shop=shop, sku=sku, price=price, currency=currency, effective_from=LONG_AGO
    )
    Stock.objects.create(sku=sku, shop=shop, on_hand=stock)
    if stock:
        _move(sku, MovementKind.INITIAL, f"edit:test-{n}", on_hand=stock)
    return sku


def make_order(
    status: str = OrderStatus.UNPAID,
    *,
    buyer=None,
    shop=None,
    items: Sequence[tuple[Sku, int]] | None = None,
    price: int = 5_000,
    quantity: int = 1,
    freight: int = 0,
    placed_at: datetime = PLACED_AT,
    pick_code: str = "",
    account=None,
    presenter: dict | None = None,
    close_reason: str = CloseReason.UNPAID,
    completed_at: datetime | None = None,
) -> Order:
    """Return an order in `status`, with all that belongs to it: payment, splits, stock, the book.

    `items` are (SKU, pieces); without them one SKU at `price` is made. `freight` is spread over the
    lines as the placement spreads it. A shipped order has one package with everything in it.
    """
    if items is None:
        items = [(make_sku(shop, price=price), quantity)]
    shop = shop or items[0][0].shop
    buyer = buyer or UserFactory()
    order = _order(shop, buyer, items, freight, placed_at)
    _lines(order, items, freight, pick_code, account, presenter)
    _hold(order)
    if status == OrderStatus.CLOSED:
        _close(order, close_reason)
    if status in PAID:
        _pay(order)
    if status in (OrderStatus.PARTLY_SHIPPED, OrderStatus.SHIPPED, OrderStatus.COMPLETED):
        _ship(order, is_whole=status != OrderStatus.PARTLY_SHIPPED)
    if status == OrderStatus.COMPLETED:
        order.completed_at = completed_at or order.shipped_at + timedelta(days=3)
        order.aftersales_until_at = order.completed_at + settings.AFTERSALES_WINDOW
    order.status = status
    order.save()
    return order


def _order(shop, buyer, items, freight, placed_at) -> Order:
    n = next(_numbers)
    goods = sum(_price(sku).price * pieces for sku, pieces in items)
    group = OrderGroup.objects.create(
        number=f"G{n:016d}",
        buyer=buyer,
        idempotency_key=f"test-{n}",
        fingerprint=f"{n:064d}",
        pay_amount=goods + freight,
        placed_at=placed_at,
    )
    secret = {key: RECEIVER[key] for key in ("name", "phone", "street")}
    region = {key: RECEIVER[key] for key in ("province", "city", "district")}
    return Order.objects.create(
        number=f"{n:016d}",
        group=group,
        shop=shop,
        buyer=buyer,
        goods_amount=goods,
        freight_amount=freight,
        pay_amount=goods + freight,
        storefront=snapshot(shop),
        receiver_sealed=encrypt(secret),
        receiver_masked={
            "name": mask_name(secret["name"]),
            "phone": mask_phone(secret["phone"]),
            **region,
        },
        address_hash=fingerprint(*RECEIVER.values()),
        placed_at=placed_at,
        pay_by_at=placed_at + settings.UNPAID_CLOSE_AFTER,
    )


def snapshot(shop, body: dict | None = None) -> IdentitySnapshot:
    """Return a snapshot of a shop's block: unbound, unless `body` says otherwise."""
    body = body or {
        "shop": {
            "id": shop.public_id,
            "name": shop.name,
            "type": shop.type,
            "score": None,
            "guarantees": [],
            "deposit_badge": None,
        },
        "account": None,
        "relation": None,
        "bound_since": None,
    }
    digest = fingerprint(repr(sorted(body.items(), key=lambda item: item[0])))
    return IdentitySnapshot.objects.get_or_create(
        shop=shop, digest=digest, defaults={"body": body}
    )[0]


def _lines(order, items, freight, pick_code, account, presenter) -> None:
    shares = allocate(freight, [_price(sku).price * pieces for sku, pieces in items])
    for position, ((sku, pieces), share) in enumerate(zip(items, shares, strict=True), start=1):
        version = _price(sku)
        line = OrderLine.objects.create(
            order=order,
            position=position,
            shop=order.shop,
            buyer=order.buyer,
            sku=sku,
            product=sku.product,
            price_version=version,
            title=sku.product.title,
            options=sku.options,
            unit_price=version.price,
            quantity=pieces,
            goods_amount=version.price * pieces,
            freight_amount=share,
            freight_original_amount=share,
            pay_amount=version.price * pieces + share,
            storefront=order.storefront,
            presenter=snapshot(order.shop, presenter) if presenter else None,
            pick_code=pick_code,
            content_account_id=account.public_id if account else "",
            traffic_channel=TrafficChannel.ALLIANCE if pick_code else TrafficChannel.UNKNOWN,
        )
        if share:
            PriceAdjustment.objects.create(
                line=line,
                shop=order.shop,
                buyer=order.buyer,
                step=AdjustmentStep.FREIGHT,
                amount=share,
                bearer=Bearer.BUYER,
            )


def _price(sku) -> PriceVersion:
    return sku.prices.order_by("-effective_from", "-pk")[0]


def _hold(order) -> None:
    for line in order.lines.all():
        _move(line.sku, MovementKind.HOLD, _reference(order, line), held=line.quantity)


def _close(order, reason) -> None:
    for line in order.lines.all():
        _move(line.sku, MovementKind.RELEASE, _reference(order, line), held=-line.quantity)
    order.closed_at = order.pay_by_at
    order.close_reason = reason


def _pay(order) -> None:
    order.paid_at = order.placed_at + timedelta(minutes=5)
    order.ship_by_at = order.paid_at + settings.SHIP_PROMISE
    payment = Payment.objects.create(
        number=f"P{order.number}",
        group=order.group,
        buyer=order.buyer,
        gateway="sandbox",
        amount=order.pay_amount,
        status=PaymentStatus.PAID,
        gateway_txn=f"txn-{order.number}",
        is_effective=True,
        paid_at=order.paid_at,
    )
    PaymentSplit.objects.create(
        payment=payment,
        order=order,
        shop=order.shop,
        buyer=order.buyer,
        captured_amount=order.pay_amount,
    )
    post(
        [
            Posting(
                reference=f"capture:sandbox:{payment.gateway_txn}",
                kind="capture",
                currency=order.currency,
                legs=(
                    (AccountCode.GATEWAY_CLEARING, "sandbox", order.pay_amount),
                    (AccountCode.ESCROW, order.shop.public_id, -order.pay_amount),
                ),
                at=order.paid_at,
                note={"payment": payment.number},
            )
        ]
    )
    for line in order.lines.all():
        _move(
            line.sku,
            MovementKind.SOLD,
            _reference(order, line),
            on_hand=-line.quantity,
            held=-line.quantity,
        )


def _ship(order, *, is_whole: bool) -> None:
    shipped_at = order.paid_at + timedelta(hours=20)
    package = Package.objects.create(
        order=order,
        shop=order.shop,
        buyer=order.buyer,
        request_id=f"test-{order.number}",
        carrier_code="shunfeng",
        tracking_number=f"SF{order.number}",
        shipped_at=shipped_at,
    )
    lines = list(order.lines.order_by("position"))
    for line in lines if is_whole else lines[:1]:
        pieces = line.quantity if is_whole or len(lines) > 1 else max(line.quantity // 2, 1)
        PackageLine.objects.create(
            package=package, line=line, shop=order.shop, buyer=order.buyer, quantity=pieces
        )
        line.shipped_quantity = pieces
        line.save()
    if is_whole:
        order.shipped_at = shipped_at
        order.confirm_by_at = shipped_at + settings.AUTO_CONFIRM_AFTER


def _reference(order, line) -> str:
    return f"order:{order.number}:{line.position}"


def _move(sku, kind, reference, *, on_hand=0, held=0) -> None:
    if kind != MovementKind.INITIAL:
        counters = Stock.objects.get(pk=sku.pk)
        counters.on_hand += on_hand
        counters.held += held
        counters.save(update_fields=["on_hand", "held"])
    StockMovement.objects.create(
        sku=sku,
        shop_id=sku.shop_id,
        kind=kind,
        on_hand_delta=on_hand,
        held_delta=held,
        reference=reference,
    )

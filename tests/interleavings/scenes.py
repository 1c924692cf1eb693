"""Orders that two acts may meet on: one SKU, two pieces, and somebody who has them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import NamedTuple

from django.db import connection

from catalog.enums import DraftStatus, MovementKind, ReviewStatus, ShelfStatus
from catalog.models import PriceVersion, Product, Sku, Stock
from catalog.services import stock
from catalog.services.invariants import violations as catalog_violations
from ledger.services.invariants import violations as book_violations
from orders.models import Order, OrderLine, Payment
from orders.services.capturing import Applied, apply_payments
from orders.services.gateways.sandbox import bank
from orders.services.invariants import violations as order_violations
from orders.services.payments import Wish, start_payments
from orders.services.placement import Placed, PlaceOrder, Receiver, WantedLine, place_orders
from orders.services.shipping import ship_order
from tests.factories.accounts import LONG_AGO, UserFactory
from tests.factories.orders import PLACED_AT, RECEIVER, make_sku
from tests.factories.sales import fact_of
from tests.factories.shops import actor_of

#: When the acts happen. Every deadline of the orders is over by the database's clock.
AT = PLACED_AT + timedelta(minutes=5)
#: Of each SKU there are so many, and a checkout takes them all.
PIECES = 2
#: Fen a piece: two cost less than what freight is free from, so freight is paid, and refunded.
PRICE = 4_000
#: Scenes are set together: placing eight is little more work than placing one.
TOGETHER = 8
_numbers = count(1)


@dataclass
class Scene:
    """What the acts find: a checkout, and its order and payments where it was placed."""

    request: PlaceOrder
    #: Somebody else who wants the same pieces.
    other: PlaceOrder
    sku: Sku
    order: Order | None = None
    payment: Payment | None = None
    second: Payment | None = None

    @property
    def line(self) -> OrderLine:
        return self.order.lines.get()

    @property
    def payments(self) -> list[int]:
        """Payments that may be under way; a gateway that closed them all says so of each."""
        return [one.pk for one in (self.payment, self.second) if one]


class World(NamedTuple):
    """What the database says of a scene's SKU and of the money for it."""

    orders: tuple[str, ...]
    payments: tuple[str, ...]
    on_hand: int
    held: int
    #: Pieces of unpaid orders, and of paid ones that were not taken out again.
    unpaid: int
    sold: int
    came_in: int
    kept: int
    goes_back: int
    parcels: int


#: One row: the world of a SKU.
_WORLD = """
WITH lines AS (
    SELECT o.id, o.group_id, o.status, o.close_reason, o.is_frozen, o.is_extended,
           l.quantity, l.quantity - l.cancelled_quantity AS left_over
      FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id WHERE l.sku_id = %s
), paid AS (
    SELECT p.* FROM orders_payment p WHERE p.group_id IN (SELECT group_id FROM lines)
)
SELECT (SELECT coalesce(array_agg(concat_ws(' ', status, close_reason, is_frozen, is_extended)
                                  ORDER BY id), '{}') FROM lines),
       (SELECT coalesce(array_agg(concat_ws(' ', status, is_effective) ORDER BY id), '{}')
          FROM paid),
       s.on_hand, s.held,
       (SELECT coalesce(sum(quantity), 0) FROM lines WHERE status = 'unpaid'),
       (SELECT coalesce(sum(left_over), 0) FROM lines
         WHERE status <> 'unpaid' AND close_reason IN ('', 'refunded')),
       (SELECT coalesce(sum(amount), 0) FROM paid WHERE status = 'paid'),
       (SELECT coalesce(sum(captured_amount - refunded_amount), 0) FROM orders_paymentsplit
         WHERE payment_id IN (SELECT id FROM paid)),
       (SELECT coalesce(sum(amount), 0) FROM orders_refund
         WHERE payment_id IN (SELECT id FROM paid)),
       (SELECT count(*) FROM orders_package WHERE order_id IN (SELECT id FROM lines))
  FROM catalog_stock s WHERE s.sku_id = %s
"""


def world_of(scene: Scene) -> World:
    """Return how the scene stands."""
    with connection.cursor() as cursor:
        cursor.execute(_WORLD, [scene.sku.pk, scene.sku.pk])
        orders, payments, *numbers = cursor.fetchone()
    return World(tuple(orders), tuple(payments), *map(int, numbers))


def breaches(scene: Scene, world: World) -> list[str]:
    """Return what is wrong with the scene's stock and money, and with the rooms' invariants."""
    found = order_violations() + catalog_violations() + [str(one) for one in book_violations()]
    if world.on_hand + world.sold != PIECES or world.held != world.unpaid:
        found.append(f"{scene.sku}: pieces were made or lost")
    if world.unpaid + world.sold > PIECES:
        found.append(f"{scene.sku}: more was sold than there is")
    if world.came_in != world.kept + world.goes_back:
        found.append(f"{scene.sku}: money was made or lost")
    return found


def scenes(kind: str) -> Iterator[Scene]:
    """Yield fresh scenes of a kind, of one shop, as many as are asked for."""
    shop = make_sku(stock=0).shop
    buyer, other = UserFactory(), UserFactory()
    while True:
        made = [
            Scene(_request(buyer, sku), _request(other, sku), sku) for sku in _skus(shop, TOGETHER)
        ]
        for happening in SETTING[kind]:
            happening(made)
        yield from made


def _request(buyer, sku: Sku) -> PlaceOrder:
    return PlaceOrder(
        buyer_id=buyer.pk,
        key=f"scene-{sku.pk}",
        lines=(WantedLine(sku.public_id, PIECES),),
        receiver=Receiver(**RECEIVER),
    )


def _skus(shop, number: int) -> list[Sku]:
    """Return SKUs as `make_sku` makes them, in a few statements."""
    category = Product.objects.filter(shop=shop)[0].category
    products = Product.objects.bulk_create(
        Product(
            shop=shop,
            category=category,
            title=f"Scene {next(_numbers)}",
            image_urls=["https://img.example.com/scene.png"],
            shelf_status=ShelfStatus.ON,
            review_status=ReviewStatus.APPROVED,
            draft_status=DraftStatus.NONE,
            min_price=PRICE,
            max_price=PRICE,
        )
        for _ in range(number)
    )
    skus = Sku.objects.bulk_create(
        Sku(shop=shop, product=one, merchant_code=one.title, options=[]) for one in products
    )
    PriceVersion.objects.bulk_create(
        PriceVersion(shop=shop, sku=sku, price=PRICE, effective_from=LONG_AGO) for sku in skus
    )
    Stock.objects.bulk_create(Stock(sku=sku, shop=shop) for sku in skus)
    kind = MovementKind.INITIAL
    stock.apply([stock.Move(sku.pk, shop.pk, kind, PIECES, "edit:scene") for sku in skus], AT)
    return skus


def _place(made: list[Scene]) -> None:
    results = place_orders([scene.request for scene in made], at=AT)
    for scene, result in zip(made, results, strict=True):
        assert isinstance(result, Placed), result
        scene.order = result.group.orders.get()


def _open(made: list[Scene]) -> None:
    groups = [scene.order.group for scene in made]
    wishes = [Wish(group.number, group.buyer_id, "sandbox") for group in groups]
    for scene, payment in zip(made, start_payments(wishes, at=AT), strict=True):
        assert isinstance(payment, Payment), payment
        scene.payment = payment


def _open_another(made: list[Scene]) -> None:
    """The buyer opened a second cashier: both may be paid."""
    for scene in made:
        scene.second = Payment.objects.create(
            number=f"{scene.payment.number}-2",
            group=scene.order.group,
            buyer_id=scene.order.buyer_id,
            gateway=scene.payment.gateway,
            amount=scene.payment.amount,
        )


def _tell_the_bank(made: list[Scene]) -> None:
    """The gateway knows of the payment too."""
    for scene in made:
        bank.open_payment(number=scene.payment.number, amount=scene.payment.amount, currency="CNY")


def _pay(made: list[Scene]) -> None:
    for applied in apply_payments([fact_of(scene.payment) for scene in made], at=AT):
        assert isinstance(applied, Applied), applied


def _ship(made: list[Scene]) -> None:
    for scene in made:
        ship_order(
            order_id=scene.order.pk,
            request_id="scene",
            carrier_code="shunfeng",
            tracking_number="SF12345678",
            at=AT,
            actor=actor_of(scene.order.shop),
        )


#: What has happened in each kind of scene before the acts begin.
SETTING: dict[str, tuple[Callable[[list[Scene]], None], ...]] = {
    "unplaced": (),
    "unpaid": (_place, _open),
    "unpaid twice": (_place, _open, _open_another),
    "at the bank": (_place, _open, _tell_the_bank),
    "paid": (_place, _open, _pay),
    "paid twice": (_place, _open, _open_another, _pay),
    "shipped": (_place, _open, _pay, _ship),
}

"""Two months of orders, in every state that an order can be in."""

from __future__ import annotations

from datetime import datetime, timedelta

from demo.data.shops import CITIES
from demo.seeding import DAYS, World
from kernel import delivery
from kernel.actors import Actor, Role
from orders.enums import Carrier, CloseReason, MediaType, SandboxProfile
from orders.models import Order, OrderGroup
from orders.services import capturing, closing, gateways, payments, placement, receipt, shipping
from orders.services.gateways.port import PaymentOrder
from orders.services.gateways.sandbox import bank
from orders.services.placement import Placed
from orders.services.requests import PlaceOrder, Receiver, Touch, WantedLine
from settlements.services import settling, statements

ORDERS = 300
#: Checkouts that are placed together.
SET = 4
#: The latest orders, minutes old.
UNPAID = 8
GATEWAY = "sandbox"


def seed(world: World) -> None:
    """Place the orders day by day and let each live until today; then settle what is due."""
    for first in range(0, ORDERS, SET):
        world.report("Orders of two months", first, ORDERS)
        at = _when(world, first)
        for group in _place(world, range(first, first + SET), at):
            _live(world, group, at)
    delivery.deliver_all()
    while settling.settle_due(at=world.now):
        pass
    statements.refresh(month=world.now.date().replace(day=1), at=world.now)
    delivery.deliver_all()


def _when(world: World, index: int) -> datetime:
    """Return when order `index` is placed: trade grows, and the last ones wait to be paid."""
    if index >= ORDERS - UNPAID:
        return world.now - timedelta(minutes=ORDERS - index)
    share = (index + world.dice.random()) / ORDERS
    return world.now - timedelta(days=DAYS) * (1 - share**0.5) - timedelta(minutes=40)


def _place(world: World, numbers: range, at: datetime) -> list[OrderGroup]:
    """Place a set of checkouts at once, as a busy minute does; what is sold out is not placed."""
    requests = [_checkout(world, number) for number in numbers]
    results = placement.place_orders(requests, at=at)
    return [result.group for result in results if isinstance(result, Placed)]


def _checkout(world: World, number: int) -> PlaceOrder:
    buyer = world.dice.choice(world.buyers)
    province, city, district = world.dice.choice(CITIES)
    return PlaceOrder(
        buyer_id=buyer.pk,
        key=f"demo-{number}",
        lines=_wanted(world),
        receiver=Receiver(
            name=buyer.name,
            phone=f"139{world.dice.randrange(10**8):08d}",
            province=province,
            city=city,
            district=district,
            street=f"幸福路 {world.dice.randrange(1, 200)} 号",
        ),
    )


def _wanted(world: World) -> tuple[WantedLine, ...]:
    codes = list(world.skus)
    count = world.dice.choices((1, 2, 3), weights=(7, 2, 1))[0]
    shops = world.dice.choices(codes, weights=(5, 4, 4, 3, 3, 2), k=count)
    lines = {}
    for code in shops:
        sku = world.dice.choice(world.skus[code])
        quantity = world.dice.choices((1, 2, 3), weights=(8, 2, 1))[0]
        lines[sku.public_id] = WantedLine(
            sku.public_id, quantity, _touch(world, code, sku.product_id)
        )
    return tuple(lines.values())


def _touch(world: World, code: str, product_id: int) -> Touch | None:
    taken = world.picks.get(product_id, [])
    chance = world.dice.random()
    if taken and chance < 0.45:
        pick = world.dice.choice(taken)
        return Touch(
            pick_code=pick.pick_code,
            media_type=world.dice.choice([MediaType.LIVE, MediaType.VIDEO, MediaType.SHOWCASE]),
            account_id=pick.creator.account.public_id,
        )
    if code in world.official and chance < 0.75:
        return Touch(
            media_type=MediaType.LIVE, account_id=world.official[code].public_id, is_live=True
        )
    return None


def _live(world: World, group: OrderGroup, at: datetime) -> None:
    """Let the group's orders go on as their shops and buyer would have let them, until today."""
    if at > world.now - timedelta(minutes=30):
        return  # still to be paid
    if world.dice.random() < 0.06:
        for order in group.orders.all():
            closing.close_order(
                order_id=order.pk, reason=CloseReason.BUYER, at=at + timedelta(minutes=9)
            )
        return
    pay(group, at + timedelta(minutes=3))
    for order in group.orders.order_by("pk"):
        _fulfil(world, order, at + timedelta(hours=world.dice.randrange(4, 46)))


def pay(group: OrderGroup, at: datetime) -> None:
    """Pay a group at the sandbox's cashier; the money is applied as by its notice."""
    buyer = Actor(role=Role.BUYER, user_id=group.buyer_id)
    payment = payments.start_payment(group_number=group.number, gateway=GATEWAY, at=at, actor=buyer)
    port = gateways.get(GATEWAY)
    port.create(PaymentOrder(payment.number, payment.amount, payment.currency))
    bank.pay(number=payment.number, at=at, profile=SandboxProfile.OK)
    fact = port.query(payment.number)
    if fact is None:
        raise LookupError(f"the sandbox does not know {payment.number}")
    capturing.apply_payment(fact, at=at)


def _fulfil(world: World, order: Order, at: datetime) -> None:
    if at > world.now - timedelta(hours=2):
        return
    code = next(code for code, shop in world.shops.items() if shop.pk == order.shop_id)
    carrier = world.dice.choice([Carrier.SF, Carrier.ZTO, Carrier.YTO])
    shipping.ship_order(
        order_id=order.pk,
        request_id=f"demo-{order.number}",
        carrier_code=carrier,
        tracking_number=f"{carrier.name}{world.dice.randrange(10**12):012d}",
        at=at,
        actor=world.owners[code],
    )
    received_at = at + timedelta(days=world.dice.randrange(2, 9))
    if received_at < world.now:
        receipt.confirm_receipt(order_id=order.pk, at=received_at)

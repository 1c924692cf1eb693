"""Shops with money, sales and debts, for tests of governance."""

from datetime import UTC, date, datetime, timedelta

from django.db import transaction
from django.db.models import Sum

from governance.models import Deposit
from governance.services import entries, payments
from governance.services.invariants import violations as deposit_violations
from insights.models import ShopDay
from kernel.actors import Actor, Role
from ledger.services.invariants import violations as ledger_violations
from orders.enums import OrderStatus
from orders.services.gateways.port import PaymentFact
from orders.services.refunds import refund_line
from settlements.enums import PartyKind
from settlements.selectors import PartyRef
from settlements.services import payouts, settling
from tests.factories.accounts import OperatorFactory
from tests.factories.orders import PLACED_AT, make_order, make_sku
from tests.factories.shops import ShopFactory, actor_of

#: After every window of the factories' orders; a 1st at noon in China would be another test.
AT = PLACED_AT + timedelta(days=12)


def operator() -> Actor:
    """Return an operator of their own."""
    user = OperatorFactory()
    return Actor(
        role=Role.OPERATOR,
        user_id=user.pk,
        label=f"Desk {user.pk}",
        permissions=frozenset({"governance.operate"}),
    )


def earned(price: int = 100_000, shop=None):
    """Return a shop whose balance is `price` less 5 %."""
    sku = make_sku(price=price, **({"shop": shop} if shop else {}))
    order = make_order(OrderStatus.COMPLETED, items=[(sku, 1)])
    settling.settle_due(at=AT)
    return order.shop


def indebted(amount: int = 95_000):
    """Return a shop that was paid out and then had to give `amount` back."""
    order = make_order(OrderStatus.COMPLETED, price=100_000)
    settling.settle_due(at=AT)
    party = PartyRef(PartyKind.SHOP, order.shop_id, order.shop.public_id)
    payouts.request(party=party, amount=95_000, at=AT, actor=actor_of(order.shop))
    refund_line(line_id=order.lines.get().pk, amount=100_000, reference="back", at=AT)
    assert amount == 95_000
    return order.shop


@transaction.atomic
def staked(amount: int, shop=None, *, base: int = 0, at=AT) -> Deposit:
    """Return the deposit of an old shop with `amount` in it and `base` due."""
    shop = shop or ShopFactory()
    if amount:
        paid(shop, amount, at=at)
    deposit = entries.locked(shop.pk, at)
    deposit.base_amount = deposit.coming_amount = base
    deposit.save(update_fields=["base_amount", "coming_amount"])
    entries.settle(deposit, at=at)
    deposit.refresh_from_db()
    return deposit


def paid(shop, amount: int, *, at=AT) -> None:
    """Pay into the deposit by the gateway."""
    payment = payments.start(
        shop_id=shop.pk, amount=amount, gateway="sandbox", at=at, actor=actor_of(shop)
    )
    fact = PaymentFact("sandbox", payment.number, f"sbx_{payment.number}", amount, "CNY", at)
    assert payments.apply(payment, fact, at=at)


def sold_last_month(shop, gmv_amount: int, month: date, *, orders: int = 100) -> None:
    """Write down what the shop sold in the month before `month`, on two days."""
    last = month - timedelta(days=1)
    for day, amount in ((last, gmv_amount - 1), (last.replace(day=1), 1)):
        ShopDay.objects.create(shop=shop, day=day, gmv_amount=amount, orders=orders)
    total = ShopDay.objects.filter(shop=shop).aggregate(total=Sum("gmv_amount"))["total"]
    assert total == gmv_amount


def noon(year: int, month: int, day: int) -> datetime:
    """Return a moment about noon of a day in China."""
    return datetime(year, month, day, 4, tzinfo=UTC)


def all_right() -> bool:
    return not (deposit_violations() or ledger_violations())

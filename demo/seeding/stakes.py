"""What the shops stake: worked out, paid in, one deduction and one part set aside."""

from __future__ import annotations

from datetime import timedelta

from demo.seeding import World
from governance.models import Deposit
from governance.services import assessing, consequences, deductions, moving, payments

GATEWAY = "sandbox"
#: When the platform began to ask for deposits.
DAYS_AGO = 45
#: Fen: enough for the highest tier, so that no demo shop is ever restricted for it.
STAKE = 600_000


def seed(world: World) -> None:
    """Let each shop owe its first deposit, pay it, and be told this month's."""
    begun = world.now - timedelta(days=DAYS_AGO)
    assessing.assess_all(at=begun)
    for name, shop in world.shops.items():
        if not Deposit.objects.filter(shop=shop).exists():
            continue
        owner, at = world.owners[name], begun + timedelta(hours=20)
        payment = payments.start(shop_id=shop.pk, amount=STAKE, gateway=GATEWAY, at=at, actor=owner)
        payments.pay_in_sandbox(payment=payment, at=at, actor=owner)
        payments.collect_pending(at=at)
    assessing.apply_due(at=begun + timedelta(days=8))
    _look_after(world)
    month = world.now.replace(day=1, hour=1)
    if month > begun:
        assessing.assess_all(at=month)
    assessing.apply_due(at=world.now)
    consequences.apply_all(at=world.now)


def _look_after(world: World) -> None:
    """Deduct for a violation in the first shop and set something aside."""
    shop = next(iter(world.shops.values()))
    at = world.now - timedelta(days=12)
    if not Deposit.objects.filter(shop=shop).exists():
        return
    deductions.deduct(
        shop_id=shop.pk,
        violation="V26110001",
        amount=20_000,
        reason="三笔订单虚假发货",
        at=at,
        actor=world.operator,
    )
    moving.freeze(
        shop_id=shop.pk,
        amount=10_000,
        reason="抽检结果待定",
        at=at + timedelta(days=2),
        actor=world.operator,
    )

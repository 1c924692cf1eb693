"""One quiet purchase with all its papers, in a shop where nothing stands against an unbinding."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from accounts.models import Account, User
from aftersales.enums import CaseKind, ReasonCode
from aftersales.services import opening
from aftersales.services.opening import CaseRequest
from kernel.actors import Actor, Role
from kernel.delivery import deliver_all
from orders.models import Order, Refund
from orders.services.refunds import refund_line
from settlements.services.settling import settle_due
from shops.models import Binding, Shop
from shops.services import bindings, endings, names
from tests.factories.accounts import UserFactory, VerifiedAccountFactory
from tests.factories.orders import make_sku
from tests.factories.sales import completed_order
from tests.factories.shops import BindingFactory, ShopFactory, actor_of
from tests.walks.names import Names
from tests.walks.world import Side, World

WEEKS = timedelta(weeks=3)


@dataclass
class Purchase:
    """A bound shop, and a buyer who bought, complained, was refunded in part and is settled."""

    shop: Shop
    binding: Binding
    order: Order
    side: Side

    @property
    def owner(self) -> Actor:
        return actor_of(self.shop)


def make_purchase(world: World, now: datetime) -> Purchase:
    """Make the purchase, three weeks before `now`."""
    shop, buyer = ShopFactory(name="Old name"), UserFactory()
    binding = BindingFactory(shop=shop)
    sku = make_sku(shop)
    order = completed_order((sku, 2), buyer=buyer, at=now - WEEKS)
    line = order.lines.get()
    actor = Actor(role=Role.BUYER, user_id=buyer.pk)
    case = opening.open_case(
        line_id=line.pk,
        request=CaseRequest(CaseKind.RETURN_AND_REFUND, 1, ReasonCode.NO_LONGER_WANTED),
        at=now - WEEKS,
        actor=actor,
    )
    opening.withdraw_case(case_id=case.pk, at=now - WEEKS, actor=actor)
    refund_line(line_id=line.pk, amount=100, reference="walk", at=now - WEEKS)
    deliver_all()
    settle_due(at=now)
    known = {
        "order": [order.number],
        "group": [order.group.number],
        "case": [case.number],
        "payment": [order.splits.get().payment.number],
        "refund": [Refund.objects.get(order=order).number],
    }
    public = {
        "shop": [shop.public_id],
        "product": [sku.product.public_id],
        "sku": [sku.public_id],
        "account": [binding.account.public_id],
        "position": ["1"],
    }
    return Purchase(shop, binding, order, _side(world, buyer, Names(known, public)))


def rename(purchase: Purchase, now: datetime) -> None:
    """Give the shop, and with it its account, another name."""
    names.rename_shop(shop_id=purchase.shop.pk, name="New name", at=now, actor=purchase.owner)


def replace_account(purchase: Purchase, now: datetime) -> None:
    """Put another official account in the place of the first."""
    account = _successor(purchase)
    binding = bindings.start_binding(
        shop_id=purchase.shop.pk,
        account=account,
        relation=purchase.binding.relation,
        replaces=purchase.binding,
        at=now,
        actor=purchase.owner,
    )
    consent = Actor(role=Role.BUYER, user_id=account.owner_id)
    bindings.accept_binding(binding=binding, at=now, actor=consent)


def unbind(purchase: Purchase, now: datetime) -> None:
    """Part shop and account."""
    done = endings.unbind(binding=purchase.binding, at=now, actor=purchase.owner)
    assert done.binding.ended_at == now, done.preconditions


def _successor(purchase: Purchase) -> Account:
    former = purchase.binding.account
    return VerifiedAccountFactory(
        credit_code=former.credit_code, entity_name=former.entity_name, name="Successor"
    )


def _side(world: World, buyer: User, ids: Names) -> Side:
    people = replace(world.a.people, users={**world.a.people.users, "buyer": buyer})
    return replace(world.a, letter="C", people=people, ids=ids)

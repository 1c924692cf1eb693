"""The steps of a binding, as its two sides take them."""

from kernel.actors import Actor, Role
from shops.enums import Relation
from shops.services import bindings
from tests.factories.shops import actor_of


def account_side(binding):
    """Return who answers for the account."""
    owner = binding.account.owner
    return Actor(role=Role.BUYER, user_id=owner.pk, label=str(owner))


def start(shop, account, *, relation=Relation.OFFICIAL, at, **more):
    """The shop's owner asks."""
    return bindings.start_binding(
        shop_id=shop.pk, account=account, relation=relation, at=at, actor=actor_of(shop), **more
    )


def accept(binding, *, at):
    """The account's owner consents."""
    return bindings.accept_binding(binding=binding, at=at, actor=account_side(binding))


def bind(shop, account, *, at, **more):
    """Both in one go; return the binding as stored."""
    binding = start(shop, account, at=at, **more)
    accept(binding, at=at)
    binding.refresh_from_db()
    return binding

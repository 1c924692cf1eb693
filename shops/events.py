"""The facts this room tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from kernel.events import Event


@dataclass(frozen=True)
class ShopOpened(Event):
    """A shop may sell."""

    topic: ClassVar[str] = "shops.shop.opened.v1"
    shop_id: int


@dataclass(frozen=True)
class StorefrontChanged(Event):
    """Something of the identity block changed: name, guarantee, binding, score."""

    topic: ClassVar[str] = "shops.storefront.changed.v1"
    shop_id: int


@dataclass(frozen=True)
class BindingStarted(Event):
    """An account became a face of a shop."""

    topic: ClassVar[str] = "shops.binding.started.v1"
    binding_id: int
    shop_id: int
    account_id: int
    relation: str


@dataclass(frozen=True)
class BindingEnded(Event):
    """An account is no longer a face of a shop."""

    topic: ClassVar[str] = "shops.binding.ended.v1"
    binding_id: int
    shop_id: int
    account_id: int
    relation: str
    reason: str

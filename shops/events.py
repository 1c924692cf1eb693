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
class ShippingChanged(Event):
    """By when the shop sends has changed: a holiday, a special date, another promise."""

    topic: ClassVar[str] = "shops.shipping.changed.v1"
    shop_id: int


@dataclass(frozen=True)
class ApprovalAsked(Event):
    """Something waits for a second person of the shop, or for its time."""

    topic: ClassVar[str] = "shops.approval.asked.v1"
    approval_id: int
    shop_id: int
    kind: str


@dataclass(frozen=True)
class ApprovalDecided(Event):
    """It was approved, rejected, withdrawn, or has expired."""

    topic: ClassVar[str] = "shops.approval.decided.v1"
    approval_id: int
    shop_id: int
    kind: str
    status: str


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


@dataclass(frozen=True)
class RestrictionChanged(Event):
    """A restriction of a shop began, or ended."""

    topic: ClassVar[str] = "shops.restriction.changed.v1"
    shop_id: int
    kind: str
    is_in_force: bool

"""Group and order: what is paid once, what one shop ships (OR-01)."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from kernel.actors import Actor, Role
from kernel.composite_keys import CompositeKey
from kernel.fields import AmountField, CurrencyField, SealedField, one_of
from kernel.scoping import ScopedQuerySet
from kernel.walls import Wall
from orders.enums import (
    CloseReason,
    OrderFlag,
    OrderStatus,
)
from orders.models.identity import IdentitySnapshot
from shops.models import Shop


class BuyerOrShopQuerySet(ScopedQuerySet):
    """The buyer who placed it, the shop that ships it, the platform."""

    def visible_to(self, actor: Actor) -> Self:
        if actor.is_platform:
            return self
        if actor.role is Role.MERCHANT:
            return self.filter(shop_id=actor.shop_id)
        if actor.role is Role.BUYER:
            return self.filter(buyer_id=actor.user_id)
        return self.none()


class OrderGroupQuerySet(ScopedQuerySet["OrderGroup"]):
    """The buyer's; a shop sees its order only."""

    def visible_to(self, actor: Actor) -> Self:
        if actor.is_platform:
            return self
        return self.filter(buyer_id=actor.user_id) if actor.role is Role.BUYER else self.none()


class OrderGroup(models.Model):
    """One checkout (一次下单): paid once, one order a shop. The key makes it happen once."""

    number = models.CharField(_("number"), max_length=20)
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        db_index=False,
        related_name="order_groups",
        verbose_name=_("buyer"),
    )
    idempotency_key = models.CharField(_("idempotency key"), max_length=255)
    #: Of the request's body: the same key with another body is refused.
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    pay_amount = AmountField(_("to pay"))
    currency = CurrencyField(_("currency"))
    placed_at = models.DateTimeField(_("placed at"))

    objects = OrderGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("order group")
        verbose_name_plural = _("order groups")
        constraints = (
            models.UniqueConstraint(fields=["number"], name="ordergroup_number_once"),
            models.UniqueConstraint(
                fields=["buyer", "idempotency_key"], name="ordergroup_key_once"
            ),
            models.CheckConstraint(
                condition=Q(pay_amount__gte=1), name="ordergroup_amount_positive"
            ),
            models.UniqueConstraint(fields=["id", "buyer"], name="ordergroup_id_buyer"),
            # Of a checkout a shop sees what its order is called by, not what others sold in it.
            Wall(may="SELECT (id, number)", name="ordergroup_wall"),
        )

    def __str__(self) -> str:
        return self.number


class OrderQuerySet(BuyerOrShopQuerySet):
    """Conditions that doors and sweeps chain."""

    def awaiting_shipment(self) -> Self:
        """Return orders that the shop can ship something of."""
        return self.filter(status__in=[OrderStatus.TO_SHIP, OrderStatus.PARTLY_SHIPPED])


class Order(models.Model):
    """What one buyer bought of one shop in one checkout (店铺订单)."""

    number = models.CharField(_("number"), max_length=20)
    group = models.ForeignKey(
        OrderGroup,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="orders",
        verbose_name=_("order group"),
    )
    shop = models.ForeignKey(
        Shop,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="orders",
        verbose_name=_("shop"),
    )
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="orders",
        verbose_name=_("buyer"),
    )
    status = models.CharField(
        _("status"), max_length=16, choices=OrderStatus, default=OrderStatus.UNPAID
    )
    close_reason = models.CharField(
        _("why it was closed"), max_length=12, choices=CloseReason, blank=True
    )
    currency = CurrencyField(_("currency"))
    #: Σ of the lines, held equal by the placement and checked by `orders.services.invariants`.
    goods_amount = AmountField(_("goods"))
    freight_amount = AmountField(_("freight"))
    promotion_amount = AmountField(_("promotion"), default=0)
    pay_amount = AmountField(_("to pay"))
    storefront = models.ForeignKey(
        IdentitySnapshot,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("identity at placement"),
    )
    #: `kernel.crypto.encrypt` of ``{"name", "phone", "street"}`` (OR-19).
    receiver_sealed = SealedField(_("receiver, sealed"))
    #: ``{"name": "王**", "phone": "138****1234", "province", "city", "district"}``
    receiver_masked = models.JSONField(_("receiver"))
    #: Equal for equal receivers, so that parcels can be merged unseen (OR-15).
    address_hash = models.CharField(_("address hash"), max_length=32)
    buyer_message = models.CharField(_("buyer's message"), max_length=200, blank=True)
    remark = models.CharField(_("shop's remark"), max_length=60, blank=True)
    #: The shop's own mark, which the buyer does not see (OR-17).
    flag = models.PositiveSmallIntegerField(_("flag"), choices=OrderFlag, default=OrderFlag.GREY)

    placed_at = models.DateTimeField(_("placed at"))
    #: Unpaid until then: the sweep closes it.
    pay_by_at = models.DateTimeField(_("pay by"))
    paid_at = models.DateTimeField(_("paid at"), null=True)
    ship_by_at = models.DateTimeField(_("ship by"), null=True)
    shipped_at = models.DateTimeField(_("shipped at"), null=True)
    #: Receipt is confirmed by itself then.
    confirm_by_at = models.DateTimeField(_("confirmed automatically at"), null=True)
    #: Set while an after-sales case is open: no automatic receipt.
    is_frozen = models.BooleanField(_("held by an after-sales case"), default=False)
    frozen_at = models.DateTimeField(_("held since"), null=True)
    #: The buyer has used the one longer wait for the parcel (OR-10).
    is_extended = models.BooleanField(_("receipt extended"), default=False)
    completed_at = models.DateTimeField(_("completed at"), null=True)
    #: After this no new case, and the lines may be settled.
    aftersales_until_at = models.DateTimeField(_("after-sales until"), null=True)
    closed_at = models.DateTimeField(_("closed at"), null=True)
    #: When it, a parcel or a refund of it last changed, by the database's clock: a trigger says so.
    updated_at = models.DateTimeField(_("updated at"), db_default=Now(), editable=False)
    #: Nothing of it waits to be settled any more; the settlements room says so.
    settled_at = models.DateTimeField(_("settled at"), null=True)

    TRANSITIONS = {
        OrderStatus.UNPAID: {OrderStatus.PAID, OrderStatus.CLOSED},
        OrderStatus.PAID: {OrderStatus.TO_SHIP, OrderStatus.CLOSED},
        OrderStatus.TO_SHIP: {OrderStatus.PARTLY_SHIPPED, OrderStatus.SHIPPED, OrderStatus.CLOSED},
        OrderStatus.PARTLY_SHIPPED: {OrderStatus.SHIPPED},
        OrderStatus.SHIPPED: {OrderStatus.COMPLETED},
    }

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = (
            one_of("status", OrderStatus, "order_status_valid"),
            models.CheckConstraint(condition=Q(flag__in=OrderFlag.values), name="order_flag_valid"),
            models.UniqueConstraint(fields=["number"], name="order_number_once"),
            models.UniqueConstraint(fields=["group", "shop"], name="order_one_a_shop"),
            models.CheckConstraint(
                condition=Q(
                    pay_amount=F("goods_amount") + F("freight_amount") - F("promotion_amount")
                ),
                name="order_amounts_add_up",
            ),
            models.CheckConstraint(
                condition=~Q(status="closed") | Q(closed_at__isnull=False),
                name="order_closed_has_time",
            ),
            models.UniqueConstraint(fields=["id", "shop", "buyer"], name="order_id_shop_buyer"),
            CompositeKey(relation="group", shared=["buyer"], name="order_of_group"),
            CompositeKey(relation="storefront", shared=["shop"], name="order_storefront"),
            Wall(by="shop", name="order_wall"),
        )
        indexes = (
            models.Index(fields=["shop", "-placed_at", "-id"], name="order_shop_page"),
            models.Index(fields=["shop", "status", "-placed_at", "-id"], name="order_shop_status"),
            models.Index(fields=["shop", "updated_at", "id"], name="order_shop_changes"),
            models.Index(fields=["buyer", "-placed_at", "-id"], name="order_buyer_page"),
            # For the platform's lists, which go by key: what is still on its way is a small part.
            # An index of all shops by time would be read for one shop too, and by far too long.
            models.Index(
                fields=["status", "-id"],
                name="order_open",
                condition=~Q(status__in=["completed", "closed"]),
            ),
            models.Index(
                fields=["shop", "-placed_at", "-id"], name="order_held", condition=Q(is_frozen=True)
            ),
            models.Index(
                fields=["shop", "flag", "-placed_at", "-id"],
                name="order_flagged",
                condition=Q(flag__gt=0),
            ),
            models.Index(fields=["pay_by_at"], name="order_to_close", condition=Q(status="unpaid")),
            models.Index(
                fields=["confirm_by_at"], name="order_to_confirm", condition=Q(status="shipped")
            ),
            models.Index(
                fields=["aftersales_until_at"],
                name="order_to_settle",
                condition=Q(status="completed", settled_at__isnull=True),
            ),
            # For a shop's home page: what waits by its promise, and what was paid on a day.
            models.Index(
                fields=["shop", "ship_by_at"],
                name="order_to_ship",
                condition=Q(status__in=["to_ship", "partly_shipped"]),
            ),
            models.Index(
                fields=["shop", "paid_at"],
                include=["pay_amount"],
                name="order_sales",
                condition=Q(paid_at__isnull=False),
            ),
            models.Index(
                fields=["closed_at"],
                name="order_kept",
                condition=Q(status="closed", paid_at__isnull=False, settled_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return self.number

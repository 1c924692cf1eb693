"""Another address before the parcel leaves (OR-16)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from kernel.composite_keys import CompositeKey
from kernel.fields import AmountField, PublicIdField, SealedField, one_of
from kernel.scoping import ShopOwnedQuerySet
from kernel.walls import Wall
from orders.enums import AddressChangeStatus, AddressRefusal
from orders.models.order import BuyerOrShopQuerySet, Order
from shops.models import Shop


class OrderRules(models.Model):
    """What a shop wants to be asked about its orders (订单设置)."""

    shop = models.OneToOneField(
        Shop, models.CASCADE, related_name="order_rules", verbose_name=_("shop")
    )
    #: Off: an address changes at once, as long as nobody prepares the parcel.
    asks_for_addresses = models.BooleanField(_("address changes need approval"), default=False)

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("order rules")
        verbose_name_plural = _("order rules")
        constraints = (Wall(by="shop", name="orderrules_wall"),)

    def __str__(self) -> str:
        return str(self.shop_id)


class AddressChange(models.Model):
    """A buyer's wish to have an order sent elsewhere (改地址申请), and what became of it."""

    public_id = PublicIdField(_("address change id"), prefix="adc")
    order = models.ForeignKey(
        Order,
        models.PROTECT,
        db_constraint=False,
        related_name="address_changes",
        verbose_name=_("order"),
    )
    shop = models.ForeignKey(
        Shop,
        models.PROTECT,
        db_constraint=False,
        related_name="+",
        verbose_name=_("shop"),
    )
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("buyer"),
    )
    #: As on the order: sealed, masked, and the hash that tells equal ones.
    receiver_sealed = SealedField(_("receiver, sealed"))
    receiver_masked = models.JSONField(_("receiver"))
    address_hash = models.CharField(_("address hash"), max_length=32)
    status = models.CharField(
        _("status"),
        max_length=12,
        choices=AddressChangeStatus,
        default=AddressChangeStatus.PENDING,
    )
    #: Why not; set when it is rejected.
    refusal = models.PositiveSmallIntegerField(
        _("reason of the refusal"), choices=AddressRefusal, null=True
    )
    #: What sending there costs more; the shop bears it, or says no. In the order's currency.
    extra_freight_amount = AmountField(_("extra freight"), default=0)
    #: Without an answer by then it is decided by itself.
    due_at = models.DateTimeField(_("due at"), null=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())
    decided_at = models.DateTimeField(_("decided at"), null=True)
    #: Who decided; the system, when nobody did in time or nobody had to.
    actor_label = models.CharField(_("by"), max_length=120, blank=True)

    TRANSITIONS = {
        AddressChangeStatus.PENDING: {
            AddressChangeStatus.APPROVED,
            AddressChangeStatus.REJECTED,
            AddressChangeStatus.LAPSED,
        },
    }

    objects = BuyerOrShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("address change")
        verbose_name_plural = _("address changes")
        constraints = (
            one_of("status", AddressChangeStatus, "addresschange_status_valid"),
            Wall(by="shop", name="addresschange_wall"),
            models.CheckConstraint(
                condition=Q(status="rejected", refusal__in=AddressRefusal.values)
                | (~Q(status="rejected") & Q(refusal__isnull=True)),
                name="addresschange_refusal_says_why",
            ),
            models.CheckConstraint(
                condition=Q(status="pending", due_at__isnull=False, decided_at__isnull=True)
                | (~Q(status="pending") & Q(due_at__isnull=True, decided_at__isnull=False)),
                name="addresschange_pending_is_due",
            ),
            models.UniqueConstraint(
                fields=["order"], condition=Q(status="pending"), name="addresschange_one_pending"
            ),
            CompositeKey(relation="order", shared=["shop", "buyer"], name="addresschange_of_order"),
        )
        indexes = (
            models.Index(
                fields=["due_at"], name="addresschange_due", condition=Q(status="pending")
            ),
        )

    def __str__(self) -> str:
        return self.public_id

"""The shop and the legal entity that runs it."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from kernel.actors import Actor
from kernel.fields import PublicIdField, one_of
from kernel.scoping import PlatformQuerySet, ScopedQuerySet
from kernel.walls import READ, Wall
from shops.enums import ShopStatus, ShopType

#: CA-12: bounds of the minutes that an unpaid order may hold its pieces. This project's choice.
LEAST_UNPAID_MINUTES, MOST_UNPAID_MINUTES = 5, 1440


class Merchant(models.Model):
    """The legal entity that runs shops (商家、经营主体)."""

    public_id = PublicIdField(_("merchant id"), prefix="mer")
    legal_name = models.CharField(_("legal name"), max_length=120)
    #: Unified social credit code (统一社会信用代码), 18 characters.
    credit_code = models.CharField(_("unified social credit code"), max_length=18)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    objects = PlatformQuerySet.as_manager()

    class Meta:
        verbose_name = _("merchant")
        verbose_name_plural = _("merchants")
        constraints = (
            models.UniqueConstraint(fields=["credit_code"], name="merchant_credit_code"),
            Wall(may=READ, name="merchant_wall"),
        )

    def __str__(self) -> str:
        return self.legal_name


class ShopQuerySet(ScopedQuerySet["Shop"]):
    """Merchants see their own shop; what buyers see of one is the storefront."""

    def visible_to(self, actor: Actor) -> Self:
        if actor.is_platform:
            return self
        return self.filter(pk=actor.shop_id) if actor.shop_id else self.none()

    def open(self) -> Self:
        """Return the shops that sell."""
        return self.filter(status=ShopStatus.OPEN)


class Shop(models.Model):
    """A shop (店铺): the tenant. Every row it owns carries its `shop_id`."""

    public_id = PublicIdField(_("shop id"), prefix="shp")
    #: Set when an admission is approved.
    merchant = models.ForeignKey(
        Merchant, models.PROTECT, null=True, related_name="shops", verbose_name=_("merchant")
    )
    name = models.CharField(_("name"), max_length=60)
    type = models.CharField(_("type"), max_length=20, choices=ShopType, default=ShopType.ORDINARY)
    status = models.CharField(
        _("status"), max_length=12, choices=ShopStatus, default=ShopStatus.PREPARING
    )
    logo_url = models.CharField(_("logo"), max_length=300, blank=True)
    #: 0–100 × 10 (97.3 is 973); null before there are 30 orders (SH-14).
    score_tenths = models.PositiveSmallIntegerField(_("experience score × 10"), null=True)
    #: Grows with whatever changes the storefront block, so that caches know.
    version = models.PositiveIntegerField(_("version"), default=1)
    #: The individual's shop that this enterprise's goes on (SH-02): score and history stay there.
    predecessor = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        related_name="successor",
        verbose_name=_("goes on the shop"),
    )
    #: CA-12: minutes that an unpaid order holds its pieces; null is the platform's rule.
    unpaid_minutes = models.PositiveSmallIntegerField(_("minutes to pay"), null=True)
    opened_at = models.DateTimeField(_("opened at"), null=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    TRANSITIONS = {
        ShopStatus.PREPARING: {ShopStatus.OPEN, ShopStatus.CLOSED},
        ShopStatus.OPEN: {ShopStatus.SUSPENDED, ShopStatus.CLOSED},
        ShopStatus.SUSPENDED: {ShopStatus.OPEN, ShopStatus.CLOSED},
    }

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("shop")
        verbose_name_plural = _("shops")
        constraints = (
            models.UniqueConstraint(Lower("name"), name="shop_name_ci"),
            one_of("status", ShopStatus, "shop_status_valid"),
            one_of("type", ShopType, "shop_type_valid"),
            models.CheckConstraint(
                condition=models.Q(score_tenths__isnull=True) | models.Q(score_tenths__lte=1000),
                name="shop_score_range",
            ),
            models.CheckConstraint(
                condition=models.Q(unpaid_minutes__isnull=True)
                | models.Q(unpaid_minutes__range=(LEAST_UNPAID_MINUTES, MOST_UNPAID_MINUTES)),
                name="shop_unpaid_minutes_range",
            ),
            Wall(by="id", name="shop_wall"),
        )

    def __str__(self) -> str:
        return self.name

"""When a shop sends: its promise, special dates, holidays. Dated rows that end and are replaced."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kernel.fields import PublicIdField, one_of
from kernel.scoping import ShopOwnedQuerySet
from kernel.walls import Wall
from shops.enums import ShippingSpeed
from shops.models.shop import Shop


class ShippingPromise(models.Model):
    """How soon a shop sends what is paid (发货时效, SH-11). It ends, another begins."""

    shop = models.ForeignKey(
        Shop, models.CASCADE, related_name="shipping_promises", verbose_name=_("shop")
    )
    speed = models.CharField(_("ships"), max_length=12, choices=ShippingSpeed)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True)

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("shipping promise")
        verbose_name_plural = _("shipping promises")
        constraints = (
            one_of("speed", ShippingSpeed, "shippingpromise_speed_valid"),
            models.UniqueConstraint(
                fields=["shop"], condition=Q(ends_at__isnull=True), name="shippingpromise_one_open"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="shippingpromise_ends_later",
            ),
            Wall(by="shop", name="shippingpromise_wall"),
        )

    def __str__(self) -> str:
        return self.get_speed_display()


class SpecialDate(models.Model):
    """Orders paid in a window are sent later (特殊日期发货): on a day, or N days after the rule."""

    public_id = PublicIdField(_("special date id"), prefix="spd")
    shop = models.ForeignKey(
        Shop, models.CASCADE, related_name="special_dates", verbose_name=_("shop")
    )
    paid_from = models.DateTimeField(_("paid from"))
    paid_to = models.DateTimeField(_("paid until"))
    #: Sent by the end of this day, in China.
    ship_on = models.DateField(_("sent by the end of"), null=True)
    plus_days = models.PositiveSmallIntegerField(_("days later"), null=True)
    called_off_at = models.DateTimeField(_("called off at"), null=True)

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("special date")
        verbose_name_plural = _("special dates")
        constraints = (
            models.CheckConstraint(
                condition=Q(paid_to__gt=F("paid_from")), name="specialdate_ends_later"
            ),
            models.CheckConstraint(
                condition=Q(ship_on__isnull=False, plus_days__isnull=True)
                | Q(ship_on__isnull=True, plus_days__gte=1, plus_days__lte=30),
                name="specialdate_day_or_days",
            ),
            Wall(by="shop", name="specialdate_wall"),
        )

    def __str__(self) -> str:
        return f"{self.paid_from:%Y-%m-%d} – {self.paid_to:%Y-%m-%d}"


class Holiday(models.Model):
    """A shop is closed for a while (店铺休假, SH-19): seen, not sold; what is to be sent may wait.

    One a shop at a time: another takes its place. What has begun ends early at `called_off_at`.
    """

    shop = models.ForeignKey(Shop, models.CASCADE, related_name="holidays", verbose_name=_("shop"))
    closed_from = models.DateTimeField(_("closed from"))
    closed_to = models.DateTimeField(_("closed until"))
    #: What buyers read.
    note = models.CharField(_("note"), max_length=100, blank=True)
    called_off_at = models.DateTimeField(_("called off at"), null=True)

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        constraints = (
            models.CheckConstraint(
                condition=Q(closed_to__gt=F("closed_from")), name="holiday_ends_later"
            ),
            models.UniqueConstraint(
                fields=["shop"], condition=Q(called_off_at__isnull=True), name="holiday_one_open"
            ),
            Wall(by="shop", name="holiday_wall"),
        )

    def __str__(self) -> str:
        return f"{self.closed_from:%Y-%m-%d} – {self.closed_to:%Y-%m-%d}"

"""What a shop promises: guarantees, freight, where returns go."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from kernel.fields import AmountField, PublicIdField, one_of
from kernel.scoping import ShopOwnedQuerySet
from kernel.walls import Wall
from shops.enums import GuaranteeKind
from shops.models.shop import Shop


class Guarantee(models.Model):
    """A promise in force from a date (保障服务, SH-10). Never edited: it ends, another begins."""

    shop = models.ForeignKey(
        Shop, models.CASCADE, related_name="guarantees", verbose_name=_("shop")
    )
    kind = models.CharField(_("guarantee"), max_length=20, choices=GuaranteeKind)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True)

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("guarantee")
        verbose_name_plural = _("guarantees")
        constraints = (
            one_of("kind", GuaranteeKind, "guarantee_kind_valid"),
            models.UniqueConstraint(
                fields=["shop", "kind"],
                condition=models.Q(ends_at__isnull=True),
                name="guarantee_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True)
                | models.Q(ends_at__gt=models.F("starts_at")),
                name="guarantee_ends_later",
            ),
            Wall(by="shop", name="guarantee_wall"),
        )

    def __str__(self) -> str:
        return self.get_kind_display()


class FreightTemplate(models.Model):
    """What sending costs the buyer (运费模板): flat, free from an amount on. One a shop."""

    shop = models.OneToOneField(
        Shop, models.CASCADE, related_name="freight_template", verbose_name=_("shop")
    )
    flat_amount = AmountField(_("freight"), default=0)
    #: Goods amount from which sending is free; null for never.
    free_from_amount = AmountField(_("free from"), null=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    updated_at = models.DateTimeField(_("updated at"), db_default=Now())

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("freight template")
        verbose_name_plural = _("freight templates")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(flat_amount__gte=0), name="freight_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(free_from_amount__isnull=True)
                | models.Q(free_from_amount__gte=0),
                name="freight_free_from_not_negative",
            ),
            Wall(by="shop", name="freighttemplate_wall"),
        )

    def __str__(self) -> str:
        return f"{self.shop}: {self.flat_amount}"


class ReturnAddress(models.Model):
    """Where buyers send returns (退货地址); copied into the case when a return is agreed."""

    public_id = PublicIdField(_("return address id"), prefix="rad")
    shop = models.ForeignKey(
        Shop, models.CASCADE, related_name="return_addresses", verbose_name=_("shop")
    )
    receiver = models.CharField(_("receiver"), max_length=60)
    phone = models.CharField(_("phone"), max_length=20)
    province = models.CharField(_("province"), max_length=40)
    city = models.CharField(_("city"), max_length=40)
    district = models.CharField(_("district"), max_length=40, blank=True)
    street = models.CharField(_("street"), max_length=200)
    is_default = models.BooleanField(_("default"), default=False)

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("return address")
        verbose_name_plural = _("return addresses")
        constraints = (
            models.UniqueConstraint(
                fields=["shop"],
                condition=models.Q(is_default=True),
                name="returnaddress_one_default",
            ),
            Wall(by="shop", name="returnaddress_wall"),
        )

    def __str__(self) -> str:
        return f"{self.province}{self.city}{self.district}{self.street}"

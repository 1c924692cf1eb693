"""What a shop promises: guarantees, freight, where returns go."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from kernel.composite_keys import CompositeKey
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
    """What sending costs the buyer (运费模板): flat, free from an amount on; rules say otherwise.

    One a shop. Its rules are replaced together, under its version.
    """

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
            models.UniqueConstraint(fields=["id", "shop"], name="freighttemplate_id_shop"),
            Wall(by="shop", name="freighttemplate_wall"),
        )

    def __str__(self) -> str:
        return f"{self.shop}: {self.flat_amount}"


class FreightRule(models.Model):
    """What sending to some regions costs (分区运费), in place of the template's flat amount.

    By pieces: the first ones together, then each further batch. Or nothing is sent there.
    """

    public_id = PublicIdField(_("freight rule id"), prefix="frl")
    shop = models.ForeignKey(
        Shop, models.CASCADE, db_constraint=False, related_name="+", verbose_name=_("shop")
    )
    template = models.ForeignKey(
        FreightTemplate,
        models.CASCADE,
        db_constraint=False,
        related_name="rules",
        verbose_name=_("freight template"),
    )
    #: Codes of `shops.selectors.regions`; a region is in one rule of a template.
    region_codes = ArrayField(models.CharField(max_length=6), verbose_name=_("regions"))
    is_delivered = models.BooleanField(_("delivered"), default=True)
    first_pieces = models.PositiveIntegerField(_("first pieces"), default=1)
    first_amount = AmountField(_("for the first pieces"), default=0)
    further_pieces = models.PositiveIntegerField(_("further pieces"), default=1)
    further_amount = AmountField(_("for further pieces"), default=0)
    free_from_amount = AmountField(_("free from"), null=True)
    free_from_pieces = models.PositiveIntegerField(_("free from pieces"), null=True)

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("freight rule")
        verbose_name_plural = _("freight rules")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(first_pieces__gte=1, further_pieces__gte=1),
                name="freightrule_pieces_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(first_amount__gte=0, further_amount__gte=0),
                name="freightrule_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(region_codes__len__gte=1), name="freightrule_has_regions"
            ),
            CompositeKey(relation="template", shared=["shop"], name="freightrule_of_template"),
            Wall(by="shop", name="freightrule_wall"),
        )

    def __str__(self) -> str:
        return f"{self.region_codes[0]} (+{len(self.region_codes) - 1})"


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
    #: SH-18: what comes back here instead of to the default one. Public ids of products; codes of
    #: `shops.selectors.regions` that buyers live in. Each is in one address of a shop.
    product_ids = ArrayField(
        models.CharField(max_length=32), default=list, verbose_name=_("for products")
    )
    region_codes = ArrayField(
        models.CharField(max_length=6), default=list, verbose_name=_("for buyers in")
    )

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

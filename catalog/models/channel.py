"""Through whom a product is sold (CA-19). What has no row here is sold everywhere."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from catalog.enums import SellChannel
from catalog.models.product import Product
from kernel.composite_keys import CompositeKey
from kernel.scoping import ShopOwnedQuerySet
from kernel.walls import Wall
from shops.models import Shop


class ProductChannel(models.Model):
    """A product that is sold through some alone (销售渠道). `catalog.services.channels` writes it.

    With a `main_product` it is a channel product (渠道品): what creators sell at a price and from
    stock of their own, beside the main product.
    """

    product = models.OneToOneField(
        Product,
        models.CASCADE,
        db_constraint=False,
        primary_key=True,
        related_name="channel",
        verbose_name=_("product"),
    )
    shop = models.ForeignKey(
        Shop, models.CASCADE, db_constraint=False, related_name="+", verbose_name=_("shop")
    )
    kind = models.CharField(_("sold"), max_length=12, choices=SellChannel.choices[1:])
    main_product = models.ForeignKey(
        Product,
        models.CASCADE,
        db_constraint=False,
        null=True,
        related_name="channel_products",
        verbose_name=_("main product"),
    )
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("sell channel")
        verbose_name_plural = _("sell channels")
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=SellChannel.values[1:]), name="productchannel_kind_valid"
            ),
            models.CheckConstraint(
                condition=Q(main_product__isnull=False) | Q(kind=SellChannel.NAMED),
                name="productchannel_main_is_named",
            ),
            models.UniqueConstraint(
                fields=["shop", "main_product"],
                condition=Q(kind=SellChannel.ALL_CREATORS),
                name="productchannel_one_for_all",
            ),
            models.UniqueConstraint(fields=["shop", "product"], name="productchannel_shop_product"),
            CompositeKey(relation="product", shared=["shop"], name="productchannel_of_product"),
            CompositeKey(relation="main_product", shared=["shop"], name="productchannel_of_main"),
            Wall(by="shop", name="productchannel_wall"),
        )

    def __str__(self) -> str:
        return self.get_kind_display()


class ChannelSeller(models.Model):
    """An account that sells the product of a channel (渠道达人)."""

    channel = models.ForeignKey(
        ProductChannel,
        models.CASCADE,
        db_constraint=False,
        related_name="sellers",
        verbose_name=_("sell channel"),
    )
    shop = models.ForeignKey(
        Shop, models.CASCADE, db_constraint=False, related_name="+", verbose_name=_("shop")
    )
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="+", verbose_name=_("content account")
    )

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("seller of a channel")
        verbose_name_plural = _("sellers of channels")
        constraints = (
            models.UniqueConstraint(
                fields=["shop", "channel", "account"], name="channelseller_once"
            ),
            CompositeKey(relation="channel", shared=["shop"], name="channelseller_of_channel"),
            Wall(by="shop", name="channelseller_wall"),
        )

    def __str__(self) -> str:
        return f"{self.account}"

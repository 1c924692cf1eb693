"""The order's line: what one SKU is (OR-01)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import PriceVersion, Product, Sku
from kernel.composite_keys import CompositeKey
from kernel.fields import AmountField, CurrencyField
from kernel.walls import Wall
from orders.enums import MediaType, TrafficChannel
from orders.models.identity import IdentitySnapshot
from orders.models.order import BuyerOrShopQuerySet, Order
from shops.enums import ShippingSpeed
from shops.models import Shop
from shops.selectors import ShipsIn


class OrderLine(models.Model):
    """One SKU of an order (子订单), with all that must not change later frozen on it."""

    order = models.ForeignKey(
        Order,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="lines",
        verbose_name=_("order"),
    )
    #: 1, 2, 3 … within the order; ``<order number>-<position>`` is its public id.
    position = models.PositiveSmallIntegerField(_("position"))
    shop = models.ForeignKey(
        Shop,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
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
    sku = models.ForeignKey(
        Sku,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("SKU"),
    )
    product = models.ForeignKey(
        Product,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("product"),
    )
    price_version = models.ForeignKey(
        PriceVersion,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("price version"),
    )
    title = models.CharField(_("title"), max_length=120)
    options = models.JSONField(_("options"), default=list)
    image_url = models.CharField(_("picture"), max_length=300, blank=True)
    currency = CurrencyField(_("currency"))
    unit_price = AmountField(_("price"))
    quantity = models.PositiveIntegerField(_("quantity"))
    goods_amount = AmountField(_("goods"))
    #: This line's part of the order's freight; what the buyer pays for sending.
    freight_amount = AmountField(_("freight"), default=0)
    freight_original_amount = AmountField(_("freight before discount"), default=0)
    freight_promotion_amount = AmountField(_("freight discount"), default=0)
    #: OR-05: ``promotion = shop + platform + talent``.
    promotion_amount = AmountField(_("promotion"), default=0)
    promotion_shop_amount = AmountField(_("borne by the shop"), default=0)
    promotion_platform_amount = AmountField(_("borne by the platform"), default=0)
    promotion_talent_amount = AmountField(_("borne by the host"), default=0)
    pay_amount = AmountField(_("to pay"))
    #: CA-11: its pieces are held, or were; of what is deducted at payment, from then on.
    is_held = models.BooleanField(_("pieces held"), default=True, db_default=True)
    #: CA-15: how soon it is sent, as it was said when it was ordered; see `ships`.
    ship_speed = models.CharField(
        _("shipping speed"), max_length=12, choices=ShippingSpeed, default="", db_default=""
    )
    ship_days = models.PositiveSmallIntegerField(_("sent within days"), null=True)
    ship_after = models.DateTimeField(_("days count from"), null=True)
    shipped_quantity = models.PositiveIntegerField(_("shipped"), default=0)
    #: Refunded before they were shipped: ``quantity − shipped − cancelled`` is left to ship.
    cancelled_quantity = models.PositiveIntegerField(_("pieces not to be shipped"), default=0)
    #: Booked as refunded, freight included; the gateway may still be at it.
    refunded_amount = AmountField(_("refunded"), default=0)
    refunded_quantity = models.PositiveIntegerField(_("pieces refunded"), default=0)

    storefront = models.ForeignKey(
        IdentitySnapshot,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("identity at placement"),
    )
    #: Whose content sold it, when it was not the shop's own face.
    presenter = models.ForeignKey(
        IdentitySnapshot,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        null=True,
        related_name="+",
        verbose_name=_("presenter"),
    )
    # Attribution, frozen (CT-12). `pick_code` is what the alliance derives its commission from.
    content_account_id = models.CharField(_("content account"), max_length=32, blank=True)
    media_type = models.CharField(_("media"), max_length=12, choices=MediaType, blank=True)
    media_id = models.CharField(_("media id"), max_length=64, blank=True)
    traffic_channel = models.CharField(
        _("channel"), max_length=10, choices=TrafficChannel, default=TrafficChannel.UNKNOWN
    )
    is_live_scene = models.BooleanField(_("bought while watching"), default=False)
    creative_id = models.CharField(_("ad creative"), max_length=64, blank=True)
    pick_code = models.CharField(_("pick code"), max_length=40, blank=True)

    objects = BuyerOrShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = (
            models.UniqueConstraint(fields=["order", "position"], name="orderline_position"),
            models.UniqueConstraint(fields=["order", "sku"], name="orderline_sku_once"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1), name="orderline_quantity_positive"
            ),
            models.CheckConstraint(
                condition=Q(goods_amount=F("unit_price") * F("quantity")),
                name="orderline_goods_amount",
            ),
            models.CheckConstraint(
                condition=Q(
                    promotion_amount=F("promotion_shop_amount")
                    + F("promotion_platform_amount")
                    + F("promotion_talent_amount")
                ),
                name="orderline_promotion_split",
            ),
            models.CheckConstraint(
                condition=Q(
                    freight_original_amount=F("freight_amount") + F("freight_promotion_amount")
                ),
                name="orderline_freight_split",
            ),
            models.CheckConstraint(
                condition=Q(
                    pay_amount=F("goods_amount") - F("promotion_amount") + F("freight_amount")
                )
                & Q(pay_amount__gte=0),
                name="orderline_pay_amount",
            ),
            models.CheckConstraint(
                condition=Q(refunded_amount__gte=0, refunded_amount__lte=F("pay_amount")),
                name="orderline_refunded_within_paid",
            ),
            models.CheckConstraint(
                condition=Q(
                    refunded_quantity__lte=F("quantity"), shipped_quantity__lte=F("quantity")
                ),
                name="orderline_quantities_within",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=F("shipped_quantity") + F("cancelled_quantity")),
                name="orderline_pieces_go_one_way",
            ),
            models.CheckConstraint(
                condition=Q(ship_days=None, ship_after=None, ship_speed__in=["", *ShippingSpeed])
                | Q(ship_days__gte=1, ship_speed=""),
                name="orderline_ships_one_way",
            ),
            models.UniqueConstraint(fields=["id", "shop", "buyer"], name="orderline_id_shop_buyer"),
            models.UniqueConstraint(fields=["id", "shop"], name="orderline_id_shop"),
            CompositeKey(relation="order", shared=["shop", "buyer"], name="orderline_of_order"),
            CompositeKey(relation="sku", shared=["product", "shop"], name="orderline_of_sku"),
            CompositeKey(
                relation="price_version", shared=["sku", "shop"], name="orderline_of_price"
            ),
            CompositeKey(relation="storefront", shared=["shop"], name="orderline_storefront"),
            CompositeKey(relation="presenter", shared=["shop"], name="orderline_presenter"),
            Wall(by="shop", name="orderline_wall"),
        )

    def __str__(self) -> str:
        return f"{self.title} × {self.quantity}"

    @property
    def ships(self) -> ShipsIn:
        """How soon it is sent (CA-15)."""
        return ShipsIn(self.ship_speed, self.ship_days, self.ship_after)

    @property
    def unshipped_quantity(self) -> int:
        """Pieces that are still to be shipped."""
        return self.quantity - self.shipped_quantity - self.cancelled_quantity

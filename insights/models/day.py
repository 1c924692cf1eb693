"""One day of a shop, added up."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from kernel.fields import AmountField
from kernel.scoping import ShopOwnedQuerySet
from kernel.walls import READ, Wall
from shops.models import Shop

HOURS = 24


def no_hours() -> list[int]:
    """Return a day without trade, hour by hour."""
    return [0] * HOURS


class ShopDay(models.Model):
    """What a shop sold and gave back on one day of the trade's calendar (店铺日汇总).

    Added up from the rows of orders by `insights.services.days`, never counted up: a fact marks the
    day (`marks`), and the day is added up again as a whole (`added_marks` says up to which mark).
    A row with equal marks says what the rows said when it was added up.
    """

    shop = models.ForeignKey(
        Shop, models.PROTECT, db_index=False, related_name="+", verbose_name=_("shop")
    )
    #: In the trade's time zone: an order belongs to the day on which it was paid.
    day = models.DateField(_("day"))
    orders = models.PositiveIntegerField(_("orders paid"), default=0)
    pieces = models.PositiveIntegerField(_("pieces"), default=0)
    #: DT-06: what the buyers paid, and what platform and hosts added.
    gmv_amount = AmountField(_("GMV"), default=0)
    #: DT-10, by pay time: booked back so far of the orders paid on this day, whenever it was.
    returned_amount = AmountField(_("refunded of the day's orders"), default=0)
    #: DT-10, by refund time: booked back on this day, whenever the order was paid.
    refund_amount = AmountField(_("refunds booked"), default=0)
    refunds = models.PositiveIntegerField(_("refunds"), default=0)
    buyers = models.PositiveIntegerField(_("buyers"), default=0)
    #: DT-18: of them, those who had paid no order of the shop in the 365 days before.
    new_buyers = models.PositiveIntegerField(_("new buyers"), default=0)
    #: Orders and GMV by the hour of payment: the first is from midnight to one.
    hour_orders = ArrayField(
        models.PositiveIntegerField(), HOURS, verbose_name=_("orders by hour"), default=no_hours
    )
    hour_gmv = ArrayField(
        models.BigIntegerField(), HOURS, verbose_name=_("GMV by hour"), default=no_hours
    )
    marks = models.PositiveIntegerField(_("changes told of"), default=0)
    added_marks = models.PositiveIntegerField(_("changes added up"), default=0)
    added_at = models.DateTimeField(_("added up at"), null=True)
    #: Not added up again before: a day that takes long is added up less often.
    due_at = models.DateTimeField(_("added up again from"), db_default=Now())

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("day of a shop")
        verbose_name_plural = _("days of shops")
        constraints = (
            Wall(by="shop", may=READ, name="shopday_wall"),
            models.UniqueConstraint(fields=["shop", "day"], name="shopday_once"),
            models.CheckConstraint(
                condition=Q(added_marks__lte=F("marks")), name="shopday_marks_in_order"
            ),
            models.CheckConstraint(
                condition=Q(new_buyers__lte=F("buyers"), buyers__lte=F("orders")),
                name="shopday_buyers_have_orders",
            ),
            models.CheckConstraint(
                condition=Q(
                    returned_amount__gte=0,
                    returned_amount__lte=F("gmv_amount"),
                    refund_amount__gte=0,
                ),
                name="shopday_amounts",
            ),
            models.CheckConstraint(
                condition=Q(hour_orders__len=HOURS, hour_gmv__len=HOURS), name="shopday_hours"
            ),
        )
        indexes = (
            models.Index(
                fields=["due_at"],
                name="shopday_to_add_up",
                condition=Q(marks__gt=F("added_marks")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"

    @property
    def net_amount(self) -> int:
        """DT-11, net GMV (优质 GMV): what is left of the day's orders after refunds, so far."""
        return self.gmv_amount - self.returned_amount

    @property
    def old_buyers(self) -> int:
        """Those who had bought in the shop in the year before."""
        return self.buyers - self.new_buyers

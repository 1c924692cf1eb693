"""What a binding of account and shop brought (BI-17)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kernel.composite_keys import CompositeKey
from kernel.fields import AmountField, PublicIdField
from kernel.scoping import ShopOwnedQuerySet
from kernel.walls import READ, Wall
from shops.models import Binding, Shop

WHOLE_BP = 10_000


@dataclass(frozen=True)
class Span:
    """What a shop sold in some days, and to whom; amounts in minor units."""

    orders: int
    gmv_amount: int
    #: Of it, paid by buyers who had paid another order of the shop in the 30 days before.
    repurchase_amount: int
    buyers: int
    #: Of the account, when the days were over; and how many of them had bought in these days.
    followers: int
    follower_buyers: int

    @property
    def conversion_bp(self) -> int | None:
        """Followers who bought, in basis points of all; None without followers."""
        return self.follower_buyers * WHOLE_BP // self.followers if self.followers else None


class BindingEffect(models.Model):
    """A shop before and after an account became its face (绑定效果, BI-17).

    The same number of days before and after the moment of the binding, 30 at most and as many as
    have passed. Worked out by `insights.services.effects`: each figure is that of rows.
    """

    public_id = PublicIdField(_("effect id"), prefix="bef")
    binding = models.OneToOneField(
        Binding,
        models.CASCADE,
        db_constraint=False,
        related_name="effect",
        verbose_name=_("binding"),
    )
    shop = models.ForeignKey(
        Shop, models.CASCADE, db_constraint=False, related_name="+", verbose_name=_("shop")
    )
    bound_at = models.DateTimeField(_("bound since"))
    days = models.PositiveSmallIntegerField(_("days compared"))
    before_orders = models.PositiveIntegerField(_("orders before"))
    before_gmv_amount = AmountField(_("GMV before"))
    before_repurchase_amount = AmountField(_("repurchase GMV before"))
    before_buyers = models.PositiveIntegerField(_("buyers before"))
    before_followers = models.PositiveIntegerField(_("followers before"))
    before_follower_buyers = models.PositiveIntegerField(_("followers who bought before"))
    after_orders = models.PositiveIntegerField(_("orders after"))
    after_gmv_amount = AmountField(_("GMV after"))
    after_repurchase_amount = AmountField(_("repurchase GMV after"))
    after_buyers = models.PositiveIntegerField(_("buyers after"))
    after_followers = models.PositiveIntegerField(_("followers after"))
    after_follower_buyers = models.PositiveIntegerField(_("followers who bought after"))
    measured_at = models.DateTimeField(_("measured at"))
    #: When another day has passed; null once all days are compared.
    due_at = models.DateTimeField(_("measured again from"), null=True)

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("effect of a binding")
        verbose_name_plural = _("effects of bindings")
        constraints = (
            models.CheckConstraint(condition=Q(days__range=(1, 30)), name="bindingeffect_days"),
            models.CheckConstraint(
                condition=Q(
                    before_repurchase_amount__lte=F("before_gmv_amount"),
                    after_repurchase_amount__lte=F("after_gmv_amount"),
                    before_follower_buyers__lte=F("before_buyers"),
                    after_follower_buyers__lte=F("after_buyers"),
                ),
                name="bindingeffect_parts",
            ),
            CompositeKey(relation="binding", shared=["shop"], name="bindingeffect_of_binding"),
            Wall(by="shop", may=READ, name="bindingeffect_wall"),
        )
        indexes = (
            models.Index(fields=["shop", "-bound_at", "-id"], name="bindingeffect_shop"),
            models.Index(
                fields=["due_at"], name="bindingeffect_due", condition=Q(due_at__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"{self.bound_at:%Y-%m-%d}"

    @property
    def before(self) -> Span:
        """The days before."""
        return self._span("before")

    @property
    def after(self) -> Span:
        """The days from the binding on."""
        return self._span("after")

    @property
    def gmv_change_bp(self) -> int | None:
        """How much more was sold than before, in basis points; None where nothing was."""
        if not self.before_gmv_amount:
            return None
        return (self.after_gmv_amount - self.before_gmv_amount) * WHOLE_BP // self.before_gmv_amount

    def _span(self, prefix: str) -> Span:
        return Span(**{name: getattr(self, f"{prefix}_{name}") for name in FIGURES})


#: What is counted of each span, as `effects.sql` gives it.
FIGURES = (
    "orders", "gmv_amount", "repurchase_amount", "buyers", "followers", "follower_buyers",
)  # fmt: skip

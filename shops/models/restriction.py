"""What the platform lets a shop not do for a while."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kernel.fields import PublicIdField, one_of
from kernel.scoping import ShopOwnedQuerySet
from kernel.walls import READ, Wall
from shops.enums import RestrictionKind, RestrictionReason
from shops.models.shop import Shop


class ShopRestriction(models.Model):
    """Something that a shop may not do from `since` on (经营限制), until it is lifted.

    Rooms below ask for it; the room that knows why imposes and lifts it. One reason restricts a
    kind once at a time, another one may do so beside it: what the first lifts, the second keeps.
    """

    public_id = PublicIdField(_("restriction id"), prefix="rst")
    shop = models.ForeignKey(
        Shop, models.PROTECT, related_name="restrictions", verbose_name=_("shop")
    )
    kind = models.CharField(_("restricted"), max_length=16, choices=RestrictionKind)
    reason = models.CharField(_("reason"), max_length=20, choices=RestrictionReason)
    #: The public id of what led to it: a deposit, a score.
    source = models.CharField(_("because of"), max_length=40, blank=True)
    #: Orders a day, for that kind alone.
    limit = models.PositiveIntegerField(_("at most"), null=True)
    since = models.DateTimeField(_("since"))
    #: Null while it is in force.
    until = models.DateTimeField(_("until"), null=True)

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("restriction")
        verbose_name_plural = _("restrictions")
        constraints = (
            one_of("kind", RestrictionKind, "shoprestriction_kind_valid"),
            one_of("reason", RestrictionReason, "shoprestriction_reason_valid"),
            models.UniqueConstraint(
                fields=["shop", "kind", "reason"],
                condition=Q(until__isnull=True),
                name="shoprestriction_once_in_force",
            ),
            models.CheckConstraint(
                condition=Q(kind="daily_orders", limit__isnull=False)
                | (~Q(kind="daily_orders") & Q(limit__isnull=True)),
                name="shoprestriction_limit_of_orders",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="shoprestriction_ends_later",
            ),
            Wall(by="shop", may=READ, name="shoprestriction_wall"),
        )

    def __str__(self) -> str:
        return self.get_kind_display()

"""What one person of a shop may not do alone."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from kernel.fields import PublicIdField, one_of
from kernel.scoping import ShopOwnedQuerySet
from kernel.walls import Wall
from shops.enums import ApprovalStatus
from shops.models.shop import Shop


class Approval(models.Model):
    """A request that a second person decides (双人复核). What was asked is never changed.

    A shop with nobody else who may decide waits instead: `takes_effect_at` says until when, and
    everybody who may see money sees it wait.
    """

    public_id = PublicIdField(_("approval id"), prefix="apr")
    shop = models.ForeignKey(Shop, models.PROTECT, related_name="approvals", verbose_name=_("shop"))
    #: A code of `shops.services.approvals.register`, such as ``payout_account``.
    kind = models.CharField(_("kind"), max_length=40)
    #: Public id of what is to be changed.
    target = models.CharField(_("object"), max_length=40)
    #: What is wanted, for the room that does it. No personal data in clear.
    payload = models.JSONField(_("what is wanted"), default=dict)
    status = models.CharField(
        _("status"), max_length=12, choices=ApprovalStatus, default=ApprovalStatus.PENDING
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_by_label = models.CharField(_("asked by"), max_length=120)
    asked_at = models.DateTimeField(_("asked at"), db_default=Now())
    expires_at = models.DateTimeField(_("expires at"))
    takes_effect_at = models.DateTimeField(_("takes effect at"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_by_label = models.CharField(_("decided by"), max_length=120, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    TRANSITIONS = {
        ApprovalStatus.PENDING: {
            ApprovalStatus.APPROVED,
            ApprovalStatus.REJECTED,
            ApprovalStatus.WITHDRAWN,
            ApprovalStatus.EXPIRED,
        },
    }

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for approval")
        verbose_name_plural = _("requests for approval")
        constraints = (
            one_of("status", ApprovalStatus, "approval_status_valid"),
            models.UniqueConstraint(
                fields=["shop", "kind", "target"],
                condition=Q(status="pending"),
                name="approval_one_pending",
            ),
            models.CheckConstraint(
                condition=~Q(status="approved")
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("asked_by")))
                | Q(decided_by__isnull=True, takes_effect_at__isnull=False),
                name="approval_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(status="pending") | Q(decided_at__isnull=False),
                name="approval_decided_has_time",
            ),
            Wall(by="shop", name="approval_wall"),
        )
        indexes = (
            models.Index(
                fields=["expires_at"], condition=Q(status="pending"), name="approval_pending"
            ),
        )

    def __str__(self) -> str:
        return self.public_id

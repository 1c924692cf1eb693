"""Who works in a shop."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from kernel.fields import PublicIdField, one_of
from kernel.scoping import ShopOwnedQuerySet
from kernel.walls import Wall
from shops.enums import StaffRole, StaffStatus
from shops.models.shop import Shop


class StaffQuerySet(ShopOwnedQuerySet["Staff"]):
    """The shop's people."""

    def named(self) -> Self:
        """Return them with their users, of whom only what colleagues may know is read."""
        private = ("password", "last_login", "is_superuser", "is_staff", "created_at")
        return self.select_related("user").defer(*(f"user__{name}" for name in private))


class Staff(models.Model):
    """A person's place in one shop (员工, SH-17). An invitation is a row without a user yet."""

    public_id = PublicIdField(_("staff id"), prefix="stf")
    shop = models.ForeignKey(Shop, models.CASCADE, related_name="staff", verbose_name=_("shop"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="staff_places",
        verbose_name=_("user"),
    )
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=20, choices=StaffRole)
    status = models.CharField(
        _("status"), max_length=12, choices=StaffStatus, default=StaffStatus.INVITED
    )
    #: SHA-256 of the invitation's token; the token itself is shown once.
    token_hash = models.CharField(_("invitation"), max_length=64, blank=True)
    expires_at = models.DateTimeField(_("invitation expires at"), null=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    TRANSITIONS = {
        StaffStatus.INVITED: {StaffStatus.ACTIVE, StaffStatus.REMOVED},
        StaffStatus.ACTIVE: {StaffStatus.REMOVED},
    }

    objects = StaffQuerySet.as_manager()

    class Meta:
        verbose_name = _("staff member")
        verbose_name_plural = _("staff")
        constraints = (
            one_of("role", StaffRole, "staff_role_valid"),
            one_of("status", StaffStatus, "staff_status_valid"),
            models.UniqueConstraint(
                fields=["shop", "user"], condition=models.Q(status="active"), name="staff_once"
            ),
            models.UniqueConstraint(
                fields=["shop", "email"],
                condition=models.Q(status="invited"),
                name="staff_invited_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="active") | models.Q(user__isnull=False),
                name="staff_active_is_somebody",
            ),
            Wall(by="shop", name="staff_wall"),
        )

    def __str__(self) -> str:
        return f"{self.email} ({self.get_role_display()})"

"""Where a buyer wants parcels."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User
from kernel.actors import Actor
from kernel.fields import PublicIdField, SealedField
from kernel.scoping import ScopedQuerySet


class AddressQuerySet(ScopedQuerySet["Address"]):
    """One's own, and nobody else's: not even the platform browses address books."""

    def visible_to(self, actor: Actor) -> Self:
        return self.filter(user_id=actor.user_id) if actor.user_id else self.none()


class Address(models.Model):
    """A saved receiver (收货地址). Name, phone and street are sealed; the region is in clear."""

    public_id = PublicIdField(_("address id"), prefix="adr")
    user = models.ForeignKey(User, models.CASCADE, related_name="addresses", verbose_name=_("user"))
    #: `kernel.crypto.encrypt` of ``{"name", "phone", "street"}``.
    sealed = SealedField(_("receiver, sealed"))
    province = models.CharField(_("province"), max_length=40)
    city = models.CharField(_("city"), max_length=40)
    district = models.CharField(_("district"), max_length=40, blank=True)
    is_default = models.BooleanField(_("default"), default=False)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    objects = AddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints = (
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(is_default=True), name="address_one_default"
            ),
        )

    def __str__(self) -> str:
        return f"{self.province}{self.city}{self.district}"

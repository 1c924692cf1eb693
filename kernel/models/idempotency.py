"""Answers kept for retries."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from kernel.scoping import PlatformQuerySet
from kernel.walls import Wall


class IdempotencyRecord(models.Model):
    """The first answer to a key (幂等记录), written in the transaction of its effect."""

    #: Who and what: ``<role>:<user>:<shop>:<METHOD> <route>``.
    scope = models.CharField(_("scope"), max_length=200)
    key = models.CharField(_("key"), max_length=255)
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    #: Behind whose wall the answer was made; what others were told is nobody else's.
    shop_id = models.BigIntegerField(_("shop"), null=True)
    status = models.PositiveSmallIntegerField(_("status"))
    body = models.JSONField(_("body"), null=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    objects = PlatformQuerySet.as_manager()

    class Meta:
        verbose_name = _("idempotency record")
        verbose_name_plural = _("idempotency records")
        constraints = (
            models.UniqueConstraint(fields=["scope", "key"], name="idempotency_once"),
            Wall(by="shop_id", may="SELECT, INSERT", name="idempotencyrecord_wall"),
        )
        indexes = (models.Index(fields=["created_at"], name="idempotency_age"),)

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"

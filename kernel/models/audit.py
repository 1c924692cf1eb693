"""Who did what to what."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.actors import Actor
from kernel.scoping import ScopedQuerySet
from kernel.walls import Wall


class AuditEntryQuerySet(ScopedQuerySet["AuditEntry"]):
    """The platform sees all entries, a merchant those of its shop."""

    def visible_to(self, actor: Actor) -> Self:
        if actor.is_platform:
            return self
        return self.filter(shop_id=actor.shop_id) if actor.shop_id else self.none()


class AuditEntry(models.Model):
    """One act on one object (稽核记录, GV-09). A trigger refuses update and delete."""

    at = models.DateTimeField(_("at"))
    actor_role = models.CharField(_("role"), max_length=20)
    actor_user_id = models.BigIntegerField(_("user"), null=True)
    actor_label = models.CharField(_("by"), max_length=120, blank=True)
    shop_id = models.BigIntegerField(_("shop"), null=True)
    #: ``room.verb_noun``, e.g. ``shops.approve_admission``.
    action = models.CharField(_("action"), max_length=80)
    target_model = models.CharField(_("object type"), max_length=60)
    target_id = models.CharField(_("object"), max_length=64)
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    request_id = models.CharField(_("request"), max_length=40, blank=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        constraints = (Wall(by="shop_id", may="SELECT, INSERT", name="auditentry_wall"),)
        indexes = (
            models.Index(fields=["target_model", "target_id", "id"], name="audit_of"),
            models.Index(fields=["shop_id", "id"], name="audit_shop"),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.target_id}"

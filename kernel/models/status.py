"""The history of every status."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.scoping import PlatformQuerySet
from kernel.walls import Wall


class StatusChange(models.Model):
    """One move of one machine (状态变更). Never updated."""

    model = models.CharField(_("model"), max_length=60)
    object_id = models.BigIntegerField(_("object"))
    field = models.CharField(_("field"), max_length=40)
    from_status = models.CharField(_("from"), max_length=40)
    to_status = models.CharField(_("to"), max_length=40)
    at = models.DateTimeField(_("at"))
    actor_label = models.CharField(_("by"), max_length=120, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = PlatformQuerySet.as_manager()

    class Meta:
        verbose_name = _("status change")
        verbose_name_plural = _("status changes")
        constraints = (Wall(may="INSERT, SELECT (id, from_status)", name="statuschange_wall"),)
        indexes = (models.Index(fields=["model", "object_id", "id"], name="statuschange_of"),)

    def __str__(self) -> str:
        return f"{self.model} {self.from_status} → {self.to_status}"

"""How often something changed that others remember."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.scoping import PlatformQuerySet
from kernel.walls import Wall


class Revision(models.Model):
    """How often a subject such as ``shop:12`` has changed (修订号). Written by triggers alone."""

    subject = models.CharField(_("subject"), max_length=64, primary_key=True)
    number = models.BigIntegerField(_("revision"))

    objects = PlatformQuerySet.as_manager()

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        constraints = (Wall(may="SELECT, INSERT, UPDATE", name="revision_wall"),)

    def __str__(self) -> str:
        return f"{self.subject} r{self.number}"

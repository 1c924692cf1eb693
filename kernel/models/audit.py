"""Who did what to what."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from kernel.actors import Actor
from kernel.scoping import PlatformQuerySet, ScopedQuerySet
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
    #: The public id of whom they acted for; `shop_id` is whose entry it is.
    on_behalf_of = models.CharField(
        _("on behalf of"), max_length=32, blank=True, default="", db_default=""
    )
    shop_id = models.BigIntegerField(_("shop"), null=True)
    #: ``room.verb_noun``, e.g. ``shops.approve_admission``.
    action = models.CharField(_("action"), max_length=80)
    target_model = models.CharField(_("object type"), max_length=60)
    target_id = models.CharField(_("object"), max_length=64)
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    request_id = models.CharField(_("request"), max_length=40, blank=True)
    #: Where the request came from; empty for tasks and commands. Personal data: operators see it.
    ip = models.GenericIPAddressField(_("address"), null=True)

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


class AuditPending(models.Model):
    """An entry that is not sealed yet. A trigger writes it with the entry, the sealer drops it."""

    entry = models.OneToOneField(
        AuditEntry,
        models.DO_NOTHING,
        primary_key=True,
        related_name="+",
        verbose_name=_("audit entry"),
    )
    since = models.DateTimeField(_("since"), db_default=Now())

    objects = PlatformQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry to be sealed")
        constraints = (Wall(by="", may="INSERT", name="auditpending_wall"),)

    def __str__(self) -> str:
        return str(self.entry_id)


class AuditSeal(models.Model):
    """The place of one entry in the chain: what it says is hashed with the seal before it.

    A trigger refuses update and delete. Numbers start at 1 and have no gap.
    """

    number = models.BigIntegerField(_("number"), primary_key=True)
    entry = models.OneToOneField(
        AuditEntry, models.DO_NOTHING, related_name="seal", verbose_name=_("audit entry")
    )
    #: SHA-256 of the digest before and of the entry; see `kernel.sealing`.
    digest = models.BinaryField(_("digest"), max_length=32)
    #: The digest under a key that the database does not know; the last seal of a batch has one.
    mark = models.BinaryField(_("mark"), max_length=32, null=True)

    objects = PlatformQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit seal")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(number__gte=1), name="auditseal_number_positive"
            ),
        )

    def __str__(self) -> str:
        return str(self.number)


class AuditCheck(models.Model):
    """One reading of the whole chain, and the first fault that it met."""

    at = models.DateTimeField(_("at"))
    sealed = models.BigIntegerField(_("sealed"))
    waiting = models.BigIntegerField(_("not sealed yet"))
    fault = models.CharField(_("fault"), max_length=300, blank=True)

    objects = PlatformQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit check")

    def __str__(self) -> str:
        return self.fault or f"{self.sealed} sealed"

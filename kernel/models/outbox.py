"""Facts that left a transaction, and who has heard them."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from kernel.scoping import PlatformQuerySet
from kernel.walls import Wall


class OutboxMessage(models.Model):
    """A fact (事件), written in the transaction that made it true."""

    topic = models.CharField(_("topic"), max_length=80)
    payload = models.JSONField(_("payload"))
    created_at = models.DateTimeField(_("created at"), db_default=Now())
    #: Set when a delivery row exists for each subscriber.
    relayed_at = models.DateTimeField(_("relayed at"), null=True)

    objects = PlatformQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = (Wall(may="INSERT", name="outboxmessage_wall"),)
        indexes = (
            models.Index(
                fields=["id"], name="outbox_waiting", condition=models.Q(relayed_at__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return f"{self.topic} #{self.pk}"


class Delivery(models.Model):
    """One message for one subscriber (投递): unique, so that a repeat is a no-op."""

    message = models.ForeignKey(OutboxMessage, models.CASCADE, verbose_name=_("event"))
    subscriber = models.CharField(_("subscriber"), max_length=120)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("due at"), db_default=Now())
    done_at = models.DateTimeField(_("done at"), null=True)
    #: Set after the fifth failure; an operator looks at it.
    parked_at = models.DateTimeField(_("parked at"), null=True)
    last_error = models.TextField(_("last error"), blank=True)

    objects = PlatformQuerySet.as_manager()

    class Meta:
        verbose_name = _("event delivery")
        verbose_name_plural = _("event deliveries")
        constraints = (
            models.UniqueConstraint(fields=["subscriber", "message"], name="delivery_once"),
        )
        indexes = (
            models.Index(
                fields=["subscriber", "due_at"],
                name="delivery_waiting",
                condition=models.Q(done_at__isnull=True, parked_at__isnull=True),
            ),
            models.Index(
                fields=["-id"],
                name="delivery_parked",
                condition=models.Q(parked_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.subscriber} #{self.message_id}"

"""Proof of who stands behind an account."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.enums import AccountKind, VerificationStatus
from accounts.models.account import Account
from kernel.actors import Actor
from kernel.fields import PublicIdField, one_of
from kernel.scoping import ScopedQuerySet


class VerificationQuerySet(ScopedQuerySet["Verification"]):
    """The account's owner and the platform."""

    def visible_to(self, actor: Actor) -> Self:
        return self if actor.is_platform else self.filter(account__owner_id=actor.user_id)


class Verification(models.Model):
    """One submission (认证申请, AC-04): approved data are frozen, an edit is a new submission."""

    public_id = PublicIdField(_("verification id"), prefix="ver")
    account = models.ForeignKey(
        Account, models.CASCADE, related_name="verifications", verbose_name=_("account")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=AccountKind)
    entity_name = models.CharField(_("legal entity"), max_length=120)
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    evidence_url = models.CharField(_("evidence"), max_length=300, blank=True)
    status = models.CharField(
        _("status"),
        max_length=12,
        choices=VerificationStatus,
        default=VerificationStatus.SUBMITTED,
    )
    #: ``[{"field": "credit_code", "code": "mismatch", "message": "…"}]``
    rejections = models.JSONField(_("what to correct"), default=list)
    submitted_at = models.DateTimeField(_("submitted at"))
    decided_at = models.DateTimeField(_("decided at"), null=True)
    expires_at = models.DateTimeField(_("expires at"), null=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    TRANSITIONS = {
        VerificationStatus.SUBMITTED: {VerificationStatus.REVIEWING},
        VerificationStatus.REVIEWING: {VerificationStatus.APPROVED, VerificationStatus.REJECTED},
        VerificationStatus.APPROVED: {VerificationStatus.EXPIRING, VerificationStatus.EXPIRED},
        VerificationStatus.EXPIRING: {VerificationStatus.EXPIRED},
    }

    objects = VerificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        constraints = (
            one_of("status", VerificationStatus, "verification_status_valid"),
            one_of("kind", AccountKind, "verification_kind_valid"),
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(status__in=["submitted", "reviewing"]),
                name="verification_one_open",
            ),
        )

    def __str__(self) -> str:
        return f"{self.account}: {self.get_status_display()}"

"""What an agency takes of its creators' commission."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Creator
from affiliates.enums import ContractStatus
from kernel.actors import Actor, Role
from kernel.fields import PublicIdField, RateField, one_of
from kernel.scoping import ScopedQuerySet


class AgencyContractQuerySet(ScopedQuerySet["AgencyContract"]):
    """Both sides of the contract."""

    def visible_to(self, actor: Actor) -> Self:
        if actor.is_platform:
            return self
        if actor.role is Role.AGENCY:
            return self.filter(agency_id=actor.agency_id)
        return (
            self.filter(creator_id=actor.creator_id) if actor.role is Role.CREATOR else self.none()
        )


class AgencyContract(models.Model):
    """A creator's contract with an agency (机构签约, AC-20): one rate, from acceptance to the end.

    A commission uses the contract in force when the order was paid.
    """

    public_id = PublicIdField(_("contract id"), prefix="ctr")
    agency = models.ForeignKey(
        Agency, models.PROTECT, related_name="contracts", verbose_name=_("agency")
    )
    creator = models.ForeignKey(
        Creator, models.PROTECT, related_name="contracts", verbose_name=_("creator")
    )
    #: The agency's part of the creator's commission.
    share_bp = RateField(_("agency's share"))
    status = models.CharField(
        _("status"), max_length=12, choices=ContractStatus, default=ContractStatus.INVITED
    )
    starts_at = models.DateTimeField(_("from"), null=True)
    ends_at = models.DateTimeField(_("until"), null=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    TRANSITIONS = {
        ContractStatus.INVITED: {ContractStatus.ACTIVE, ContractStatus.DECLINED},
        ContractStatus.ACTIVE: {ContractStatus.ENDED},
    }

    objects = AgencyContractQuerySet.as_manager()

    class Meta:
        verbose_name = _("agency contract")
        verbose_name_plural = _("agency contracts")
        constraints = (
            one_of("status", ContractStatus, "agencycontract_status_valid"),
            models.CheckConstraint(
                condition=Q(share_bp__gte=0, share_bp__lte=10_000),
                name="agencycontract_share_range",
            ),
            models.UniqueConstraint(
                fields=["creator"], condition=Q(status="active"), name="agencycontract_one_active"
            ),
            models.UniqueConstraint(
                fields=["id", "creator", "agency"], name="agencycontract_id_creator_agency"
            ),
        )

    def __str__(self) -> str:
        return f"{self.agency} / {self.creator}"

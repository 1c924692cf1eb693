"""The agency's door: its creators and what they earn it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.enums import CreatorStatus
from accounts.models import Agency, Creator
from affiliates.api.queries import filtered_commissions
from affiliates.api.serializers import (
    CommissionOut,
    CommissionQueryIn,
    ContractOut,
    InviteCreatorIn,
)
from affiliates.models import AgencyContract, Commission
from affiliates.services import contracts
from kernel.actors import Role
from kernel.api.operations import listing, operation
from kernel.api.views import View
from kernel.errors import NotFound


class AgencyContractsView(View):
    """The agency's contracts."""

    audience = Role.AGENCY

    @listing(gives=ContractOut)
    def get(self, request: Any) -> QuerySet[AgencyContract]:
        """List the agency's contracts and invitations, newest first."""
        return _contracts().visible_to(request.actor)

    @operation(takes=InviteCreatorIn, gives=ContractOut, status=201)
    def post(self, request: Any, data: dict[str, Any]) -> AgencyContract:
        """Invite a creator: `share_bp` of the creator's commission would be the agency's."""
        creator = Creator.objects.filter(
            public_id=data["creator_id"], status=CreatorStatus.ACTIVE
        ).first()
        if creator is None:
            raise NotFound
        return contracts.invite(
            agency=Agency.objects.get(pk=request.actor.agency_id),
            creator=creator,
            share_bp=data["share_bp"],
            at=request.at,
            actor=request.actor,
        )


class EndAgencyContractView(View):
    """The end of a contract."""

    audience = Role.AGENCY

    @operation(gives=ContractOut)
    def post(self, request: Any, contract_id: str) -> AgencyContract:
        """End the contract in force: orders paid from now on are the creator's alone."""
        contract = _contracts().get_visible(request.actor, public_id=contract_id)
        contracts.end(contract=contract, at=request.at, actor=request.actor)
        return _contracts().get_visible(request.actor, public_id=contract_id)


class AgencyCommissionsView(View):
    """What the agency earns."""

    audience = Role.AGENCY

    @listing(gives=CommissionOut, ordering=("-paid_at", "-id"), filters=CommissionQueryIn)
    def get(self, request: Any, query: dict[str, Any]) -> QuerySet[Commission]:
        """List commission that the agency shares in, latest payment first."""
        return filtered_commissions(request.actor, query)


def _contracts() -> Any:
    return AgencyContract.objects.select_related("agency", "creator__account")

"""An agency signs creators (AC-20): it invites, the creator answers, either side ends it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import Agency, Creator
from affiliates.enums import ContractStatus
from affiliates.errors import AlreadyInvited, ContractNotOpen, CreatorHasAgency
from affiliates.models import AgencyContract
from kernel import audit
from kernel.actors import Actor
from kernel.states import move


@transaction.atomic
def invite(
    *, agency: Agency, creator: Creator, share_bp: int, at: datetime, actor: Actor
) -> AgencyContract:
    """Offer the creator a contract: `share_bp` of the creator's commission goes to the agency.

    Raises AlreadyInvited while an invitation of this agency waits or its contract is in force.
    """
    _lock(creator.pk)
    open_states = (ContractStatus.INVITED, ContractStatus.ACTIVE)
    if AgencyContract.objects.filter(
        agency=agency, creator=creator, status__in=open_states
    ).exists():
        raise AlreadyInvited
    contract = AgencyContract.objects.create(
        agency=agency, creator=creator, share_bp=share_bp, created_at=at
    )
    _record("affiliates.invite_creator", contract, at, actor)
    return contract


@transaction.atomic
def accept(*, contract: AgencyContract, at: datetime, actor: Actor) -> AgencyContract:
    """Put the contract in force from now on: orders paid from here are shared.

    Raises ContractNotOpen when it is not an invitation, CreatorHasAgency while another is in force.
    """
    _lock(contract.creator_id)
    contract = AgencyContract.objects.get(pk=contract.pk)
    if contract.status != ContractStatus.INVITED:
        raise ContractNotOpen
    rivals = AgencyContract.objects.filter(
        creator_id=contract.creator_id, status=ContractStatus.ACTIVE
    )
    if rivals.exists():
        raise CreatorHasAgency
    move(contract, to=ContractStatus.ACTIVE, at=at, actor=actor, starts_at=at)
    _record("affiliates.accept_contract", contract, at, actor)
    return contract


@transaction.atomic
def decline(*, contract: AgencyContract, at: datetime, actor: Actor) -> AgencyContract:
    """Refuse an invitation. Raises ContractNotOpen when it is not one any more."""
    return _finish(contract, ContractStatus.INVITED, ContractStatus.DECLINED, at, actor)


@transaction.atomic
def end(*, contract: AgencyContract, at: datetime, actor: Actor) -> AgencyContract:
    """End a contract in force: orders paid from now on are the creator's alone.

    Raises ContractNotOpen when it is not in force.
    """
    return _finish(contract, ContractStatus.ACTIVE, ContractStatus.ENDED, at, actor)


def _finish(
    contract: AgencyContract, was: ContractStatus, to: ContractStatus, at: datetime, actor: Actor
) -> AgencyContract:
    _lock(contract.creator_id)
    contract = AgencyContract.objects.get(pk=contract.pk)
    if contract.status != was:
        raise ContractNotOpen
    if to == ContractStatus.ENDED:
        move(contract, to=to, at=at, actor=actor, ends_at=at)
    else:
        move(contract, to=to, at=at, actor=actor)
    _record(f"affiliates.contract_{to}", contract, at, actor)
    return contract


def _lock(creator_id: int) -> None:
    """Queue the decisions on one creator: two agencies may be answered at the same time."""
    Creator.objects.select_for_update(no_key=True, of=("self",)).get(pk=creator_id)


def _record(action: str, contract: AgencyContract, at: datetime, actor: Actor) -> None:
    audit.record(
        actor=actor, action=action, target=contract, at=at, after={"share_bp": contract.share_bp}
    )

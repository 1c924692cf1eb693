"""The creator's door: what there is to sell, what was chosen, what it earned."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.models import Account, Creator
from affiliates import selectors
from affiliates.api.queries import filtered_commissions
from affiliates.api.serializers import (
    CommissionOut,
    CommissionQueryIn,
    ContractOut,
    PickIn,
    PickOut,
    PoolOfferOut,
    PoolQueryIn,
)
from affiliates.models import AgencyContract, Commission, Pick, Plan
from affiliates.services import contracts, picks
from catalog.enums import ReviewStatus
from catalog.models import Category, Product
from catalog.services import search
from kernel.actors import Role
from kernel.api.operations import listing, operation
from kernel.api.views import View
from kernel.errors import NotFound


class PoolView(View):
    """The selection square (选品广场)."""

    audience = Role.CREATOR

    @listing(gives=PoolOfferOut, filters=PoolQueryIn)
    def get(self, request: Any, query: dict[str, Any]) -> tuple[QuerySet[Plan], tuple[str, ...]]:
        """List products with a running plan: the rate of now, the announced one, the shop."""
        category = None
        if "category_id" in query:
            category_id = query.pop("category_id")
            category = Category.objects.get_visible(request.actor, public_id=category_id)
        text, sort = query.pop("q", ""), query.pop("sort", "")
        least = query.pop("min_rate_bp", 0)
        account = Account.objects.get(creator=request.actor.creator_id)
        wanted = search.Query(
            text=text,
            category=category,
            account_id=account.public_id,
            at=request.at,
            sort="new",
            **query,
        )
        products, _order = search.find(Product.objects.on_sale(), wanted)
        offers = selectors.pool(request.actor, products, at=request.at, min_rate_bp=least)
        if sort == "relevance" and text:
            offers = search.ranked(offers, text, "product")
        elif sort == "relevance":
            sort = "sales"
        return offers, selectors.POOL_ORDERS[sort or "new"]


class PicksView(View):
    """The creator's showcase."""

    audience = Role.CREATOR

    @listing(gives=PickOut)
    def get(self, request: Any) -> QuerySet[Pick]:
        """List the creator's picks, newest first; `state` tells which still sell."""
        return selectors.picks_page(Pick.objects.visible_to(request.actor))

    @operation(takes=PickIn, gives=PickOut, status=201, idempotent=True)
    def post(self, request: Any, data: dict[str, Any]) -> Pick:
        """Pick a product; refusals say exactly why. A second pick gives the first."""
        # Once approved it was on sale: "off the shelf" is then an answer. What never was is 404.
        product = Product.objects.filter(
            public_id=data["product_id"], review_status=ReviewStatus.APPROVED
        ).first()
        if product is None:
            raise NotFound
        creator = Creator.objects.get(pk=request.actor.creator_id)
        return picks.pick(creator=creator, product=product, at=request.at, actor=request.actor)


class PickView(View):
    """One pick."""

    audience = Role.CREATOR

    @operation(gives=PickOut)
    def get(self, request: Any, pick_id: str) -> Pick:
        """Show a pick."""
        return _pick(request, pick_id)

    @operation(gives=PickOut)
    def delete(self, request: Any, pick_id: str) -> Pick:
        """Take a pick out of the showcase; links made before go on earning."""
        return picks.remove(pick=_pick(request, pick_id), at=request.at, actor=request.actor)


class CreatorCommissionsView(View):
    """What the creator earns."""

    audience = Role.CREATOR

    @listing(gives=CommissionOut, ordering=("-paid_at", "-id"), filters=CommissionQueryIn)
    def get(self, request: Any, query: dict[str, Any]) -> QuerySet[Commission]:
        """List the creator's commission, latest payment first."""
        return filtered_commissions(request.actor, query)


class CreatorContractsView(View):
    """Agencies' offers and contracts."""

    audience = Role.CREATOR

    @listing(gives=ContractOut)
    def get(self, request: Any) -> QuerySet[AgencyContract]:
        """List the creator's contracts and invitations, newest first."""
        return _contracts().visible_to(request.actor)


class AcceptContractView(View):
    """Yes."""

    audience = Role.CREATOR

    @operation(gives=ContractOut)
    def post(self, request: Any, contract_id: str) -> AgencyContract:
        """Accept an invitation: orders paid from now on are shared."""
        contract = _contract(request, contract_id)
        contracts.accept(contract=contract, at=request.at, actor=request.actor)
        return _contract(request, contract_id)


class DeclineContractView(View):
    """No."""

    audience = Role.CREATOR

    @operation(gives=ContractOut)
    def post(self, request: Any, contract_id: str) -> AgencyContract:
        """Decline an invitation."""
        contract = _contract(request, contract_id)
        contracts.decline(contract=contract, at=request.at, actor=request.actor)
        return _contract(request, contract_id)


class EndContractView(View):
    """No more."""

    audience = Role.CREATOR

    @operation(gives=ContractOut)
    def post(self, request: Any, contract_id: str) -> AgencyContract:
        """End the contract in force: orders paid from now on are the creator's alone."""
        contract = _contract(request, contract_id)
        contracts.end(contract=contract, at=request.at, actor=request.actor)
        return _contract(request, contract_id)


def _pick(request: Any, pick_id: str) -> Pick:
    return selectors.picks_page(Pick.objects.all()).get_visible(request.actor, public_id=pick_id)


def _contracts() -> Any:
    return AgencyContract.objects.select_related("agency", "creator__account")


def _contract(request: Any, contract_id: str) -> AgencyContract:
    return _contracts().get_visible(request.actor, public_id=contract_id)

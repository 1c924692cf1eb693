"""Merchants read their deposit and what restricts them, pay in and take surplus out."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet

from governance.api.serializers import (
    DepositAmountIn,
    DepositAssessmentOut,
    DepositEntryOut,
    DepositOut,
    DepositPaymentIn,
    DepositPaymentOut,
    ShopRestrictionOut,
)
from governance.models import Deposit, DepositAssessment, DepositEntry, DepositPayment
from governance.services import moving, payments
from kernel.actors import Role
from kernel.api.operations import listing, operation
from kernel.api.views import View
from shops.models import ShopRestriction


class DepositView(View):
    """The shop's deposit."""

    audience = Role.MERCHANT
    permission = "settlements.view"

    @operation(gives=DepositOut)
    def get(self, request: Any, shop_id: str) -> Deposit:
        """Show what is due, there, set aside and refundable (SH-08)."""
        return Deposit.objects.get_visible(request.actor, shop_id=request.actor.shop_id)


class AssessmentsView(View):
    """Why it is due."""

    audience = Role.MERCHANT
    permission = "settlements.view"

    @listing(gives=DepositAssessmentOut, ordering=("-announced_at", "-id"))
    def get(self, request: Any, shop_id: str) -> QuerySet[DepositAssessment]:
        """List how what is due was worked out, latest first (SH-06, SH-07)."""
        return DepositAssessment.objects.visible_to(request.actor)


class EntriesView(View):
    """The deposit's movements."""

    audience = Role.MERCHANT
    permission = "settlements.view"

    @listing(gives=DepositEntryOut, ordering=("-at", "-id"))
    def get(self, request: Any, shop_id: str) -> QuerySet[DepositEntry]:
        """List the entries of the deposit, latest first."""
        return DepositEntry.objects.visible_to(request.actor)


class TopUpsView(View):
    """From the shop's balance."""

    audience = Role.MERCHANT
    permission = "settlements.payout"

    @operation(takes=DepositAmountIn, gives=DepositEntryOut, status=201, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], shop_id: str) -> DepositEntry:
        """Move an amount of the shop's balance into the deposit."""
        return moving.top_up(
            shop_id=request.actor.shop_id,
            amount=data["amount"],
            at=request.at,
            actor=request.actor,
        )


class WithdrawalsView(View):
    """Into the shop's balance."""

    audience = Role.MERCHANT
    permission = "settlements.payout"

    @operation(takes=DepositAmountIn, gives=DepositEntryOut, status=201, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], shop_id: str) -> DepositEntry:
        """Move surplus back into the shop's balance, once in seven days."""
        return moving.withdraw(
            shop_id=request.actor.shop_id,
            amount=data["amount"],
            at=request.at,
            actor=request.actor,
        )


class PaymentsView(View):
    """By a gateway."""

    audience = Role.MERCHANT
    permission = "settlements.view"
    permissions: ClassVar[dict[str, str]] = {"POST": "settlements.payout"}

    @listing(gives=DepositPaymentOut, ordering=("-created_at", "-id"))
    def get(self, request: Any, shop_id: str) -> QuerySet[DepositPayment]:
        """List payments into the deposit, latest first."""
        return DepositPayment.objects.visible_to(request.actor)

    @operation(takes=DepositPaymentIn, gives=DepositPaymentOut, status=201, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], shop_id: str) -> DepositPayment:
        """Start a payment; where it is paid stands in the list a moment later."""
        return payments.start(
            shop_id=request.actor.shop_id, at=request.at, actor=request.actor, **data
        )


class RestrictionsView(View):
    """What the shop may not do."""

    audience = Role.MERCHANT
    permission = "shops.view"

    @listing(gives=ShopRestrictionOut, ordering=("-since", "-id"))
    def get(self, request: Any, shop_id: str) -> QuerySet[ShopRestriction]:
        """List what the platform restricts, latest first; what has ended too (SH-08, SH-16)."""
        return ShopRestriction.objects.visible_to(request.actor)

"""What operators do with verifications, creators and roles."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.api import serializers as shapes
from accounts.models import Creator, RoleProfile, Verification
from accounts.services import creators, roles, verifications
from kernel.actors import Actor, Role
from kernel.api.operations import listing, operation
from kernel.api.views import View


class OperatorView(View):
    """A door for operators of this room."""

    audience = Role.OPERATOR
    permission = "accounts.operate"


def _verification(actor: Actor, verification_id: str) -> Verification:
    rows = Verification.objects.select_related("account")
    return rows.get_visible(actor, public_id=verification_id)


class VerificationQueue(OperatorView):
    """Submissions of all accounts."""

    @listing(gives=shapes.VerificationOut, filters=shapes.VerificationQuery)
    def get(self, request: Any, query: dict[str, Any]) -> QuerySet[Verification]:
        """List submissions, the latest first."""
        rows = Verification.objects.visible_to(request.actor).select_related("account")
        return rows.filter(**query)


class OneVerification(OperatorView):
    """One submission."""

    @operation(gives=shapes.VerificationOut)
    def get(self, request: Any, verification_id: str) -> Verification:
        """Show a submission."""
        return _verification(request.actor, verification_id)


class StartVerification(OperatorView):
    """Taking it from the queue."""

    @operation(gives=shapes.VerificationOut)
    def post(self, request: Any, verification_id: str) -> Verification:
        """Take a submission from the queue."""
        return verifications.start_review(
            verification=_verification(request.actor, verification_id),
            at=request.at,
            actor=request.actor,
        )


class ApproveVerification(OperatorView):
    """Saying yes."""

    @operation(gives=shapes.VerificationOut)
    def post(self, request: Any, verification_id: str) -> Verification:
        """Approve: the data are frozen on the account (AC-04)."""
        return verifications.approve(
            verification=_verification(request.actor, verification_id),
            at=request.at,
            actor=request.actor,
        )


class RejectVerification(OperatorView):
    """Saying what to correct."""

    @operation(takes=shapes.VerificationRejectIn, gives=shapes.VerificationOut)
    def post(self, request: Any, verification_id: str, data: dict[str, Any]) -> Verification:
        """Send a submission back with the fields to correct."""
        return verifications.reject(
            verification=_verification(request.actor, verification_id),
            rejections=data["rejections"],
            at=request.at,
            actor=request.actor,
        )


class CreatorList(OperatorView):
    """All creators."""

    @listing(gives=shapes.CreatorOut)
    def get(self, request: Any) -> QuerySet[Creator]:
        """List creators, the latest first."""
        return Creator.objects.visible_to(request.actor).select_related("account")


class SuspendCreator(OperatorView):
    """Closing a creator's doors."""

    @operation(takes=shapes.AccountReasonIn, gives=shapes.CreatorOut)
    def post(self, request: Any, creator_id: str, data: dict[str, Any]) -> Creator:
        """Suspend a creator."""
        return creators.suspend_creator(
            creator=_creator(request.actor, creator_id),
            reason=data["reason"],
            at=request.at,
            actor=request.actor,
        )


class RestoreCreator(OperatorView):
    """Opening them again."""

    @operation(takes=shapes.AccountReasonIn, gives=shapes.CreatorOut)
    def post(self, request: Any, creator_id: str, data: dict[str, Any]) -> Creator:
        """Restore a suspended creator."""
        return creators.restore_creator(
            creator=_creator(request.actor, creator_id),
            reason=data["reason"],
            at=request.at,
            actor=request.actor,
        )


class SuspendRole(OperatorView):
    """Closing the doors of one role."""

    @operation(takes=shapes.AccountReasonIn, gives=shapes.RoleOut)
    def post(self, request: Any, user_id: str, role: str, data: dict[str, Any]) -> RoleProfile:
        """Suspend one role of a user; the others stay."""
        return roles.suspend(
            profile=_profile(request.actor, user_id, role),
            reason=data["reason"],
            at=request.at,
            actor=request.actor,
        )


class RestoreRole(OperatorView):
    """Opening them again."""

    @operation(takes=shapes.AccountReasonIn, gives=shapes.RoleOut)
    def post(self, request: Any, user_id: str, role: str, data: dict[str, Any]) -> RoleProfile:
        """Restore a suspended role of a user."""
        return roles.restore(
            profile=_profile(request.actor, user_id, role),
            reason=data["reason"],
            at=request.at,
            actor=request.actor,
        )


def _creator(actor: Actor, creator_id: str) -> Creator:
    rows = Creator.objects.select_related("account")
    return rows.get_visible(actor, public_id=creator_id)


def _profile(actor: Actor, user_id: str, role: str) -> RoleProfile:
    rows = RoleProfile.objects.select_related("user")
    return rows.get_visible(actor, user__public_id=user_id, role=role)

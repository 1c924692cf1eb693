"""People, accounts and verifications in the operator console."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import display

from accounts.enums import CreatorStatus, RoleKind, RoleStatus, VerificationStatus
from accounts.models import Account, Agency, Creator, RoleProfile, User, Verification
from accounts.services import creators, recovery, roles, verifications
from kernel import second_factor
from kernel.actors import Actor
from kernel.admin import home
from kernel.admin.base import Act, ConsoleModelAdmin
from kernel.admin.pictures import picture, pictured
from kernel.admin.sites import operator_site

TONES = {
    VerificationStatus.SUBMITTED: "warning",
    VerificationStatus.REVIEWING: "info",
    VerificationStatus.APPROVED: "success",
    VerificationStatus.REJECTED: "danger",
    VerificationStatus.EXPIRING: "warning",
    VerificationStatus.EXPIRED: "danger",
}
CREATOR_TONES = {CreatorStatus.ACTIVE: "success", CreatorStatus.SUSPENDED: "danger"}
#: What an operator may send back (AC-04).
REJECTABLE = {
    "entity_name": _("Legal entity"),
    "credit_code": _("Unified social credit code"),
    "evidence_url": _("Evidence"),
}


class ReasonForm(forms.Form):
    """Why; kept in the audit trail."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": "3"})
    )


class RejectForm(forms.Form):
    """A sentence for each field that is to be corrected."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in REJECTABLE.items():
            self.fields[name] = forms.CharField(label=label, max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse a rejection that names nothing."""
        data = super().clean() or {}
        if not any(data.values()):
            raise forms.ValidationError(_("Say what is to be corrected."), code="empty")
        return data


class StartReview(Act):
    """Take it from the queue."""

    name = "start"
    label = _("Start review")
    intro = _("You take it up; then you can approve or reject it.")
    permission = "accounts.operate"

    def applies(self, actor: Actor, target: Verification) -> bool:
        return target.status == VerificationStatus.SUBMITTED

    def run(self, *, actor: Actor, target: Verification, data: dict[str, Any], at: datetime) -> Any:
        verifications.start_review(verification=target, at=at, actor=actor)
        return _("The review has begun.")


class Approve(Act):
    """AC-04: the data are frozen."""

    name = "approve"
    label = _("Approve")
    intro = _("The data are frozen on the account, which is verified for a year.")
    permission = "accounts.operate"

    def applies(self, actor: Actor, target: Verification) -> bool:
        return target.status == VerificationStatus.REVIEWING

    def run(self, *, actor: Actor, target: Verification, data: dict[str, Any], at: datetime) -> Any:
        verifications.approve(verification=target, at=at, actor=actor)
        return _("The account is verified.")


class Reject(Act):
    """AC-04: field by field."""

    name = "reject"
    label = _("Reject")
    intro = _("Write a sentence where something is to be corrected.")
    permission = "accounts.operate"
    form_class = RejectForm
    is_dangerous = True

    def applies(self, actor: Actor, target: Verification) -> bool:
        return target.status == VerificationStatus.REVIEWING

    def run(self, *, actor: Actor, target: Verification, data: dict[str, Any], at: datetime) -> Any:
        rejections = [
            {"field": name, "code": "incorrect", "message": message}
            for name, message in data.items()
            if message
        ]
        verifications.reject(verification=target, rejections=rejections, at=at, actor=actor)
        return _("The submission is sent back.")


class SuspendCreator(Act):
    """The creator's doors close."""

    name = "suspend"
    label = _("Suspend")
    intro = _("The creator sells nothing until restored. Earlier sales keep their commission.")
    permission = "accounts.operate"
    form_class = ReasonForm
    is_dangerous = True

    def applies(self, actor: Actor, target: Creator) -> bool:
        return target.status == CreatorStatus.ACTIVE

    def run(self, *, actor: Actor, target: Creator, data: dict[str, Any], at: datetime) -> Any:
        creators.suspend_creator(creator=target, reason=data["reason"], at=at, actor=actor)
        return _("The creator is suspended.")


class RestoreCreator(Act):
    """They open again."""

    name = "restore"
    label = _("Restore")
    permission = "accounts.operate"
    form_class = ReasonForm

    def applies(self, actor: Actor, target: Creator) -> bool:
        return target.status == CreatorStatus.SUSPENDED

    def run(self, *, actor: Actor, target: Creator, data: dict[str, Any], at: datetime) -> Any:
        creators.restore_creator(creator=target, reason=data["reason"], at=at, actor=actor)
        return _("The creator is restored.")


class RoleForm(ReasonForm):
    """Which role, and why."""

    role = forms.ChoiceField(label=_("Role"))
    field_order = ("role", "reason")


class _RoleAct(Act):
    """A decision about one role of a user; the others stay."""

    permission = "accounts.operate"
    status = RoleStatus.ACTIVE

    def applies(self, actor: Actor, target: User) -> bool:
        return bool(self._held(target))

    def form(self, actor: Actor, target: User, **kwargs: Any) -> forms.Form:
        form = RoleForm(**kwargs)
        role = form.fields["role"]
        assert isinstance(role, forms.ChoiceField)  # noqa: S101 -- for the type checker
        role.choices = [(one.role, one.get_role_display()) for one in self._held(target)]
        return form

    def _held(self, user: User) -> list[RoleProfile]:
        rows = user.profiles.filter(status=self.status).exclude(role=RoleKind.CONSUMER)
        return list(rows.order_by("pk"))


class SuspendRole(_RoleAct):
    """Its doors close."""

    name = "suspend-role"
    label = _("Suspend a role")
    intro = _("The person loses this role at once and keeps the others.")
    is_dangerous = True

    def run(self, *, actor: Actor, target: User, data: dict[str, Any], at: datetime) -> Any:
        profile = target.profiles.get(role=data["role"])
        roles.suspend(profile=profile, reason=data["reason"], at=at, actor=actor)
        return _("The role is suspended.")


class RestoreRole(_RoleAct):
    """They open again."""

    name = "restore-role"
    label = _("Restore a role")
    status = RoleStatus.SUSPENDED

    def run(self, *, actor: Actor, target: User, data: dict[str, Any], at: datetime) -> Any:
        profile = target.profiles.get(role=data["role"])
        roles.restore(profile=profile, reason=data["reason"], at=at, actor=actor)
        return _("The role is restored.")


class TakeSecondFactor(Act):
    """For who lost the phone and the codes."""

    name = "take-second-factor"
    label = _("Take away a lost second factor")
    intro = _(
        "Make sure who asks. The app and the recovery codes are worth nothing afterwards, and the"
        " person is signed out everywhere. The password stays."
    )
    permission = "accounts.operate"
    is_dangerous = True
    form_class = ReasonForm

    def applies(self, actor: Actor, target: User) -> bool:
        return target.pk != actor.user_id and second_factor.is_on(target.pk)

    def run(self, *, actor: Actor, target: User, data: dict[str, Any], at: datetime) -> Any:
        recovery.take_second_factor(user=target, reason=data["reason"], at=at, actor=actor)
        return _("The second factor is gone; the person signs in with the password.")


@admin.register(Verification, site=operator_site)
class VerificationPage(ConsoleModelAdmin):
    """Who says to stand behind which account."""

    permission = "accounts.operate"
    acts = (StartReview, Approve, Reject)
    list_display = ("account", "kind", "entity_name", "status_badge", "submitted_at")
    list_filter = ("status", "kind", "submitted_at")
    list_select_related = ("account",)
    search_fields = ("entity_name", "credit_code", "account__handle")
    fieldsets = (
        (None, {"fields": (("account", "kind"), ("status_badge", "faults"))}),
        (_("Legal data"), {"fields": (("entity_name", "credit_code"), "evidence_url")}),
        (_("Times"), {"fields": (("submitted_at", "decided_at", "expires_at"),)}),
    )

    @display(description=_("status"), label=TONES)
    def status_badge(self, verification: Verification) -> tuple[str, str]:
        """Its state in words and colour."""
        return verification.status, verification.get_status_display()

    @display(description=_("what to correct"))
    def faults(self, verification: Verification) -> str:
        """What an operator wrote, one sentence a field."""
        sentences = [
            f"{REJECTABLE.get(one['field'], one['field'])}: {one['message']}"
            for one in verification.rejections
        ]
        return " · ".join(sentences) or "–"


@admin.register(Account, site=operator_site)
class AccountPage(ConsoleModelAdmin):
    """All content accounts."""

    permission = "accounts.operate"
    list_display = (
        "shown_name",
        "handle",
        "kind",
        "entity_name",
        "verified_until",
        "follower_count",
    )
    list_filter = ("kind", ("verified_until", admin.EmptyFieldListFilter))
    search_fields = ("name", "handle", "entity_name", "credit_code", "public_id")
    list_select_related = ("owner",)
    fieldsets = (
        (None, {"fields": (("avatar", "name"), ("handle", "kind"), ("owner", "follower_count"))}),
        (_("Profile"), {"fields": ("bio",)}),
        (_("Verified"), {"fields": (("entity_name", "credit_code"), "verified_until")}),
        (_("Shop"), {"fields": (("official_since", "collection_opened_at"),)}),
    )

    @display(description=_("name"), ordering="name")
    def shown_name(self, account: Account) -> str:
        """The picture and the name."""
        return pictured(account.avatar_url, account.name)

    @display(description=pgettext_lazy("account", "picture"))
    def avatar(self, account: Account) -> str:
        """The picture."""
        return picture(account.avatar_url, size="big") or "–"


@admin.register(User, site=operator_site)
class UserPage(ConsoleModelAdmin):
    """People; nothing here shows or holds a password."""

    permission = "accounts.operate"
    acts = (SuspendRole, RestoreRole, TakeSecondFactor)
    list_display = ("email", "name", "roles", "is_active", "created_at")
    list_filter = ("is_active", "created_at")
    search_fields = ("email", "name", "public_id")
    fields = (("email", "name"), ("public_id", "roles"), ("is_active", "created_at"), "last_login")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("profiles")

    @display(description=_("roles"))
    def roles(self, user: User) -> str:
        """Those that are not suspended."""
        held = [one for one in user.profiles.all() if one.status == RoleStatus.ACTIVE]
        return ", ".join(one.get_role_display() for one in held) or "–"


@admin.register(Creator, site=operator_site)
class CreatorPage(ConsoleModelAdmin):
    """All creators."""

    permission = "accounts.operate"
    acts = (SuspendCreator, RestoreCreator)
    list_display = ("shown_account", "user", "level", "status_badge", "created_at")
    list_filter = ("status", "level")
    list_select_related = ("account", "user")
    search_fields = ("account__handle", "account__name", "user__email")
    fields = (("account", "user"), ("level", "status_badge"), ("public_id", "created_at"))

    @display(description=_("account"), ordering="account__name")
    def shown_account(self, creator: Creator) -> str:
        """The account with its picture."""
        return pictured(creator.account.avatar_url, creator.account)

    @display(description=_("status"), ordering="status", label=CREATOR_TONES)
    def status_badge(self, creator: Creator) -> tuple[str, str]:
        """Its state in words and colour."""
        return creator.status, creator.get_status_display()


@admin.register(Agency, site=operator_site)
class AgencyPage(ConsoleModelAdmin):
    """All agencies."""

    permission = "accounts.operate"
    list_display = ("name", "owner", "created_at")
    list_select_related = ("owner",)
    search_fields = ("name", "owner__email")
    fields = (("name", "owner"), ("public_id", "created_at"))


def waiting(actor: Actor, at: datetime) -> list[home.Card]:
    """Count the verifications that wait for an operator."""
    if not actor.may("accounts.operate"):
        return []
    open_ones = (VerificationStatus.SUBMITTED, VerificationStatus.REVIEWING)
    count = Verification.objects.visible_to(actor).filter(status__in=open_ones).count()
    url = reverse("operator:accounts_verification_changelist")
    return [home.Card(_("Verifications"), count, url, "warning", order=12)]


home.register("operator", waiting)

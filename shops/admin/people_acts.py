"""What a shop's owners do in the merchant console: staff and the shop's face."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from kernel.actors import Actor
from kernel.admin.base import Act
from shops.enums import BindingStatus, Relation, StaffRole, StaffStatus
from shops.models import Binding, Staff
from shops.policies import may_grant
from shops.services import bindings, endings, preconditions, staff


class InviteForm(forms.Form):
    """Whom, as what."""

    email = forms.EmailField(label=_("E-mail"), max_length=254)
    role = forms.ChoiceField(label=_("Role"))


class Invite(Act):
    """SH-17: the token is shown this once."""

    name = "invite"
    label = _("Invite")
    intro = _("Only the owner of the address can use the invitation, once, within 7 days.")
    permission = "shops.staff"
    on_object = False

    def form(self, actor: Actor, target: Any, **kwargs: Any) -> forms.Form:
        return _with_roles(InviteForm(**kwargs), actor)

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        invitation = staff.invite_staff(
            shop_id=_shop_id(actor), email=data["email"], role=data["role"], at=at, actor=actor
        )
        return gettext("Give %(email)s this token, it is shown only now: %(token)s") % {
            "email": invitation.staff.email,
            "token": invitation.token,
        }


class RoleForm(forms.Form):
    """As what."""

    role = forms.ChoiceField(label=_("Role"))


class ChangeRole(Act):
    """Nobody grants what they do not hold."""

    name = "change-role"
    label = _("Change role")
    intro = _("It holds from the next page that they open.")
    permission = "shops.staff"

    def applies(self, actor: Actor, target: Staff) -> bool:
        return target.status == StaffStatus.ACTIVE and may_grant(actor.permissions, target.role)

    def form(self, actor: Actor, target: Staff, **kwargs: Any) -> forms.Form:
        return _with_roles(RoleForm(initial={"role": target.role}, **kwargs), actor)

    def run(self, *, actor: Actor, target: Staff, data: dict[str, Any], at: datetime) -> Any:
        staff.change_role(staff=target, role=data["role"], at=at, actor=actor)
        return _("The role is changed.")


class RemoveStaff(Act):
    """The last owner stays."""

    name = "remove"
    label = _("Remove")
    intro = _("They can no longer work for the shop. What they did stays in the audit trail.")
    permission = "shops.staff"
    is_dangerous = True

    def applies(self, actor: Actor, target: Staff) -> bool:
        is_there = target.status != StaffStatus.REMOVED
        return is_there and may_grant(actor.permissions, target.role)

    def run(self, *, actor: Actor, target: Staff, data: dict[str, Any], at: datetime) -> Any:
        staff.remove_staff(staff=target, at=at, actor=actor)
        return _("The place is taken away.")


class StartForm(forms.Form):
    """Which account, as what."""

    handle = forms.CharField(label=_("Handle of the account"), max_length=31)
    relation = forms.ChoiceField(
        label=_("Relation"),
        choices=[one for one in Relation.choices if one[0] != Relation.AWEME_COOPERATOR],
    )
    authorisation_url = forms.URLField(
        label=_("Letter of authorisation"),
        max_length=300,
        required=False,
        assume_scheme="https",
        help_text=_("Needed when shop and account are different legal entities."),
    )

    def clean_handle(self) -> Account:
        """Return the account with that handle. Raises ValidationError when there is none."""
        handle = self.cleaned_data["handle"].removeprefix("@")
        account = Account.objects.filter(handle__iexact=handle).first()
        if account is None:
            raise forms.ValidationError(_("No account has this handle."), code="unknown")
        return account


class StartBinding(Act):
    """BI-04: the account's owner answers within 7 days."""

    name = "start"
    label = _("Bind an account")
    intro = _("The owner of the account is asked and has 7 days to answer.")
    permission = "shops.binding"
    form_class = StartForm
    on_object = False

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        account = data.pop("handle")
        bindings.start_binding(shop_id=_shop_id(actor), account=account, at=at, actor=actor, **data)
        return _("The owner of the account is asked.")


class ReplaceForm(forms.Form):
    """By which account."""

    handle = StartForm.base_fields["handle"]
    authorisation_url = StartForm.base_fields["authorisation_url"]
    clean_handle = StartForm.clean_handle


class ReplaceBinding(Act):
    """BI-11: once in 365 days."""

    name = "replace"
    label = _("Replace")
    intro = _("The present account stays until the new one says yes. Once in 365 days.")
    permission = "shops.binding"
    form_class = ReplaceForm

    def applies(self, actor: Actor, target: Binding) -> bool:
        return target.status == BindingStatus.ACTIVE and target.relation == Relation.OFFICIAL

    def run(self, *, actor: Actor, target: Binding, data: dict[str, Any], at: datetime) -> Any:
        bindings.start_binding(
            shop_id=target.shop_id,
            account=data["handle"],
            relation=Relation.OFFICIAL,
            authorisation_url=data["authorisation_url"],
            replaces=target,
            at=at,
            actor=actor,
        )
        return _("The owner of the new account is asked.")


class WithdrawBinding(Act):
    """While nobody said yes, or an operator still reads."""

    name = "withdraw"
    label = _("Withdraw")
    intro = _("The account is not asked any longer.")
    permission = "shops.binding"

    def applies(self, actor: Actor, target: Binding) -> bool:
        waiting = (BindingStatus.AWAITING_ACCOUNT, BindingStatus.AWAITING_REVIEW)
        return target.status in waiting

    def run(self, *, actor: Actor, target: Binding, data: dict[str, Any], at: datetime) -> Any:
        bindings.withdraw_binding(binding=target, at=at, actor=actor)
        return _("The request is withdrawn.")


class Unbind(Act):
    """BI-12: what stands against it is shown above, with counts."""

    name = "unbind"
    label = _("Unbind")
    intro = _("It ends when nothing stands against it. If that takes over 30 days, it stays.")
    permission = "shops.binding"
    is_dangerous = True

    def applies(self, actor: Actor, target: Binding) -> bool:
        return target.status == BindingStatus.ACTIVE

    def preview(self, actor: Actor, target: Binding) -> Sequence[tuple[Any, Any]]:
        return [(one.label, one.count) for one in preconditions.check(target)]

    def run(self, *, actor: Actor, target: Binding, data: dict[str, Any], at: datetime) -> Any:
        result = endings.unbind(binding=target, at=at, actor=actor)
        if result.binding.status == BindingStatus.ENDED:
            return _("The account is unbound.")
        return _("The account will be unbound when nothing stands against it.")


class KeepBinding(Act):
    """Taking the wish back."""

    name = "keep"
    label = _("Keep the account")
    intro = _("The unbinding is called off.")
    permission = "shops.binding"

    def applies(self, actor: Actor, target: Binding) -> bool:
        return target.status == BindingStatus.UNBIND_PENDING

    def run(self, *, actor: Actor, target: Binding, data: dict[str, Any], at: datetime) -> Any:
        endings.keep_binding(binding=target, at=at, actor=actor)
        return _("The account stays.")


def _with_roles(form: forms.Form, actor: Actor) -> forms.Form:
    role = form.fields["role"]
    assert isinstance(role, forms.ChoiceField)  # noqa: S101 -- for the type checker
    role.choices = [one for one in StaffRole.choices if may_grant(actor.permissions, one[0])]
    return form


def _shop_id(actor: Actor) -> int:
    if actor.shop_id is None:
        raise ValueError("a merchant acts for a shop")
    return actor.shop_id

"""Where a shop's money goes, in the merchant console."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from kernel.actors import Actor
from kernel.admin.base import Act, ConsoleModelAdmin
from kernel.admin.sites import merchant_site, operator_site
from settlements.enums import PayoutAccountStatus
from settlements.models import PayoutAccount
from settlements.services import payout_accounts

ACCOUNT_TONES: dict[str, str] = {
    PayoutAccountStatus.WAITING: "warning",
    PayoutAccountStatus.ACTIVE: "success",
    PayoutAccountStatus.REPLACED: "default",
    PayoutAccountStatus.REFUSED: "danger",
}


class AccountForm(forms.Form):
    """Bank and number, the number twice: a wrong digit sends money away."""

    bank = forms.CharField(label=_("Bank"), max_length=80)
    number = forms.CharField(label=_("Account number"), max_length=40)
    again = forms.CharField(label=_("Account number again"), max_length=40)

    def clean(self) -> dict[str, Any]:
        """Refuse two numbers that differ."""
        data = super().clean() or {}
        if data.get("number") != data.pop("again", None):
            self.add_error("again", forms.ValidationError(_("The numbers differ."), code="differs"))
        return data


class SetAccount(Act):
    """The first one at once, any other by two persons."""

    name = "set"
    label = _("Set the payout account")
    intro = _(
        "The holder is the shop's legal entity. A change waits for a second owner or finance "
        "person; where there is none it takes effect after 72 hours."
    )
    permission = "settlements.payout"
    form_class = AccountForm
    on_object = False

    def run(
        self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime
    ) -> str | Promise:
        assert actor.shop_id is not None  # noqa: S101 -- a merchant acts for a shop
        account = payout_accounts.set_account(shop_id=actor.shop_id, at=at, actor=actor, **data)
        if account.status == PayoutAccountStatus.ACTIVE:
            return _("Payouts go to this account from now on.")
        return _("The new account waits for approval. Until then payouts go to the present one.")


class AccountPage(ConsoleModelAdmin):
    """Accounts past and present; the number is never shown whole."""

    permission = "settlements.view"
    list_display: ClassVar[Any] = (
        "shown",
        "holder",
        "status_badge",
        "created_at",
        "active_from",
        "ended_at",
    )
    list_filter: ClassVar[Any] = ("status",)
    fields: Any = (("bank", "last_four"), ("holder", "status_badge"), ("created_at", "active_from"))

    @display(description=_("payout account"))
    def shown(self, account: PayoutAccount) -> str:
        """Bank and last four digits."""
        return str(account)

    @display(description=_("Status"), label=ACCOUNT_TONES)
    def status_badge(self, account: PayoutAccount) -> tuple[str, str]:
        """Its state in words and colour."""
        return account.status, account.get_status_display()


@admin.register(PayoutAccount, site=merchant_site)
class MerchantAccountPage(AccountPage):
    """The shop's."""

    acts = (SetAccount,)
    empty_hint = _("Set the bank account that payouts go to.")


@admin.register(PayoutAccount, site=operator_site)
class OperatorAccountPage(AccountPage):
    """Every shop's."""

    permission = "settlements.operate"
    list_display: ClassVar[Any] = ("shown", "shop", *AccountPage.list_display[1:])
    list_select_related = ("shop",)
    fields: Any = ("shop", *AccountPage.fields)

"""Signing in to a console: e-mail, password, and the second factor of those who set one up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminPasswordWidget
from unfold.widgets import UnfoldAdminTextInputWidget as TextWidget

from kernel.actors import resolve
from kernel.text import is_storable

if TYPE_CHECKING:
    from kernel.admin.sites import ConsoleSite


class ConsoleLoginForm(AdminAuthenticationForm):
    """Lets in who knows the password, passes the second factor and holds a role in this console.

    The limits on guessing are allauth's, shared with the API: one budget per address and network.
    """

    username = forms.EmailField(
        label=_("E-mail"),
        widget=UnfoldAdminEmailInputWidget(attrs={"autofocus": True, "autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label=_("Code of your authenticator app"),
        required=False,
        max_length=40,
        help_text=_("Only if you switched on two-step sign-in."),
        widget=TextWidget(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    site: ConsoleSite
    error_messages = {
        "invalid_login": _("The e-mail or the password is wrong."),
        "inactive": _("This account is closed."),
    }

    def clean(self) -> dict[str, Any]:
        """Sign the person in. Raises ValidationError with one sentence that says what is wrong."""
        email = self.cleaned_data.get("username")
        password = self.cleaned_data.get("password")
        if not email or not password or not is_storable(email + password):
            raise self.get_invalid_login_error()
        self.user_cache = get_adapter(self.request).authenticate(
            self.request, email=email, password=password
        )
        if self.user_cache is None:
            raise self.get_invalid_login_error()
        self.confirm_login_allowed(self.user_cache)
        self._check_second_factor(self.user_cache)
        return self.cleaned_data

    def confirm_login_allowed(self, user: Any) -> None:
        """Raise ValidationError for who holds no role here."""
        if not user.is_active or resolve(self.site.role, user.pk, {}) is None:
            raise ValidationError(_("This account has no access to this console."), code="no_role")

    @transaction.atomic  # a recovery code is used up under a lock
    def _check_second_factor(self, user: Any) -> None:
        if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
            return
        code = self.cleaned_data.get("code", "")
        if not code:
            raise ValidationError(_("Enter the code of your authenticator app."), code="no_code")
        if not AuthenticateForm(data={"code": code}, user=user).is_valid():
            raise ValidationError(_("The code is wrong."), code="wrong_code")

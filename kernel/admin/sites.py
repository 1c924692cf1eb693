"""The three consoles: one log-in each, one actor a request."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from kernel.actors import Actor, Role, resolve


class ConsoleLoginForm(AdminAuthenticationForm):
    """Log in with e-mail and password; whoever holds no role in this console is refused."""

    username = forms.CharField(
        label=_("E-mail"), widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "email"})
    )
    site: ConsoleSite

    def confirm_login_allowed(self, user: Any) -> None:
        if not user.is_active or resolve(self.site.role, user.pk, {}) is None:
            raise ValidationError(_("This account has no access to this console."), code="no_role")


class ConsoleSite(UnfoldAdminSite):
    """A console for one role. `actor(request)` is None for everybody else."""

    role: Role
    enable_nav_sidebar = True

    def __init__(self, name: str, role: Role, title: Any) -> None:
        super().__init__(name)
        self.role = role
        self.settings_name = f"UNFOLD_{name.upper()}"
        self.site_title = self.site_header = self.index_title = title
        self.login_form = type("LoginForm", (ConsoleLoginForm,), {"site": self})

    def actor(self, request: HttpRequest) -> Actor | None:
        """Return who the signed-in user is in this console; looked up once a request."""
        cache = request.__dict__.setdefault("_console_actors", {})
        if self.name not in cache:
            user = request.user
            keys = {"shop_id": request.session[key] for key in ("shop_id",) if key in request.session}
            is_known = user.is_authenticated and user.is_active
            cache[self.name] = resolve(self.role, user.pk, keys) if is_known else None
        return cache[self.name]

    def has_permission(self, request: HttpRequest) -> bool:
        return self.actor(request) is not None


merchant_site = ConsoleSite("merchant", Role.MERCHANT, _("Merchant console"))
support_site = ConsoleSite("support", Role.SUPPORT, _("Support console"))
operator_site = ConsoleSite("operator", Role.OPERATOR, _("Operator console"))

"""A person's own sign-in, in every console: the second factor, and where they are signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.mfa.adapter import get_adapter
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from kernel import browser_sessions, clock, second_factor
from kernel.actors import Actor
from kernel.admin.acts import explain
from kernel.admin.forms import dress
from kernel.errors import DomainError, NotFound

if TYPE_CHECKING:
    from kernel.admin.sites import ConsoleSite

#: Where a secret waits for its first code.
SECRET = "new_second_factor"  # noqa: S105 -- a key of the session


class CodeForm(forms.Form):
    """A code of the app; recovery codes work as well, except for switching it on."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )


class GuardedForm(CodeForm):
    """The password as well: a screen left open is not enough to change how one signs in."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("password", "code")

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        self.request = request
        super().__init__(*args, **kwargs)

    def clean_password(self) -> str:
        """Refuse a wrong password; tries are counted as those at the door are."""
        password: str = self.cleaned_data["password"]
        user: Any = self.request.user
        known = get_account_adapter(self.request).authenticate(
            self.request, email=user.email, password=password
        )
        if known is None or known.pk != user.pk:
            raise ValidationError(gettext("The password is wrong."), code="wrong_password")
        return password


class SecurityPages:
    """The pages under ``security`` of one console. Who needs a second factor sees these alone."""

    def __init__(self, site: ConsoleSite) -> None:
        self.site = site

    def urls(self) -> list[Any]:
        """Return the addresses; every act is a POST."""
        views = (
            ("security", "security", self.overview),
            ("security/on", "security_on", self.switch_on),
            ("security/off", "security_off", self.switch_off),
            ("security/codes", "security_codes", self.renew_codes),
            ("security/sessions/end", "security_end", require_POST(self.end_session)),
        )
        return [path(where, self._door(view), name=name) for where, name, view in views]

    def overview(self, request: HttpRequest) -> HttpResponse:
        """Show whether the second factor is on, and every session."""
        user_id = self._user_id(request)
        is_on = second_factor.is_on(user_id)
        return self._page(
            request,
            "console/security.html",
            is_on=is_on,
            codes_left=second_factor.codes_left(user_id) if is_on else 0,
            is_needed=self._actor(request).needs_second_factor,
            sessions=browser_sessions.sessions_of(user_id, current_key=request.session.session_key),
        )

    def switch_on(self, request: HttpRequest) -> HttpResponse:
        """Show the secret as a picture and as text; a code of the app puts it in force."""
        secret = request.session.get(SECRET)
        if secret is None:
            secret = request.session[SECRET] = second_factor.new_secret()
        form = GuardedForm(request.POST or None, request=request)
        if request.method == "POST" and form.is_valid():
            codes = self._try(
                form, second_factor.switch_on, request, secret=secret, code=_digits(form)
            )
            if codes is not None:
                del request.session[SECRET]
                return self._codes(request, codes)
        adapter = get_adapter()
        url = adapter.build_totp_url(request.user, secret)
        return self._form_page(
            request,
            form,
            gettext("Switch on two-step sign-in"),
            picture=mark_safe(adapter.build_totp_svg(url)),  # noqa: S308 -- drawn here
            secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
            intro=gettext(
                "Scan the picture with an authenticator app, or type the key into it. Then enter "
                "the code that it shows."
            ),
        )

    def switch_off(self, request: HttpRequest) -> HttpResponse:
        """Ask for password and code, then sign in with the password alone."""
        form = GuardedForm(request.POST or None, request=request)
        if request.method == "POST" and form.is_valid():
            done = self._try(
                form,
                second_factor.switch_off,
                request,
                code=form.cleaned_data["code"],
                is_needed=self._is_demanded(request),
            )
            if done is not None:
                messages.success(request, gettext("Two-step sign-in is off."))
                return self._home(request)
        return self._form_page(
            request, form, gettext("Switch off two-step sign-in"), is_dangerous=True
        )

    def renew_codes(self, request: HttpRequest) -> HttpResponse:
        """Ask for password and code, then show new recovery codes."""
        form = GuardedForm(request.POST or None, request=request)
        if request.method == "POST" and form.is_valid():
            code = form.cleaned_data["code"]
            codes = self._try(form, second_factor.renew_codes, request, code=code)
            if codes is not None:
                return self._codes(request, codes)
        return self._form_page(
            request,
            form,
            gettext("New recovery codes"),
            intro=gettext("The earlier recovery codes stop working."),
        )

    def end_session(self, request: HttpRequest) -> HttpResponse:
        """End the named session, or without a name every other one."""
        who: Any = {
            "user_id": self._user_id(request),
            "at": clock.now(),
            "actor": self._actor(request),
        }
        named = request.POST.get("session", "")
        if not named:
            key = request.session.session_key
            count = browser_sessions.end_others(current_key=key, **who)
            said = ngettext("%(count)s session is ended.", "%(count)s sessions are ended.", count)
            messages.success(request, said % {"count": count})
            return self._home(request)
        try:
            if not named.isascii() or not named.isdigit() or len(named) > 18:
                raise NotFound
            browser_sessions.end_one(session_pk=int(named), **who)
        except NotFound:
            messages.error(request, gettext("This session has ended already."))
        else:
            messages.success(request, gettext("The session is ended."))
        return self._home(request)

    def _door(self, view: Any) -> Any:
        return sensitive_post_parameters()(never_cache(self.site.open_view(view)))

    def _try(self, form: forms.Form, act: Any, request: HttpRequest, **data: Any) -> Any:
        """Return what the act gave (True for nothing), or None when the form now says why not."""
        try:
            given = act(
                user_id=self._user_id(request),
                at=clock.now(),
                actor=self._actor(request),
                **data,
            )
        except DomainError as error:
            explain(form, error)
            return None
        self.site.forget_actor(request)
        return given if given is not None else True

    def _codes(self, request: HttpRequest, codes: list[str]) -> HttpResponse:
        return self._page(request, "console/recovery_codes.html", codes=codes)

    def _form_page(
        self, request: HttpRequest, form: forms.Form, title: str, **more: Any
    ) -> HttpResponse:
        dress(form)
        page = self._page(request, "console/security_form.html", form=form, **more)
        page.context_data = {**(page.context_data or {}), "title": title}
        page.status_code = 422 if request.method == "POST" else 200
        return page

    def _page(self, request: HttpRequest, template: str, **more: Any) -> TemplateResponse:
        home = reverse(f"{self.site.name}:security")
        context = {
            **self.site.each_context(request),
            "title": gettext("Sign-in and security"),
            "crumbs": [(home, gettext("Sign-in and security"))] if "form" in more else [],
            "back": home,
            **more,
        }
        return TemplateResponse(request, template, context)

    def _home(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse(f"{self.site.name}:security"))

    def _is_demanded(self, request: HttpRequest) -> bool:
        return second_factor.is_demanded() and self._actor(request).is_guarded

    def _actor(self, request: HttpRequest) -> Actor:
        actor = self.site.actor(request)
        if actor is None:
            raise NotFound
        return actor

    def _user_id(self, request: HttpRequest) -> int:
        return int(request.user.pk or 0)


def _digits(form: forms.Form) -> str:
    """Return the code as apps show it, without the space in its middle."""
    return "".join(str(form.cleaned_data["code"]).split())

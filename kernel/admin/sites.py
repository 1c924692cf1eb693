"""The three consoles: one log-in each, one actor a request."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import update_wrapper
from http import HTTPStatus
from typing import Any, ClassVar
from urllib.parse import urlencode

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.sites import UnfoldAdminSite

from kernel import clock, walls
from kernel.actors import Actor, Role, resolve
from kernel.admin import home
from kernel.admin.login import ConsoleLoginForm
from kernel.admin.security import SecurityPages

#: The key of the session under which a console remembers the tenant its reader works for.
SHOP_KEY = "shop_id"


@dataclass(frozen=True)
class Tenant:
    """One of several shops a person may work for: its public id and its name."""

    key: str
    title: str


class ConsoleSite(UnfoldAdminSite):
    """A console for one role. `actor(request)` is None for everybody else."""

    role: Role
    enable_nav_sidebar = True
    index_template = "console/home.html"
    login_template = "console/login.html"
    #: Tells the tenants of a user (by primary key), when the console has tenants.
    tenants: Callable[[int], Sequence[Tenant]] | None = None
    #: Views that are about the person, not the shop: they end or change a session.
    _personal: ClassVar[frozenset[str]] = frozenset(
        {"logout", "password_change", "password_change_done"}
    )
    #: Addresses of Django's admin that answer about rows by primary key, past every scope.
    _closed: ClassVar[frozenset[str]] = frozenset({"view_on_site"})

    def __init__(self, name: str, role: Role, title: Any) -> None:
        self.settings_name = f"UNFOLD_{name.upper()}"
        super().__init__(name)
        self.role = role
        self.site_title = self.site_header = title
        self.index_title = _("Home")
        self.login_form = type("LoginForm", (ConsoleLoginForm,), {"site": self})

    def actor(self, request: HttpRequest) -> Actor | None:
        """Return who the signed-in user is in this console; looked up once a request."""
        cache = request.__dict__.setdefault("_console_actors", {})
        if self.name not in cache:
            user = request.user
            is_known = user.is_authenticated and user.is_active
            cache[self.name] = self._resolve(request, user.pk) if is_known else None
        return cache[self.name]

    def _resolve(self, request: HttpRequest, user_id: Any) -> Actor | None:
        chosen = request.session.get(SHOP_KEY)
        actor = resolve(self.role, user_id, {SHOP_KEY: chosen} if chosen else {})
        if actor is None and chosen:  # no longer of that shop: any other of theirs will do
            actor = resolve(self.role, user_id, {})
        return actor

    def forget_actor(self, request: HttpRequest) -> None:
        """Look up again who the user is: what they may do has just changed."""
        request.__dict__.pop("_console_actors", None)

    def has_permission(self, request: HttpRequest) -> bool:
        return self.actor(request) is not None

    def open_view(self, view: Callable[..., Any]) -> Callable[..., Any]:
        """Return `view` for this console's people, second factor or not.

        It is about the person, not a shop: outside of the wall.
        """
        return super().admin_view(view)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        """Return `view` for this console's people only, drawn behind the wall of their shop.

        Who lacks the second factor that their role demands is sent to set it up.
        """

        def drawn(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            self._tenants_of(request)  # other shops' names, for the menu: known from here on
            actor, is_personal = self.actor(request), view.__name__ in self._personal
            if actor is not None and actor.needs_second_factor and not is_personal:
                return HttpResponseRedirect(reverse(f"{self.name}:security"))
            shop_id = actor.shop_id if actor and not is_personal else None
            with walls.behind(shop_id) if shop_id is not None else nullcontext():
                response = view(request, *args, **kwargs)
                return response.render() if isinstance(response, TemplateResponse) else response

        return super().admin_view(update_wrapper(drawn, view), cacheable)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the log-in; who gets in lands where they meant to go, else at home.

        Who works for several shops says first for which.
        """
        response = super().login(request, extra_context)
        if response.status_code != HTTPStatus.FOUND:
            return response
        self.forget_actor(request)
        if request.method == "POST":
            UserSession.objects.create_from_request(request)
        target = response["Location"]
        if target == resolve_url(settings.LOGIN_REDIRECT_URL):
            target = reverse(f"{self.name}:index")
        if SHOP_KEY not in request.session and len(self._tenants_of(request)) > 1:
            target = f"{reverse(f'{self.name}:choose')}?{urlencode({'next': target})}"
        return HttpResponseRedirect(target)

    def get_page(self, model: type[models.Model]) -> Any:
        """Return the registered page of `model`, or None."""
        return self._registry.get(model)

    def get_urls(self) -> list[Any]:
        """Return Django's addresses without those past every scope, plus tenants and sign-in."""
        kept = [one for one in super().get_urls() if getattr(one, "name", "") not in self._closed]
        switch = path("switch", self.open_view(require_POST(self.switch)), name="switch")
        choose = path("choose", self.open_view(self.choose), name="choose")
        return [switch, choose, *SecurityPages(self).urls(), *kept]

    def search(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Refuse: Unfold keeps what it found by user and word, across consoles and tenants."""
        raise Http404

    def switch(self, request: HttpRequest) -> HttpResponse:
        """Work for another of one's own tenants from now on."""
        key = request.POST.get("tenant", "")
        if key not in {tenant.key for tenant in self._tenants_of(request)}:
            raise Http404
        request.session[SHOP_KEY] = key
        return HttpResponseRedirect(self._next(request, request.POST))

    def choose(self, request: HttpRequest) -> HttpResponse:
        """Ask for which of one's tenants one works now (BI-14)."""
        context = {
            **self.each_context(request),
            "choices": self._tenants_of(request),
            "next": self._next(request, request.GET),
            "title": _("Choose a shop"),
        }
        return TemplateResponse(request, "console/choose.html", context)

    def _next(self, request: HttpRequest, given: Mapping[str, Any]) -> str:
        """Return the page of this console that `given` asks for, else its home."""
        home_page, wanted = reverse(f"{self.name}:index"), str(given.get("next", ""))
        is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
        return wanted if is_ours and wanted.startswith(home_page) else home_page

    def _tenants_of(self, request: HttpRequest) -> Sequence[Tenant]:
        if self.tenants is None or self.actor(request) is None:
            return ()
        known = request.__dict__.setdefault("_console_tenants", {})
        if self.name not in known:
            known[self.name] = list(self.tenants(int(request.user.pk or 0)))
        return known[self.name]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        request.current_app = self.name  # {% url 'admin:…' %} means this console, not the last one
        context = super().each_context(request)
        tenants = {tenant.key: tenant for tenant in self._tenants_of(request)}
        chosen = request.session.get(SHOP_KEY) if tenants else None
        tenant = tenants.get(chosen or "") or next(iter(tenants.values()), None)
        context |= {"tenants": list(tenants.values()) if len(tenants) > 1 else [], "tenant": tenant}
        if tenant is not None:
            context["site_subheader"] = tenant.title
        return context

    def index(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        actor = self.actor(request)
        page = home.collect(self.name, actor, clock.now()) if actor else home.Page()
        context = {"page": page, **(extra_context or {})}
        return super().index(request, context)

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """Return the menu: every page the reader may open, grouped by room.

        Titles, order and icons come from CONSOLE_ROOMS and CONSOLE_ICONS; a page that nobody named
        there is in the menu all the same.
        """
        apps = {app["app_label"]: app for app in self.get_app_list(request)}
        first = {"title": _("Home"), "icon": "home", "link": reverse(f"{self.name}:index")}
        groups = [{"title": None, "items": [first]}]
        for label in [*settings.CONSOLE_ROOMS, *sorted(set(apps) - set(settings.CONSOLE_ROOMS))]:
            if label in apps:
                items = [_menu_item(model) for model in sorted(apps[label]["models"], key=_place)]
                title = settings.CONSOLE_ROOMS.get(label, apps[label]["name"])
                groups.append({"title": title, "items": items})
        for group in groups:
            group["items"] = self._get_navigation_items(request, group["items"])
        return groups


def _place(model: dict[str, Any]) -> tuple[int, str]:
    """Where a page stands in its group: as CONSOLE_ICONS lists it, the others behind."""
    known = list(settings.CONSOLE_ICONS)
    label = model["model"]._meta.label_lower
    return (known.index(label) if label in known else len(known), label)


def _menu_item(model: dict[str, Any]) -> dict[str, Any]:
    label = model["model"]._meta.label_lower
    icon = settings.CONSOLE_ICONS.get(label, "list_alt")
    return {"title": model["name"], "icon": icon, "link": model["admin_url"]}


merchant_site = ConsoleSite("merchant", Role.MERCHANT, _("Merchant console"))
support_site = ConsoleSite("support", Role.SUPPORT, _("Support console"))
operator_site = ConsoleSite("operator", Role.OPERATOR, _("Operator console"))

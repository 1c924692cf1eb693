"""Every door of the house is of our own make: API views, console pages."""

import inspect
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.functional import Promise

from kernel.actors import Role
from kernel.admin.base import Act, ConsoleModelAdmin
from kernel.admin.sites import merchant_site, operator_site, support_site
from kernel.api.serializers import In, Out
from kernel.api.views import View

SITES = (merchant_site, support_site, operator_site)
#: Addresses below /api/ that others' code answers.
FOREIGN = ("api/v1/auth/", "api/schema", "api/docs/", "^api/")
#: Views that read the raw body themselves, because its signature is over the bytes.
RAW = {
    "api/v1/orders/notices/<str:gateway>",
    "api/v1/orders/carriers/<str:carrier>/notices",
}
METHODS = ("get", "post", "put", "patch", "delete")


def walk(
    patterns: list[URLPattern | URLResolver], prefix: str = ""
) -> Iterator[tuple[str, object]]:
    for one in patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from walk(one.url_patterns, route)
        else:
            yield route, one.callback


def api_views() -> dict[str, type[View]]:
    """Route → view class of everything below /api/ that is ours."""
    found = {}
    for route, callback in walk(get_resolver("config.urls").url_patterns):
        if route.startswith(("api/", "^api/")) and not route.startswith(FOREIGN):
            found[route] = getattr(callback, "view_class", None) or getattr(
                callback, "cls", callback
            )
    return found


def operations() -> list[tuple[str, str, type[View]]]:
    return [
        (route, method, view)
        for route, view in api_views().items()
        for method in METHODS
        if hasattr(view, method) and route not in RAW
    ]


OPERATIONS = [pytest.param(*one, id=f"{one[1]} {one[0]}") for one in operations()]
PAGES = [
    pytest.param(site, model, page, id=f"{site.name} {model._meta.label_lower}")
    for site in SITES
    for model, page in site._registry.items()
]


def test_there_are_doors_to_check() -> None:
    assert len(OPERATIONS) > 60
    assert len(PAGES) > 20


def test_every_view_of_the_api_is_a_view_of_ours() -> None:
    strangers = [
        route
        for route, view in api_views().items()
        if not (inspect.isclass(view) and issubclass(view, View))
    ]

    assert strangers == []


@pytest.mark.parametrize(("route", "method", "view"), OPERATIONS)
def test_every_method_is_an_operation_with_a_summary(
    route: str, method: str, view: type[View]
) -> None:
    handler = getattr(view, method)

    assert hasattr(handler, "is_paged"), "wrap it with @operation or @listing"
    assert (inspect.getdoc(handler) or "").strip() != ""


@pytest.mark.parametrize(("route", "method", "view"), OPERATIONS)
def test_every_address_says_for_whom_it_is(route: str, method: str, view: type[View]) -> None:
    words = route.removeprefix("api/v1/").split("/")
    expected = {
        "shops": {Role.MERCHANT},
        "creator": {Role.CREATOR},
        "agency": {Role.AGENCY},
        "support": {Role.SUPPORT},
        "operator": {Role.OPERATOR},
    }
    is_role = (
        len(words) > 1 and words[1] in expected and (words[1] != "shops" or "shop_id" in route)
    )
    allowed = expected[words[1]] if is_role else {Role.ANONYMOUS, Role.BUYER}

    assert view.audience in allowed
    assert not route.endswith("/")


@pytest.mark.parametrize(("route", "method", "view"), OPERATIONS)
def test_an_operation_that_runs_once_knows_its_caller(
    route: str, method: str, view: type[View]
) -> None:
    if getattr(view, method).is_idempotent:
        assert view.audience is not Role.ANONYMOUS  # strangers would share their keys


def subclasses(base: type) -> list[type]:
    found, waiting = [], [base]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            found.append(kind)
            waiting.append(kind)
    return [kind for kind in found if not kind.__module__.startswith(("tests", "kernel"))]


def test_shapes_of_the_api_have_unique_names() -> None:
    names = [kind.__name__ for kind in subclasses(In) + subclasses(Out)]

    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(("site", "model", "page"), PAGES)
def test_every_console_page_is_a_page_of_ours(site: object, model: object, page: object) -> None:
    assert isinstance(page, ConsoleModelAdmin)
    assert page.permission, "a page without a permission is open to every role of its console"
    assert page.inlines == ()
    assert not page.actions
    assert page.list_editable == ()
    if page.has_object_page:
        assert hasattr(model, page.public_field)
        assert page.public_field != "id"
    if page.has_object_page and site is merchant_site:
        assert page.public_field != "pk", "merchants would read how many rows the platform has"


def _answers_itself(page: ConsoleModelAdmin, act: type[Act]) -> bool:
    """Some pages answer an act in `act_view`: what it shows must not pass through a redirect."""
    is_own = type(page).act_view is not ConsoleModelAdmin.act_view
    return is_own and act.__name__ in inspect.getsource(type(page).act_view)


@pytest.mark.parametrize(("site", "model", "page"), PAGES)
def test_every_act_of_a_page_asks_for_a_permission_and_is_translated(
    site: object, model: object, page: ConsoleModelAdmin
) -> None:
    names = [act.name for act in page.acts]

    assert len(names) == len(set(names))
    for act in page.acts:
        assert issubclass(act, Act)
        assert act.permission != "", act.name
        assert isinstance(act.label, Promise), act.name
        assert act.intro == "" or isinstance(act.intro, Promise), act.name
        assert act.run is not Act.run or _answers_itself(page, act), act.name

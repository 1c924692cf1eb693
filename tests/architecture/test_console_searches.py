"""Every list of the consoles looks for whatever is typed: words, numbers, nonsense."""

from typing import Any

import pytest
from django.test import RequestFactory

from kernel.actors import Actor, Role
from kernel.admin.base import ConsoleModelAdmin
from kernel.admin.sites import merchant_site, operator_site, support_site

pytestmark = pytest.mark.django_db

TYPED = (
    "word",
    "two words",
    "真丝",
    "true",
    "1e309",
    "9" * 400,
    "' OR 1=1 --",
    "%",
    "\u202egnp.exe",
)
LISTS = [
    pytest.param(page, id=f"{site.name}:{model._meta.label_lower}")
    for site in (merchant_site, operator_site, support_site)
    for model, page in site._registry.items()
    if isinstance(page, ConsoleModelAdmin)
]


def test_there_are_lists_to_search() -> None:
    assert len(LISTS) > 60


@pytest.mark.parametrize("page", LISTS)
def test_a_list_looks_for_whatever_is_typed(page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    actor = Actor(Role.OPERATOR, user_id=1, label="operator")
    monkeypatch.setattr(ConsoleModelAdmin, "actor", lambda *_: actor)
    request = RequestFactory().get("/")
    everything = page.model._default_manager.all()

    for typed in TYPED if page.get_search_fields(request) else ():
        found, _needs_distinct = page.get_search_results(request, everything, typed)
        assert list(found[:1]) == []

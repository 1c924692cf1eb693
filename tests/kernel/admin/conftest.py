"""Who visits the console of the tests."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from kernel import actors
from kernel.actors import Actor, Role
from tests.factories.accounts import UserFactory

ALL = frozenset({"tests.view", "tests.refund"})


@pytest.fixture(autouse=True)
def _test_addresses(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.kernel.admin.urls"


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Client]:
    """`visit(role, shop_id, permissions)`: a client that the console takes for that actor."""

    def enter(
        role: Role = Role.OPERATOR,
        shop_id: int | None = None,
        permissions: frozenset[str] = ALL,
    ) -> Client:
        def resolver(user_id: int, keys: Any) -> Actor:
            return Actor(role, user_id, shop_id=shop_id, permissions=permissions)

        monkeypatch.setitem(actors._resolvers, Role.OPERATOR, resolver)
        client = Client()
        client.force_login(UserFactory(), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter

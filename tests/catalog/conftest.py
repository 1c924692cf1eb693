"""Who acts in the catalog's tests."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from catalog.models import Category
from kernel.actors import Actor, Role
from shops.models import Shop
from tests.factories.accounts import OperatorFactory
from tests.factories.catalog import CategoryFactory
from tests.factories.shops import ShopFactory, actor_of, owner_of


@pytest.fixture
def at() -> datetime:
    return datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def shop(db: None) -> Shop:
    return ShopFactory()


@pytest.fixture
def merchant(shop: Shop) -> Actor:
    return actor_of(shop)


@pytest.fixture
def operator() -> Actor:
    return Actor(
        role=Role.OPERATOR,
        user_id=None,
        permissions=frozenset({"catalog.operate"}),
        label="Chen (operator)",
    )


@pytest.fixture
def leaf(db: None) -> Category:
    return CategoryFactory(name="床品件套")


@pytest.fixture
def desks(shop: Shop) -> tuple[Client, Client]:
    """The console of the shop's owner, and the operators'."""
    people = owner_of(shop), OperatorFactory()
    clients = Client(), Client()
    for client, user in zip(clients, people, strict=True):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return clients

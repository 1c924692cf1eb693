"""Who acts in the catalog's tests."""

from datetime import UTC, datetime

import pytest

from catalog.models import Category
from kernel.actors import Actor, Role
from shops.models import Shop
from tests.factories.catalog import CategoryFactory
from tests.factories.shops import ShopFactory, actor_of


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

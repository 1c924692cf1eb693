"""Clients of the after-sales API for each role."""

from itertools import count

import pytest

from shops.enums import StaffRole
from tests.factories.accounts import OperatorFactory, SupportFactory
from tests.factories.shops import StaffFactory

_keys = count(1)


@pytest.fixture
def as_buyer(client_for):
    """`as_buyer(case_or_order)`: its buyer's client."""
    return lambda owned: client_for(owned.buyer)


@pytest.fixture
def as_shop(client_for):
    """`as_shop(shop, role=…)`: a client of somebody who works there."""

    def build(shop, role=StaffRole.AFTERSALES_AGENT):
        return client_for(StaffFactory(shop=shop, role=role).user)

    return build


@pytest.fixture
def support_client(client_for):
    """A support agent's client."""
    return client_for(SupportFactory())


@pytest.fixture
def operator_client(client_for):
    """An operator's client."""
    return client_for(OperatorFactory())


@pytest.fixture
def send():
    """`send(client, path, body)`: POST under /api/v1/aftersales/ with a new idempotency key."""

    def post(client, path, body=None, key=None):
        headers = {"Idempotency-Key": key or f"key-{next(_keys)}"}
        return client.post(f"/api/v1/aftersales/{path}", body or {}, format="json", headers=headers)

    return post


@pytest.fixture
def get():
    """`get(client, path)`: GET under /api/v1/aftersales/."""
    return lambda client, path: client.get(f"/api/v1/aftersales/{path}")

"""The consoles, signed in."""

import pytest
from django.test import Client

from shops.enums import StaffRole
from tests.factories.accounts import OperatorFactory, SupportFactory
from tests.factories.shops import StaffFactory, owner_of


def signed_in(user) -> Client:
    """Return a browser that `user` signed in with."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def shop_desk():
    """`shop_desk(shop, role=…)`: the console of a member of the staff."""

    def build(shop, role=StaffRole.OWNER):
        if role == StaffRole.OWNER:
            return signed_in(owner_of(shop))
        return signed_in(StaffFactory(shop=shop, role=role).user)

    return build


@pytest.fixture
def operator_desk():
    """`operator_desk()`: the console of an operator of their own."""
    return lambda: signed_in(OperatorFactory())


@pytest.fixture
def support_desk():
    return signed_in(SupportFactory())

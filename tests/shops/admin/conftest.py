"""Browsers of the people who work with shops."""

import pytest
from django.test import Client

from shops.enums import StaffRole
from tests.factories.accounts import OperatorFactory
from tests.factories.shops import StaffFactory, owner_of


def signed_in(user) -> Client:
    """Return a browser that `user` signed in with."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def desk():
    """`desk(shop, role)`: the merchant console of its owner, or of `role`."""

    def build(shop, role=StaffRole.OWNER):
        if role == StaffRole.OWNER:
            return signed_in(owner_of(shop))
        return signed_in(StaffFactory(shop=shop, role=role).user)

    return build


@pytest.fixture
def operator_desk():
    """The operator console."""
    return signed_in(OperatorFactory())

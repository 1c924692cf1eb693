"""The consoles, signed in."""

import pytest
from django.test import Client

from shops.enums import StaffRole
from tests.factories.shops import StaffFactory


def signed_in(user) -> Client:
    """Return a browser that `user` signed in with."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def shop_desk():
    """`shop_desk(shop, role=…)`: the console of a member of the staff."""

    def build(shop, role=StaffRole.OWNER):
        return signed_in(StaffFactory(shop=shop, role=role).user)

    return build

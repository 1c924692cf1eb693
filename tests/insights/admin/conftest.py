"""The merchant console of somebody who works in a shop."""

import pytest
from django.test import Client

from shops.enums import StaffRole
from tests.factories.shops import StaffFactory


@pytest.fixture
def shop_desk():
    """`shop_desk(shop, role=…)`: the console of a member of the staff."""

    def build(shop, role=StaffRole.OWNER):
        client = Client()
        user = StaffFactory(shop=shop, role=role).user
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return build

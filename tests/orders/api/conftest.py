"""Who buys in the tests of the buyer's door."""

import pytest

from tests.factories.accounts import UserFactory


@pytest.fixture
def buyer():
    return UserFactory()


@pytest.fixture
def client(client_for, buyer):
    return client_for(buyer)

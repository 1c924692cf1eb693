"""The hour in the tests of orders' services."""

import pytest

from kernel.clock import database_now


@pytest.fixture
def now():
    return database_now()

"""What every test of the API's base shares."""

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _test_addresses(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.kernel.api.urls"

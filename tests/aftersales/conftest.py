"""What the tests of after-sales share."""

from collections.abc import Callable

import pytest

from aftersales.models import RefundCase
from aftersales.services import invariants


@pytest.fixture
def sound() -> Callable[[], None]:
    """`sound()`: the room's laws hold."""

    def check() -> None:
        assert invariants.violations() == []

    return check


@pytest.fixture
def stored() -> Callable[[RefundCase], dict]:
    """`stored(case)`: the row as the database has it, to show that nothing changed."""

    def read(case: RefundCase) -> dict:
        return RefundCase.objects.filter(pk=case.pk).values().get()

    return read

"""Where interleavings play."""

from collections.abc import Iterator

import pytest

from kernel import asking
from tests.interleavings.staging import Stage


@pytest.fixture
def stage(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A stage on the test's database; whatever was written is gone afterwards.

    Statements that share a round trip are sent alone: a rival may come between any two of them.
    """
    monkeypatch.setattr(asking, "AT_ONCE", 1)
    opened = Stage()
    yield opened
    opened.close()

"""Where interleavings play."""

from collections.abc import Iterator

import pytest

from tests.interleavings.staging import Stage


@pytest.fixture
def stage(transactional_db: None) -> Iterator[Stage]:
    """A stage on the test's database; whatever was written is gone afterwards."""
    opened = Stage()
    yield opened
    opened.close()

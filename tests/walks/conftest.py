"""The world of the walks: built once, inside a transaction that is undone after the last walk."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.walks.rows import rolled_back
from tests.walks.world import World, build


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: object) -> Iterator[World]:
    """Two shops; every probe undoes its own writes, so all walks may share them."""
    with django_db_blocker.unblock(), rolled_back():
        yield build()


@pytest.fixture
def _django_db_helper() -> None:
    """Nothing around a test: pytest-django's own transaction would close the world's connection."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how far each walk went: a walk of ten probes would be green, too."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, ()):
            for name, value in getattr(report, "user_properties", ()):
                if name == "walk" and report.when == "call":
                    terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {value}")

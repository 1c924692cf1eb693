"""The world of the walks: built once, inside a transaction that is undone after the last walk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext

import pytest

from kernel import walls
from kernel.scoping import ScopedQuerySet
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


@pytest.fixture
def without_the_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first wall alone: doors of merchants work as the role that sees every shop."""
    monkeypatch.setattr(walls, "behind", lambda shop_id: nullcontext())


@pytest.fixture
def without_filters(monkeypatch: pytest.MonkeyPatch, no_tripwire: None) -> Callable[[], None]:
    """The second wall alone: once called, every `visible_to` shows all there is."""

    def remove() -> None:
        waiting: list[type[ScopedQuerySet]] = [ScopedQuerySet]
        while waiting:
            kind = waiting.pop()
            waiting += kind.__subclasses__()
            if "visible_to" in vars(kind):
                monkeypatch.setattr(kind, "visible_to", lambda self, actor: self)

    return remove


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how far each walk went: a walk of ten probes would be green, too."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, ()):
            for name, value in getattr(report, "user_properties", ()):
                if name == "walk" and report.when == "call":
                    terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {value}")

"""How often somebody may do something."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.embedded.valkey import Valkey
from kernel import limits
from kernel.errors import TooOften
from kernel.limits import Limit

TWICE = Limit("test", per_second=2, burst=2)
#: Slow enough for the slowest machine.
SLOW = Limit("test", per_second=0.01, burst=2)


@pytest.fixture(autouse=True)
def _forget(settings: Any) -> Iterator[None]:
    settings.LIMITS_URL = ""
    limits._script.cache_clear()
    limits._paid_until.clear()
    limits._Resting.until = 0.0
    yield
    limits._script.cache_clear()


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    folder: Path = tmp_path_factory.mktemp("valkey")
    server = Valkey(folder / "data", log=folder / "log")
    server.start()
    server.wait()
    yield server
    server.stop()


def spent(limit: Limit, subject: str, times: int) -> list[bool]:
    """Return for each of `times` calls whether it went through."""
    went = []
    for _ in range(times):
        try:
            limit.spend_here(subject)
            went.append(True)
        except TooOften:
            went.append(False)
    return went


def test_two_go_at_once_and_two_in_each_second(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000.0
    monkeypatch.setattr(limits.time, "monotonic", lambda: now)
    first = spent(TWICE, "ann", 3)
    other = spent(TWICE, "bob", 1)
    now += 0.5
    later = spent(TWICE, "ann", 2)

    assert (first, other, later) == ([True, True, False], [True], [True, False])


def test_a_refusal_says_how_long_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits.time, "monotonic", lambda: 1_000.0)
    spent(TWICE, "eve", 2)

    with pytest.raises(TooOften) as refusal:
        TWICE.spend_here("eve")

    assert refusal.value.wait == 0.5


def test_no_limit_is_no_limit() -> None:
    assert spent(Limit("test", per_second=0, burst=1), "ann", 9) == [True] * 9


def test_valkey_counts_for_all_processes(valkey: Valkey, settings: Any) -> None:
    settings.LIMITS_URL = valkey.url()

    here = SLOW.spend_all(["cat", "cow"])
    limits._script.cache_clear()  # another process
    there = SLOW.spend_all(["cat", "cat", "cow", "cub"])

    assert here == [0.0, 0.0]
    assert [wait > 0 for wait in there] == [False, True, False, False]
    assert 0 < there[1] <= 100


def test_without_valkey_the_sale_goes_on_under_limits_of_this_process(
    tmp_path: Path, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.LIMITS_URL = f"unix://{tmp_path}/nobody.sock"

    assert SLOW.spend_all(["dan", "dan", "dan"]) == [0.0] * 3
    assert SLOW.spend_all(["dan"]) == [0.0]
    assert spent(SLOW, "dan", 3) == [True, True, False]
    assert len(caplog.records) == 1  # it rests before it asks again


def test_no_limit_asks_nobody(tmp_path: Path, settings: Any) -> None:
    settings.LIMITS_URL = f"unix://{tmp_path}/nobody.sock"

    assert Limit("test", per_second=0, burst=1).spend_all(["fay"]) == [0.0]
    assert limits._Resting.until == 0.0

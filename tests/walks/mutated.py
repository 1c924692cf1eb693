"""The tests of a room beside one mutant, in processes of their own (T5).

As a pytest plugin (`-p tests.walks.mutated`) it lets the wall down and the mutant that MUTANT names
live for the whole run. What fails without a mutant is no finding.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from config.environment import BASE_DIR

if TYPE_CHECKING:  # a plugin is imported before the models can be
    from tests.walks.mutants import Mutant

_QUIETLY = ("-n0", "-q", "-pno:cacheprovider", "-ptests.walks.mutated", "-mnot browser")
_LIVING: list[Any] = []
_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


def pytest_collection_finish() -> None:
    """Let the wall down and the mutant live, before the first test."""
    from kernel import walls
    from tests.walks.mutants import filters, guards

    walls._ENTER = f"SELECT set_config('{walls.SETTING}', %s, true)"
    wanted = os.environ.get("MUTANT")
    for mutant in (*filters(), *guards()) if wanted else ():
        if str(mutant) == wanted:
            living = mutant.apply()
            living.__enter__()
            _LIVING.append(living)  # what nobody holds is undone at once
            return
    if wanted:
        raise pytest.UsageError(f"no mutant is called {wanted}")


def noticed_by(mutant: Mutant) -> str:
    """Return a test of the mutant's room that fails beside it and passes without it, if any."""
    known = _failures(mutant.room, "")
    return min(_failures(mutant.room, str(mutant), known), default="")


@cache
def _failures(room: str, name: str, known: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return what fails of a room; beside a mutant the first, of what holds without the wall."""
    address, _, options = os.environ["DATABASE_URL"].partition("?")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", *_QUIETLY, "--reuse-db"),
            *(["--maxfail=1"] if name else []),
            *(f"--deselect={one}" for one in known),
            f"tests/{room}",
        ],
        cwd=BASE_DIR,
        env=os.environ | {"MUTANT": name, "DATABASE_URL": f"{address}_mutant?{options}"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stdout[-2_000:] + done.stderr[-2_000:])
    return frozenset(_FAILED.findall(done.stdout))

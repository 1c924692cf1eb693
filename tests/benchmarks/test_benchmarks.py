"""The benchmarks run, and what they check is right; how fast it was is nobody's business here."""

import json
import os
import subprocess
import sys

import pytest

from config.environment import BASE_DIR

pytestmark = pytest.mark.slow


def run(name, *arguments):
    """Run a benchmark as `make` does; return its JSON line."""
    env = {one: os.environ[one] for one in ("PATH", "HOME") if one in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", *arguments],
        cwd=BASE_DIR,
        env=env,
        stdout=subprocess.PIPE,
        check=True,
        timeout=300,
    )
    return json.loads(done.stdout.decode().splitlines()[-1])


def test_four_hundred_and_forty_presses_sell_exactly_twenty_pieces():
    result = run("exact", "--buyers", "400", "--pieces", "20")

    assert result["is_exact"]
    assert (result["presses"], result["sold"], result["pieces_held"]) == (440, 20, 20)
    assert result["answers"]["out_of_stock"] > 350


def test_checkouts_of_all_shapes_are_placed_and_counted():
    result = run("orders", "--orders", "200", "--repeats", "1", "--connections", "8")

    assert result["is_exact"]
    assert result["acknowledged"] == 400
    assert [row["what"] for row in result["rows"]] == ["one hot SKU", "mixed carts"]

"""The benchmarks run, and what they check is right; how fast it was is nobody's business here."""

import pytest

from benchmarks import exact, orders
from benchmarks.bed import bed

pytestmark = pytest.mark.slow
BUYERS, PIECES, CARTS = 300, 20, 60


def test_presses_sell_exactly_what_there_is_and_mixed_carts_are_all_placed():
    with bed() as one:
        scene = one.scene(f"--buyers={BUYERS}", f"--hot-stock={PIECES}")
        one.start_web()
        pressed = exact.run(one, scene, PIECES)
        others = [sku for sku in scene["skus"] if sku != scene["hot"]]
        mixed = orders.measure(one, scene | {"skus": others}, 8, CARTS, is_mixed=True)
        found = orders.check(one, PIECES + mixed["placed"])

    assert pressed["is_exact"]
    assert (pressed["presses"], pressed["sold"], pressed["pieces_held"]) == (330, PIECES, PIECES)
    assert pressed["answers"]["out_of_stock"] == 330 - pressed["answers"]["placed"]
    assert (mixed["placed"], mixed["refused"]) == (CARTS, {})
    assert found["is_exact"]

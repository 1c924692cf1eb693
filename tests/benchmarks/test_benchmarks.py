"""The benchmarks run, and what they check is right; how fast it was is nobody's business here."""

import pytest

from benchmarks import exact, filling, lists, orders
from benchmarks.bed import bed

pytestmark = pytest.mark.slow
BUYERS, PIECES, CARTS = 300, 20, 60
#: Most fall to the large shop and to the busy buyer: a walk of several pages.
YEAR = 4_000


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


def test_lists_of_a_year_that_sql_made_are_walked_without_a_gap(monkeypatch):
    monkeypatch.setattr(filling, "SHOPS", 20)
    monkeypatch.setattr(filling, "BUYERS", 100)
    with bed() as one:
        scene = one.scene("--buyers=1")
        filled = list(filling.fill(one, scene, YEAR))
        lists.add_up(one, scene)
        one.manage("collectstatic", "--no-input", "--verbosity", "0")
        one.start_web()
        reader = lists.Reader(one, scene)
        asked = lists.questions(reader)
        rows = [lists.measure(reader, each, 1) for each in asked]
        found = lists.check(reader, 12)
        orders_found = one.query("SELECT count(*) FROM orders_order")[0][0]

    assert "orders_order" in filled
    assert orders_found == YEAR
    assert [row["what"] for row in rows] == [each.what for each in asked]
    assert all(row["statements"] >= 1 for row in rows)
    assert (found["merchant_walked"], found["buyer_walked"]) == (240, 240)
    assert found["is_exact"]

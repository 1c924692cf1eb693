"""Buyers are told who sells: in every answer, in one shape, and as it was when they bought."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from kernel import clock
from shops.selectors import storefronts
from tests.factories.sales import placed_order
from tests.walks.identities import Told, again, blocks, by_order, misshapen, nameless, told
from tests.walks.purchases import make_purchase, rename, replace_account, unbind
from tests.walks.rows import rolled_back
from tests.walks.world import World

pytestmark = pytest.mark.django_db
#: Doors that show an order of a buyer, or its papers: the walk finds no fewer.
DOORS_OF_ORDERS = {
    "orders_orders_get",
    "orders_orders_number_get",
    "orders_groups_number_get",
    "aftersales_cases_get",
    "aftersales_cases_number_get",
    "aftersales_lines_order_number_position_options_get",
}


@pytest.fixture(scope="module")
def answers(world: World) -> list[Told]:
    """All that the buyer of side A is told."""
    return told(world, world.a)


def test_every_answer_to_a_buyer_that_shows_a_sold_thing_says_who_sells_it(
    world, answers, record_property
):
    found = {f"{one.door}: {what}" for one in answers for what in nameless(one.body, world.a)}

    shown = {one.door.name for one in answers if any(blocks(one.body))}
    record_property("walk", f"{len(answers)} answers, identity blocks at {len(shown)} doors")
    assert found == set()
    assert shown >= DOORS_OF_ORDERS | {"catalog_products_get", "orders_cart_get"}


def test_every_block_has_the_one_shape(answers):
    found = {
        f"{one.door}: {what}"
        for one in answers
        for block in blocks(one.body)
        for what in misshapen(block)
    }

    assert found == set()


def test_an_order_is_shown_under_one_identity_everywhere(world, answers):
    orders = {one.number for one in world.a.trade.orders.values()}
    orders |= {one.order.number for one in world.a.trade.cases.values()}

    seen = _identities(answers, orders)

    assert {number for number, several in seen.items() if len(set(several)) > 1} == set()
    assert set(seen) == orders
    assert min(len(several) for several in seen.values()) >= 3


@pytest.mark.parametrize("happens", [rename, replace_account, unbind])
def test_old_orders_keep_what_the_buyer_saw_and_say_what_it_is_called_now(world, happens):
    now = clock.now()
    with rolled_back():
        purchase = make_purchase(world, now)
        number = purchase.order.number
        answers = told(world, purchase.side, with_writes=False)
        before = _identities(answers, {number})[number]
        seen = storefronts([purchase.shop.pk], at=now)[purchase.shop.pk]

        happens(purchase, now)

        today = storefronts([purchase.shop.pk], at=now)[purchase.shop.pk]
        later = [(one, again(one, purchase.side)) for one in answers]
        fresh = placed_order((purchase.order.lines.get().sku, 1), at=now).storefront.body

    after = [identity for _one, body in later for _, identity in by_order(body, {number})]
    known_as = {"shop": {"id": today["shop"]["id"], "name": today["shop"]["name"]}}
    assert {one.door.name for one in answers if any(by_order(one.body, {number}))} == (
        DOORS_OF_ORDERS
    )
    assert set(before) == {_plain({"storefront": seen, "now_known_as": None})}
    assert len(after) == len(before)
    assert {_plain(one["storefront"]) for one in after} == {_plain(seen)}
    assert {_plain(one["now_known_as"]) for one in after} == {
        _plain(known_as | {"account": today["account"]})
    }
    assert today != seen
    assert fresh == today


def test_goods_are_shown_under_the_name_of_today(world):
    now = clock.now()
    with rolled_back():
        purchase = make_purchase(world, now)
        shown = told(world, purchase.side, with_writes=False)
        answers = [one for one in shown if "/catalog/" in one.door.path]
        rename(purchase, now)
        later = [block for one in answers for block in blocks(again(one, purchase.side))]

    names = {
        block["shop"]["name"] for block in later if block["shop"]["id"] == purchase.shop.public_id
    }
    assert names == {"New name"}


def test_the_walk_notices_an_answer_without_the_block(world):
    """The control: an order, a case and a product that nobody sells are found."""
    ids = world.a.ids
    bare = {
        "results": [
            {"number": ids.of("order")},
            {"order_number": ids.of("order"), "number": ids.of("case")},
            {"product": {"id": ids.of("product", prefer_public=True)}, "storefront": {}},
        ]
    }

    assert len(nameless(bare, world.a)) == 3


def _identities(answers: list[Any], numbers: set[str]) -> dict[str, list[str]]:
    seen = defaultdict(list)
    for one in answers:
        for number, identity in by_order(one.body, numbers):
            seen[number].append(_plain(identity))
    return dict(seen)


def _plain(value: Any) -> str:
    return repr(_sorted(value))


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(one) for one in value] if isinstance(value, list) else value

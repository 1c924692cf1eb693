"""Who sells, as buyers are told: every block in an answer, and what each block is about."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from kernel.actors import Role
from tests.walks import doors
from tests.walks.bodies import Request
from tests.walks.callers import Caller, ask
from tests.walks.doors import Door
from tests.walks.names import UnknownName
from tests.walks.recipes import recipe, request_for
from tests.walks.rows import rolled_back
from tests.walks.world import Side, World

SHOP = {"id", "name", "type", "score", "guarantees", "deposit_badge"}
ACCOUNT = {"id", "handle", "name", "avatar_url", "kind", "verified"}
BLOCK = {"shop", "account", "relation", "bound_since"}
#: What an answer may show that a buyer buys or bought of somebody.
SOLD = ("product", "sku", "order", "case")


@dataclass(frozen=True)
class Told:
    """One answer to a buyer."""

    door: Door
    request: Request
    body: Any


def told(world: World, side: Side, *, with_writes: bool = True) -> list[Told]:
    """Return every answer that doors for buyers give to the buyer of `side`."""
    buyer = Caller("buyer", side.people.buyer)
    found: dict[tuple[str, str], Told] = {}
    for door in doors.described():
        if door.audience not in (Role.BUYER, Role.ANONYMOUS):
            continue
        if door.is_write and not with_writes:
            continue
        asked: list[Request] = []
        for request in _requests(door, world, side):
            if request in asked:
                continue
            asked.append(request)
            with rolled_back():
                answer = ask(buyer, door, request)
            if answer.status < 300 and answer.text:
                mark = (door.name, request.path)
                found.setdefault(mark, Told(door, request, json.loads(answer.text)))
    return list(found.values())


def again(one: Told, side: Side) -> Any:
    """Return what the buyer is told now."""
    answer = ask(Caller("buyer", side.people.buyer), one.door, one.request)
    assert answer.status < 300, answer
    return json.loads(answer.text)


def _requests(door: Door, world: World, side: Side) -> Iterator[Request]:
    try:
        yield recipe(door, world, side).request
        if not door.is_write:
            for turn in range(12):
                yield request_for(door, side, turn=turn)
                yield request_for(door, side, turn=turn, prefer_public=True)
            if door.is_list:
                yield replace(request_for(door, side), query={"limit": "100"})
    except UnknownName:
        return


def nodes(body: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[dict[str, Any], tuple]]:  # type: ignore[type-arg]
    """Yield every object of an answer with the objects around it, outermost first."""
    if isinstance(body, dict):
        yield body, above
        for value in body.values():
            yield from nodes(value, (*above, body))
    elif isinstance(body, list):
        for value in body:
            yield from nodes(value, above)


def blocks(body: Any) -> Iterator[dict[str, Any]]:
    """Yield every storefront block in an answer."""
    for node, _above in nodes(body):
        if node.get("storefront") is not None:
            yield node["storefront"]


def misshapen(block: Any) -> list[str]:
    """Return what is wrong with the shape of a block."""
    if set(block) != BLOCK or set(block["shop"]) != SHOP:
        return [f"another shape: {sorted(block)} {sorted(block.get('shop', {}))}"]
    if block["account"] is not None and set(block["account"]) != ACCOUNT:
        return [f"another account: {sorted(block['account'])}"]
    is_bound = {block[name] is not None for name in ("account", "relation", "bound_since")}
    return [] if len(is_bound) == 1 else ["half a binding"]


def nameless(body: Any, side: Side) -> list[str]:
    """Return the sold things in an answer that no block stands with, in, or around."""
    ids = {
        one: kind
        for kind in SOLD
        for one in (*side.ids.private.get(kind, ()), *side.ids.public.get(kind, ()))
    }
    found = []
    for node, above in nodes(body):
        shown = [value for value in node.values() if isinstance(value, str) and value in ids]
        is_named = any(_has_block(one) for one in (*above, node)) or any(blocks(node))
        found += [] if is_named else [f"{ids[one]} {one}" for one in shown]
    return found


def by_order(body: Any, numbers: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (order number, identity) for every order, or case of one, in an answer."""
    for node, _above in nodes(body):
        number = node.get("order_number") or node.get("number")
        identity = node.get("identity", node)
        if number in numbers and isinstance(identity, dict) and "storefront" in identity:
            yield number, {key: identity.get(key) for key in ("storefront", "now_known_as")}


def _has_block(node: dict[str, Any]) -> bool:
    identity = node.get("identity")
    return "storefront" in node or (isinstance(identity, dict) and "storefront" in identity)

"""Input that no door may take: made from the document, so that each value is certainly wrong."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.walks.doors import Door

#: More than a column of 64 bits holds, and more digits than a number has.
HUGE, ENDLESS = 10**25, "9" * 5_000
MEGABYTE = 1_100_000


@dataclass(frozen=True)
class Wrong:
    """A body that must be refused, and what is wrong with it."""

    what: str
    body: Any


#: Bodies that are wrong whatever a door wants.
SHAPELESS = (
    *(
        Wrong(f"the body {raw!r}", raw.encode())
        for raw in ("not json", "[", "1", "NaN", '{"a": 1, "a": 2}')
    ),
    Wrong("bytes that are no text", b'{"a": "\xff\xfe"}'),
    Wrong("NUL", b'{"a": "\\u0000"}'),
    Wrong("a lone surrogate", b'{"a": "\\ud800"}'),
    Wrong("a lone surrogate as a name", b'{"\\udfff": 1}'),
    Wrong("an endless number", f'{{"a": {ENDLESS}}}'.encode()),
    Wrong("nested 50 deep", ("[" * 50 + "]" * 50).encode()),
    Wrong("nested 100,000 deep", b"[" * 100_000),
    Wrong("over a megabyte", json.dumps({"a": "x" * MEGABYTE}).encode()),
)


def wrong_bodies(door: Door, good: Any) -> Iterator[Wrong]:
    """Yield bodies that the document of `door` forbids, each one fault away from `good`."""
    for raw in (b"[]", b"null", b'"text"'):
        yield Wrong(f"the body {raw.decode()}", raw)
    if not isinstance(good, dict):
        return
    yield Wrong("unknown field", {**good, "surprise": 1})
    yield Wrong("an amount of the client's", {**good, "pay_amount": 1, "unit_price": 1})
    for path, schema, name in _fields(door, door.body or {}, good):
        for what, value in wrong_values(door, schema):
            yield Wrong(f"{'/'.join(map(str, path))}: {what}", _with(good, path, value))
        if name in _required(door, good, path):
            yield Wrong(f"{'/'.join(map(str, path))}: missing", _without(good, path))


def some_shapeless(turn: int) -> list[Wrong]:
    """Return two of the bodies that no door may take: one parser reads all, so they take turns."""
    size = len(SHAPELESS)
    return [SHAPELESS[2 * turn % size], SHAPELESS[(2 * turn + 1) % size]]


def wrong_forms(door: Door, good: dict[str, Any]) -> Iterator[Wrong]:
    """Yield the bodies of a form with a file that the document of `door` forbids."""
    yield Wrong("nothing", {})
    yield Wrong("unknown field", {**good, "surprise": "1"})
    for name in (door.body or {}).get("properties", {}):
        yield Wrong(f"{name}: NUL", {**good, name: "walk\x00"})
        if isinstance(good.get(name), bytes):
            yield Wrong(f"{name}: text for a file", {**good, name: "walk"})
            yield Wrong(f"{name}: an empty file", {**good, name: b""})
    for raw in (b"", b"not a form", b"--walk\r\nContent-Disposition"):
        yield Wrong(f"the form {raw[:10]!r}", raw)


def wrong_values(door: Door, schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield values that `schema` forbids."""
    schema, kinds = door.resolve(schema), _kinds(door, schema)
    samples = {
        "string": "walk",
        "integer": 1,
        "number": 1.5,
        "boolean": True,
        "array": ["walk"],
        "object": {"walk": 1},
        "null": None,
    }
    for kind, value in samples.items():
        is_whole = kind == "integer" and "number" in kinds
        if kind not in kinds and not is_whole:
            yield f"{kind} instead of {'/'.join(sorted(kinds))}", value
    if "string" in kinds:
        yield from _wrong_texts(schema)
    if "integer" in kinds:
        yield from _wrong_wholes(schema)
    if "array" in kinds and schema.get("minItems"):
        yield "an empty list", []
    if "array" in kinds and schema.get("maxItems", MEGABYTE) < 1_000:
        yield "too long a list", ["walk"] * (schema["maxItems"] + 1)


def _wrong_texts(schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if "enum" in schema:
        yield "none of the choices", "nothing-like-it"
        return
    yield "NUL", "walk\x00"
    if schema.get("minLength"):
        yield "empty", ""
    if "pattern" in schema:
        yield "spaces", "   "
    if "maxLength" in schema:
        yield "too long", "x" * (schema["maxLength"] + 1)
    if schema.get("format") in ("date", "date-time", "email", "uri"):
        yield f"no {schema['format']}", "nothing-like-it"
    if schema.get("format") == "date-time":
        yield "a time that is none", "9999-99-99T99:99:99Z"


def _wrong_wholes(schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "a fraction", 1.5
    yield "huge", HUGE
    yield "hugely negative", -HUGE
    if "minimum" in schema:
        yield "below the least", schema["minimum"] - 1
    if "maximum" in schema:
        yield "above the most", schema["maximum"] + 1


def _kinds(door: Door, schema: dict[str, Any]) -> set[str]:
    found = schema.get("type")
    kinds = set(found) if isinstance(found, list) else {found} if found else set()
    for part in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
        kinds |= _kinds(door, door.resolve(part))
    if not kinds:
        kinds = {"object"} if "properties" in schema else {"string"}
    return kinds | ({"number"} if "integer" in kinds and "number" in kinds else set())


def _fields(
    door: Door, schema: dict[str, Any], good: Any, path: tuple[Any, ...] = ()
) -> Iterator[tuple[tuple[Any, ...], dict[str, Any], str]]:
    """Yield (place, schema, name) of every described field, down into lists and objects."""
    schema = door.resolve(schema)
    for name, part in schema.get("properties", {}).items():
        here, known = (*path, name), door.resolve(part)
        yield here, part, name
        inside = good.get(name) if isinstance(good, dict) else None
        if isinstance(inside, dict):
            yield from _fields(door, known, inside, here)
        elif isinstance(inside, list) and inside and isinstance(inside[0], dict):
            yield from _fields(door, known.get("items", {}), inside[0], (*here, 0))


def _required(door: Door, good: Any, path: tuple[Any, ...]) -> set[str]:
    schema = door.resolve(door.body or {})
    for step in path[:-1]:
        part = schema.get("items") if step == 0 else schema.get("properties", {}).get(step)
        schema = door.resolve(part or {})
    return set(schema.get("required", ()))


def _with(good: Any, path: tuple[Any, ...], value: Any) -> Any:
    body = copy.deepcopy(good)
    place = body
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return body


def _without(good: Any, path: tuple[Any, ...]) -> Any:
    body = copy.deepcopy(good)
    place = body
    for step in path[:-1]:
        place = place[step]
    place.pop(path[-1], None)
    return body

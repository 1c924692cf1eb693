"""Requests made from the document alone: values that look right, ids of whoever is meant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.walks.doors import Door
from tests.walks.names import KINDS, Names, UnknownName, kind_of

#: Words that end like an id and are none of ours.
NO_IDS = {
    "tracking_number",
    "media_id",
    "creative_id",
    "request_id",
    "gateway_txn",
    "carrier_code",
    "credit_code",
    "merchant_code",
    "licence_number",
    "row_number",
}
#: Plausible numbers by the name of the field.
WHOLES = {"rate_bp": 2_000, "share_bp": 2_000}
#: Plausible values by the name of the field, where the schema says only "string".
TEXTS = {
    "phone": "13800138000",
    "credit_code": "91330100MA2AAAAA0A",
    "tracking_number": "SF00012345",
    "month": "2026-11",
    "carrier_code": "shunfeng",
    "gateway": "sandbox",
    "email": "somebody@example.com",
    "province": "浙江省",
    "city": "杭州市",
    "currency": "CNY",
}


@dataclass
class Request:
    """What a walk sends."""

    path: str
    query: dict[str, Any] = field(default_factory=dict)
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """Everything that was sent, to tell an echo from a leak."""
        return f"{self.path} {self.query} {self.body} {self.headers}"


def address(door: Door, ids: Callable[[str], str]) -> str:
    """Return the door's path with an id in each variable part."""
    path = door.path
    for name, parent in door.keys:
        path = path.replace("{" + name + "}", ids(kind_of(name, parent)), 1)
    return path


def body_of(door: Door, ids: Callable[[str], str]) -> Any:
    """Return a body that the document allows: what is required, and every id."""
    return value_of(door, door.body, ids, parent=_parent(door)) if door.body else None


def value_of(
    door: Door, schema: dict[str, Any], ids: Callable[[str], str], *, name: str = "", parent: str
) -> Any:
    """Return a value that `schema` allows."""
    schema = door.resolve(schema)
    if "oneOf" in schema or "anyOf" in schema:
        first = (schema.get("oneOf") or schema["anyOf"])[0]
        return value_of(door, first, ids, name=name, parent=parent)
    if "enum" in schema:
        return next(one for one in schema["enum"] if one not in ("", None))
    kind = schema.get("type", "object")
    kind = next(one for one in kind if one != "null") if isinstance(kind, list) else kind
    if kind == "object":
        required = set(schema.get("required", ()))
        return {
            key: value_of(door, part, ids, name=key, parent=parent)
            for key, part in schema.get("properties", {}).items()
            if key in required or is_id(key)
        }
    if kind == "array":
        size = max(1, schema.get("minItems", 1))
        items = schema.get("items", {})
        single = name.removesuffix("s") if name.endswith("_ids") else name
        return [value_of(door, items, ids, name=single, parent=parent)] * size
    if kind == "integer":
        return ids_or(name, parent, ids, lambda: WHOLES.get(name, max(1, schema.get("minimum", 1))))
    if kind == "boolean":
        return True
    if kind == "number":
        return 1
    return ids_or(name, parent, ids, lambda: _text(name, schema))


def is_id(name: str) -> bool:
    """Tell whether a field of this name holds an id of ours."""
    if name in NO_IDS:
        return False
    return name in ("number", "id", *KINDS) or (
        name.endswith(("_id", "_ids", "_number", "_numbers"))
    )


def ids_or(name: str, parent: str, ids: Callable[[str], str], other: Callable[[], Any]) -> Any:
    """Return an id where the name asks for one, else what `other` makes."""
    if not is_id(name):
        return other()
    found = ids(kind_of(name, parent))
    return int(found) if name == "position" else found


def finder(names: Names, **choice: Any) -> Callable[[str], str]:
    """Return a look-up of ids in `names`; see `Names.of` for the choice."""
    return lambda kind: names.of(kind, **choice)


def _parent(door: Door) -> str:
    """The last part of the address that names a kind: a number in the body is one of those."""
    fixed = [part for part in door.path.strip("/").split("/") if not part.startswith("{")]
    return next((part for part in reversed(fixed) if kind_of("id", part) in KINDS), fixed[-1])


def _text(name: str, schema: dict[str, Any]) -> str | bytes:
    form = schema.get("format", "")
    if form == "binary":
        return b"merchant_code,title,price\nWALK-1,Walk,1.00\n"
    if form == "date-time":
        return "2031-01-01T00:00:00Z"
    if form == "date":
        return "2031-01-01"
    if form in ("uri", "url") or name.endswith(("_url", "_urls")):
        return "https://img.example.com/walk.png"
    if form == "email":
        return TEXTS["email"]
    if name in TEXTS:
        return TEXTS[name]
    text = "walk"
    return (text * 10)[: max(len(text), schema.get("minLength", 0))]


__all__ = ["Request", "UnknownName", "address", "body_of", "finder"]

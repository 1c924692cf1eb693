"""Every door of the API, found twice: in the generated OpenAPI and in the URL resolver."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator

from kernel.actors import Role

METHODS = ("get", "post", "put", "patch", "delete")
#: Addresses below /api/ that the document does not describe, and why that is right.
UNDESCRIBED = {
    "/api/schema": "the document itself",
    "/api/docs/": "the page that draws it",
    "/api/v1/auth/": "allauth's own document describes signing in",
    "/api/": "the answer to every unknown address",
}


@dataclass(frozen=True)
class Door:
    """One operation: an address and a method."""

    name: str
    method: str
    path: str
    audience: Role
    definition: dict[str, Any]
    schemas: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"

    @property
    def keys(self) -> list[tuple[str, str]]:
        """The variable parts of the address, each with the fixed part before it."""
        parts, found, fixed = self.path.strip("/").split("/"), [], ""
        for part in parts:
            if part.startswith("{"):
                found.append((part.strip("{}"), fixed))
            else:
                fixed = part
        return found

    @property
    def query(self) -> list[dict[str, Any]]:
        """The described query parameters."""
        return [one for one in self.definition.get("parameters", []) if one["in"] == "query"]

    @property
    def body(self) -> dict[str, Any] | None:
        """The schema of the body, resolved one level; None when nothing is taken."""
        content = self.definition.get("requestBody", {}).get("content", {})
        schema = next(iter(content.values()), {}).get("schema")
        return self.resolve(schema) if schema else None

    @property
    def is_form(self) -> bool:
        """Whether the body is a form with a file."""
        return "multipart/form-data" in self.definition.get("requestBody", {}).get("content", {})

    @property
    def needs_key(self) -> bool:
        """Whether an Idempotency-Key is demanded."""
        names = {one["name"] for one in self.definition.get("parameters", [])}
        return "Idempotency-Key" in names

    @property
    def is_write(self) -> bool:
        return self.method != "get"

    @property
    def is_list(self) -> bool:
        """Whether the answer is a page of rows."""
        schema = self.resolve(self._answer() or {})
        return "results" in schema.get("properties", {})

    def _answer(self) -> dict[str, Any] | None:
        for code, answer in self.definition["responses"].items():
            if code.startswith("2"):
                return answer.get("content", {}).get("application/json", {}).get("schema")
        return None

    def resolve(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Follow a reference."""
        if "$ref" in schema:
            return self.resolve(self.schemas[schema["$ref"].rpartition("/")[2]])
        if len(schema.get("allOf", ())) == 1:
            return self.resolve(schema["allOf"][0])
        return schema


@cache
def document() -> dict[str, Any]:
    """Return the generated OpenAPI document."""
    return SchemaGenerator().get_schema(request=None, public=True)


@cache
def described() -> tuple[Door, ...]:
    """Return every operation of the document."""
    schemas = document().get("components", {}).get("schemas", {})
    views = dict(routed())
    return tuple(
        Door(
            definition["operationId"],
            method,
            path,
            getattr(getattr(views.get(path), "cls", None), "audience", Role.BUYER),
            definition,
            schemas,
        )
        for path, methods in document()["paths"].items()
        for method, definition in methods.items()
        if method in METHODS
    )


@cache
def routed() -> tuple[tuple[str, Any], ...]:
    """Return (address, view) of everything that the resolver knows below /api/."""
    found = _walk(get_resolver().url_patterns, "/")
    return tuple((path, view) for path, view in found if path.startswith("/api/"))


def undescribed() -> list[str]:
    """Return the routed (method, address) pairs that neither list knows."""
    known = {(door.method, door.path) for door in described()}
    missing = []
    for path, view in routed():
        if any(path == one or (one != "/api/" and path.startswith(one)) for one in UNDESCRIBED):
            continue
        methods = [name for name in METHODS if hasattr(getattr(view, "cls", view), name)]
        missing += [f"{name.upper()} {path}" for name in methods if (name, path) not in known]
        if not methods:
            missing.append(f"ANY {path}")
    return missing


def _walk(patterns: list[Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for one in patterns:
        path = prefix + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(one.pattern)).lstrip("^")
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, path)
        elif isinstance(one, URLPattern):
            yield path, one.callback

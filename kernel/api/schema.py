"""The OpenAPI document: operation ids, tags, and the problems every operation can answer."""

from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import force_instance
from rest_framework import serializers

from kernel.actors import Role
from kernel.api.serializers import In, Text
from kernel.text import VISIBLE

PROBLEM_REF = {"$ref": "#/components/schemas/Problem"}
PROBLEM = {
    "type": "object",
    "description": "RFC 9457. `code` is stable; `errors` points into the input.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
                "required": ["pointer", "code", "detail"],
            },
        },
    },
    "required": ["type", "title", "status", "code", "detail", "errors"],
}
_TEXT = {
    "400": "The input is wrong; `errors` says where.",
    "401": "No or no valid access token.",
    "403": "The role does not hold the permission.",
    "404": "Missing, foreign or not for this role.",
    "405": "Not a method of this address.",
    "406": "Only JSON is answered.",
    "409": "A business rule refused; `code` says which.",
    "413": "The body is too large.",
    "415": "Only JSON is read.",
    "422": "The idempotency key was used for another body.",
    "429": "Too many requests; see Retry-After.",
    "503": "Busy; the same request may be sent again.",
}


class HaodianSchema(AutoSchema):
    """Describes a `kernel.api.views.View`."""

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        is_open = getattr(self.view, "audience", None) is Role.ANONYMOUS
        codes = ["400", "401", "404", "405", "406", "409", "429", "503"]
        codes += [] if is_open else ["403"]
        if self.method in ("POST", "PUT", "PATCH", "DELETE"):
            codes += ["413", "415", "422"]
        for code in codes:
            reference = {"$ref": f"#/components/responses/Problem{code}"}
            operation["responses"].setdefault(code, reference)
        if is_open:
            operation["security"] = [{"bearer": []}, {}]
        return operation

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").partition("/")[0]]

    def get_operation_id(self) -> str:
        words = self.path.removeprefix("/api/v1/").strip("/").split("/")
        name = "_".join(word.strip("{}").replace("-", "_") for word in words)
        return f"{name}_{self.method.lower()}"

    def _map_basic_serializer(self, serializer: Any, direction: str) -> Any:
        schema = super()._map_basic_serializer(serializer, direction)
        if direction == "request" and isinstance(force_instance(serializer), In):
            schema["additionalProperties"] = False
        return schema

    def _map_serializer_field(
        self, field: Any, direction: str, bypass_extensions: bool = False
    ) -> Any:
        schema = super()._map_serializer_field(field, direction, bypass_extensions)
        return _limits(field) | schema if schema and direction == "request" else schema

    def _is_list_view(self, serializer: Any = None) -> bool:
        return bool(getattr(self._handler(), "is_paged", False)) or super()._is_list_view(
            serializer
        )

    def _get_paginator(self) -> Any:
        from kernel.api.pagination import Cursor  # noqa: PLC0415 -- settings load this module

        return Cursor() if getattr(self._handler(), "is_paged", False) else None

    def _handler(self) -> Any:
        return getattr(self.view, self.method.lower(), None)


def _limits(field: Any) -> dict[str, Any]:
    """Return what `field` demands of its input and drf-spectacular does not say."""
    if isinstance(field, Text):
        says_more = any(isinstance(one, RegexValidator) for one in field.validators)
        # Trimmed before it is looked at: spaces alone are nothing.
        return {} if field.allow_blank or says_more else {"pattern": VISIBLE}
    if not isinstance(field, serializers.ListSerializer | serializers.ListField):
        return {}
    least, most = (getattr(field, name, None) for name in ("min_length", "max_length"))
    limits = {"minItems": least if field.allow_empty else max(1, least or 0), "maxItems": most}
    return {name: limit for name, limit in limits.items() if limit is not None}


def add_problem(
    result: dict[str, Any], generator: Any, request: Any, public: bool
) -> dict[str, Any]:
    """Post-processing hook: the components that no serializer declares."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    components["responses"] = {
        f"Problem{code}": {
            "description": text,
            "content": {"application/problem+json": {"schema": PROBLEM_REF}},
        }
        for code, text in _TEXT.items()
    }
    return result

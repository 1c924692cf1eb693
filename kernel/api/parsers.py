"""JSON from outside: bounded in size and depth, and only text that a database can hold."""

from __future__ import annotations

import json
import math
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework.parsers import BaseParser, MultiPartParser

from kernel.errors import DomainError
from kernel.text import is_storable

MAX_BYTES = 1_000_000
MAX_DEPTH = 16
MAX_DIGITS = 30


class Malformed(DomainError):
    """The body is not JSON that this API takes."""

    code = "malformed_body"
    status = 400
    message = _("The body is not valid JSON.")


class BodyTooLarge(DomainError):
    """More than a megabyte."""

    code = "body_too_large"
    status = 413
    message = _("The body is larger than 1 MB.")


class UploadParser(MultiPartParser):
    """A form with one file, refused by its announced length before a byte of it is read."""

    #: Ten megabytes of file, and room for the other fields and the borders of the form.
    max_bytes: ClassVar[int] = 10 * 1024 * 1024 + 64 * 1024

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        announced = (parser_context or {})["request"].META.get("CONTENT_LENGTH") or "0"
        if not announced.isdigit() or int(announced) > self.max_bytes:
            raise BodyTooLarge
        return super().parse(stream, media_type, parser_context)


class StrictJSONParser(BaseParser):
    """JSON without NaN, repeated members, NUL, lone surrogates, deep nesting or huge numbers."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        raw = stream.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise BodyTooLarge
        try:
            value = json.loads(
                raw.decode("utf-8"),
                parse_constant=_refuse_constant,
                parse_int=_bounded_int,
                parse_float=_finite_float,
                object_pairs_hook=_unique_members,
            )
        except (ValueError, RecursionError):
            raise Malformed from None
        _check(value, 1)
        return value


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _bounded_int(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError("number too long")
    return int(digits)


def _finite_float(digits: str) -> float:
    value = float(digits) if len(digits) <= MAX_DIGITS else math.inf
    if not math.isfinite(value):  # 1e400 is JSON, and no column takes what Python makes of it
        raise ValueError("number out of range")
    return value


def _unique_members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("repeated member")
    return members


def _check(value: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Malformed(_("The body is nested too deeply."))
    if isinstance(value, str):
        if not is_storable(value):
            raise Malformed(_("The body holds characters that cannot be stored."))
    elif isinstance(value, dict):
        for key, member in value.items():
            _check(key, depth)
            _check(member, depth + 1)
    elif isinstance(value, list):
        for member in value:
            _check(member, depth + 1)

"""Answers to what a checklist asks for beyond the shop's own tables (SH-04)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from kernel.text import is_storable
from shops.enums import FieldKind, RequirementKind
from shops.errors import AnswerInvalid
from shops.models import ShopDocument

MAX_TEXT = 500
MAX_NUMBER = 10**12


def read(asked: Mapping[str, Any], value: object, *, shop_id: int) -> object:
    """Return the answer as it is kept: true, text, a whole number, a date as text.

    A document is named by its id, and is one of the shop's. Raises AnswerInvalid.
    """
    if asked["kind"] == RequirementKind.ATTESTATION:
        if value is not True:
            raise AnswerInvalid
        return True
    if asked["kind"] == RequirementKind.DOCUMENT:
        return _document(value, shop_id)
    if asked["kind"] == RequirementKind.BILLING_ADDRESS:
        return _text(asked, value)
    return _READERS[FieldKind(asked["field"])](asked, value)


def _document(value: object, shop_id: int) -> str:
    if not isinstance(value, str) or not is_storable(value):
        raise AnswerInvalid
    if not ShopDocument.objects.filter(shop_id=shop_id, public_id=value).exists():
        raise AnswerInvalid
    return value


def _text(asked: Mapping[str, Any], value: object) -> str:
    if not isinstance(value, str) or not is_storable(value):
        raise AnswerInvalid
    text = value.strip()
    if not 1 <= len(text) <= MAX_TEXT:
        raise AnswerInvalid
    return text


def _number(asked: Mapping[str, Any], value: object) -> str:
    """Kept as text, so that 0 is an answer."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not text.strip().isdecimal() or not text.isascii():
        raise AnswerInvalid
    if int(text) > MAX_NUMBER:
        raise AnswerInvalid
    return str(int(text))


def _choice(asked: Mapping[str, Any], value: object) -> str:
    if value not in asked["choices"]:
        raise AnswerInvalid
    return str(value)


def _date(asked: Mapping[str, Any], value: object) -> str:
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise AnswerInvalid from None


_READERS: Mapping[FieldKind, Callable[[Mapping[str, Any], object], str]] = {
    FieldKind.TEXT: _text,
    FieldKind.NUMBER: _number,
    FieldKind.CHOICE: _choice,
    FieldKind.DATE: _date,
}

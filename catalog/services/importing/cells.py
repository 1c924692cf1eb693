"""One cell at a time: text to value, or a code that says what is wrong."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from catalog.services.counting import MAX_PIECES
from catalog.services.importing.faults import BadCell
from kernel.money import MAX_AMOUNT
from kernel.text import is_storable

#: What a spreadsheet would run when the text is exported again.
_FORMULA = ("=", "+", "-", "@")
#: What a spreadsheet shows where a formula failed.
_ERROR_VALUE = re.compile(r"#(REF|N/A|VALUE|NAME|DIV/0|NUM|NULL)[!?]?$")
_NUMBER = re.compile(r"-?\d+(\.\d+)?$")
_WHOLE = re.compile(r"-?\d+(\.0+)?$")
_MAX_DIGITS = 30


def text(raw: str, longest: int, *, is_multiline: bool = False) -> str:
    """Return the trimmed text. Raises BadCell."""
    value = raw.strip()
    if value.startswith(_FORMULA) or _ERROR_VALUE.match(value):
        raise BadCell("formula")
    if len(value) > longest:
        raise BadCell("too_long")
    allowed = "\n\r\t" if is_multiline else ""
    is_clean = is_storable(value) and "\ufffd" not in value
    if not is_clean or any(
        unicodedata.category(char) == "Cc" and char not in allowed for char in value
    ):
        raise BadCell("bad_characters")
    return value


def money(raw: str) -> int:
    """Return the minor units of a price in yuan. Raises BadCell."""
    value = _number(raw, "bad_price")
    if not _NUMBER.match(value):
        raise BadCell("bad_price")
    amount = Decimal(value) * 100
    if amount <= 0:
        raise BadCell("price_not_positive")
    if amount > MAX_AMOUNT:
        raise BadCell("price_too_high")
    if amount != amount.to_integral_value():
        raise BadCell("price_decimals")
    return int(amount)


def pieces(raw: str) -> int:
    """Return a count of pieces. Raises BadCell."""
    value = _number(raw, "bad_stock")
    if not _WHOLE.match(value):
        raise BadCell("bad_stock")
    count = int(Decimal(value))
    if count < 0:
        raise BadCell("stock_negative")
    if count > MAX_PIECES:
        raise BadCell("stock_too_high")
    return count


def attributes(raw: str) -> list[dict[str, str]]:
    """Return the attributes of ``name=value; name=value``. Raises BadCell."""
    found = []
    for part in re.split(r"[;；\n]", text(raw, 5_000, is_multiline=True)):
        if not part.strip():
            continue
        name, sign, value = part.replace("＝", "=").partition("=")
        if not (sign and name.strip() and value.strip()):
            raise BadCell("bad_attributes")
        found.append({"name": name.strip(), "value": value.strip()})
    return found


def addresses(raw: str) -> list[str]:
    """Return the picture addresses of a cell, split at blanks, semicolons and bars."""
    return [one for one in re.split(r"[\s;；|]+", text(raw, 20_000, is_multiline=True)) if one]


def _number(raw: str, code: str) -> str:
    value = unicodedata.normalize("NFKC", raw).strip()
    if value.startswith(("=", "@", "+")):
        raise BadCell("formula")
    if len(value) > _MAX_DIGITS or not value.isascii():
        raise BadCell(code)
    return value

"""Integers in minor units (分): splitting, rates and the text a person reads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

#: 100 % in basis points.
FULL_BP = 10_000
#: The largest amount the system accepts: CNY 100 million, far below what a bigint holds.
MAX_AMOUNT = 10_000_000_000
#: Minor units of one major unit, as a power of ten (ISO 4217).
EXPONENTS = {"CNY": 2, "USD": 2, "EUR": 2, "JPY": 0}
SYMBOLS = {"CNY": "¥", "USD": "$", "EUR": "€", "JPY": "¥"}
#: ASCII digits alone: Decimal would also take 1e3, 1_000, NaN and full-width digits.
_PLAIN = re.compile(r"(?P<sign>-?)(?P<whole>[0-9]{1,12})(?:\.(?P<cents>[0-9]{1,20}))?")


def portion(amount: int, rate_bp: int) -> int:
    """Return `amount` × `rate_bp` / 10,000, rounded towards zero (AL-41: commission is floored)."""
    share = abs(amount) * rate_bp // FULL_BP
    return share if amount >= 0 else -share


def allocate(amount: int, weights: Sequence[int]) -> list[int]:
    """Split `amount` over `weights` so that the parts add up to it exactly.

    Largest remainder; of equal remainders the larger weight, then the earlier place, takes the
    unit. Weights are ≥ 0; when all are 0 the parts are as equal as integers allow.
    """
    if not weights:
        raise ValueError("nothing to allocate to")
    if min(weights) < 0:
        raise ValueError("a weight is negative")
    total = sum(weights)
    if not total:
        weights, total = [1] * len(weights), len(weights)
    sign = 1 if amount >= 0 else -1
    parts, remainders = [], []
    for weight in weights:
        share, remainder = divmod(abs(amount) * weight, total)
        parts.append(share)
        remainders.append(remainder)
    order = sorted(range(len(weights)), key=lambda i: (-remainders[i], -weights[i], i))
    for i in order[: abs(amount) - sum(parts)]:
        parts[i] += 1
    return [sign * part for part in parts]


def major(amount: int, currency: str = "CNY") -> Decimal:
    """Return `amount` in major units, exact: 1999 fen is Decimal('19.99')."""
    return Decimal(amount).scaleb(-EXPONENTS.get(currency, 2))


def minor(text: str, currency: str = "CNY") -> int:
    """Return the minor units of a decimal text such as ``'19.99'``.

    Raises ValueError for anything but a plain number with no more places than the currency has.
    """
    found = _PLAIN.fullmatch(text.strip())
    places = EXPONENTS.get(currency, 2)
    cents = found["cents"].rstrip("0") if found and found["cents"] else ""
    if found is None or len(cents) > places:
        raise ValueError(f"not an amount: {text!r}")
    amount = int(found["whole"] + cents.ljust(places, "0"))
    if amount > MAX_AMOUNT:
        raise ValueError(f"not an amount: {text!r}")
    return -amount if found["sign"] else amount


def display(amount: int, currency: str = "CNY") -> str:
    """Return the amount as a person reads it: 123456 is ``¥1,234.56``."""
    sign = "-" if amount < 0 else ""
    value = major(abs(amount), currency)
    return f"{sign}{SYMBOLS.get(currency, currency + ' ')}{value:,.{EXPONENTS.get(currency, 2)}f}"

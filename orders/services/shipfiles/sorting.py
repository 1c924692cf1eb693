"""Rows to wishes: what one file asks for, order by order and parcel by parcel. No database here."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from catalog.services.importing import cells
from catalog.services.importing.faults import BadCell
from orders.services.carriers import TRACKING, carrier_of, is_likely, wrong_carrier
from orders.services.shipfiles.faults import Fault
from orders.services.shipfiles.reading import WrittenRow

#: What a spreadsheet makes of a long number: 4.61234E+17.
_ROUNDED = re.compile(r"\d+(\.\d+)?[eE]\+\d+\Z")
_WHOLE = re.compile(r"(\d{1,9})(\.0+)?\Z")
_LONGEST = 64
_MAX_PIECES = 9_999


@dataclass
class ParcelWish:
    """The rows that name one parcel of one order."""

    order: str
    carrier_code: str
    tracking_number: str
    rows: list[WrittenRow] = field(default_factory=list)
    #: Merchant code → pieces, None for all that are left; no entry: everything that is left.
    pieces: dict[str, int | None] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    #: Another order of the file whose parcel has the same number.
    shares_with: str = ""

    @property
    def request_id(self) -> str:
        """What makes the parcel one: the same number of the same order ships once."""
        text = f"file:{self.carrier_code}:{self.tracking_number}"
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def is_good(self) -> bool:
        return all(fault.is_note for fault in self.faults)

    def blame(self, column: str, code: str, row: WrittenRow | None = None) -> None:
        """Say `code` of `row`, else of the first; a parcel whose one row is wrong goes nowhere."""
        culprit = row or self.rows[0]
        self.faults.append(Fault(culprit.number, column, code))

    def all_faults(self) -> list[Fault]:
        """Return the faults, with a word for each row that is kept back by another."""
        if self.is_good:
            return self.faults
        wrong = {fault.row for fault in self.faults if not fault.is_note}
        others = [row.number for row in self.rows if row.number not in wrong]
        return [*self.faults, *(Fault(number, "", "another_row") for number in others)]


def wishes_of(rows: Iterable[WrittenRow]) -> list[list[ParcelWish]]:
    """Return the parcels of the file by order, both as they first appear in it.

    The parcels of an order stay together: what one of them takes, the next does not find.
    """
    orders: dict[str, dict[tuple[str, str], ParcelWish]] = {}
    users: dict[str, str] = {}
    for row in rows:
        wish, faults = _wish(row)
        # A row that names no order is alone with its fault.
        of_order = orders.setdefault(wish.order or f"\x00{row.number}", {})
        known = of_order.setdefault((wish.carrier_code, wish.tracking_number), wish)
        known.rows.append(row)
        known.faults += faults
        _add_pieces(known, row)
        first = users.setdefault(wish.tracking_number, wish.order)
        if wish.tracking_number and first != wish.order:
            known.shares_with = first
    return [list(parcels.values()) for parcels in orders.values()]


def parts(orders: Sequence[list[ParcelWish]], *, after: int, limit: int) -> list[ParcelWish]:
    """Return the wishes of whole orders behind the first `after` rows: `limit` rows or one order.

    Where rows of one order stand apart in the file, "behind" counts rows order by order.
    """
    taken: list[ParcelWish] = []
    skipped = count = 0
    for parcels in orders:
        size = sum(len(wish.rows) for wish in parcels)
        if skipped < after:
            skipped += size
            continue
        if taken and count + size > limit:
            break
        taken += parcels
        count += size
    return taken


def _wish(row: WrittenRow) -> tuple[ParcelWish, list[Fault]]:
    if row.fault:
        return ParcelWish("", "", ""), [Fault(row.number, "", row.fault)]
    faults: list[Fault] = []

    def read(column: str) -> str:
        try:
            value = cells.text(getattr(row, column), _LONGEST)
        except BadCell as bad:
            faults.append(Fault(row.number, column, bad.code))
            return ""
        if not value:
            faults.append(Fault(row.number, column, "missing"))
        elif column != "carrier" and _ROUNDED.match(value):
            faults.append(Fault(row.number, column, "rounded_number"))
        return value

    order, carrier, number = read("order"), read("carrier"), read("tracking_number")
    code = carrier_of(carrier) if carrier else None
    if carrier and code is None:
        faults.append(Fault(row.number, "carrier", "unknown_carrier"))
    if number and not faults:
        faults += _judge_number(row.number, code or "", number)
    return ParcelWish(order, code or carrier, number), faults


def _judge_number(row: int, carrier_code: str, number: str) -> list[Fault]:
    if not TRACKING.fullmatch(number):
        return [Fault(row, "tracking_number", "bad_tracking_number")]
    if wrong_carrier(carrier_code, number):
        return [Fault(row, "carrier", "wrong_carrier")]
    if not is_likely(carrier_code, number):
        return [Fault(row, "tracking_number", "unlikely_number")]
    return []


def _add_pieces(wish: ParcelWish, row: WrittenRow) -> None:
    """Add what the row puts into the parcel; the same row twice counts once."""
    if row.fault:
        return
    try:
        sku_code = cells.text(row.sku_code, _LONGEST)
        quantity = _pieces(row.quantity)
    except BadCell as bad:
        column = "quantity" if bad.code == "bad_quantity" else "sku_code"
        wish.blame(column, bad.code, row)
        return
    if quantity is not None and not sku_code:
        wish.blame("sku_code", "quantity_without_sku", row)
    elif len(wish.rows) == 1:
        wish.pieces = {sku_code: quantity} if sku_code else {}
    elif sku_code in wish.pieces or (not sku_code and not wish.pieces):
        is_same = wish.pieces.get(sku_code) == quantity
        wish.blame("" if is_same else "quantity", _SAME[is_same], row)
    elif not sku_code or not wish.pieces:
        # One row takes everything, another only a SKU: nobody can tell which is meant.
        wish.blame("sku_code", "missing", row)
    else:
        wish.pieces[sku_code] = quantity


_SAME = {True: "duplicate_row", False: "other_quantity"}


def _pieces(raw: str) -> int | None:
    text = raw.strip()
    if not text:
        return None
    whole = _WHOLE.match(text) if text.isascii() else None
    if whole is None or not 1 <= int(whole[1]) <= _MAX_PIECES:
        raise BadCell("bad_quantity")
    return int(whole[1])

"""What can be wrong with a row of parcels, and what its owner does about it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

#: Stable code → what to do, translated when it is shown.
FIXES = {
    "already_shipped": _("Shipped with this number before: nothing was done again."),
    "another_row": _("Another row of this parcel is wrong: correct that one, send both again."),
    "bad_characters": _("Remove control characters and save the file as UTF-8."),
    "bad_quantity": _("Write the pieces as a whole number such as 2."),
    "bad_tracking_number": _("Use 5 to 40 letters, digits or hyphens."),
    "duplicate_row": _("This row stands in the file twice: it counts once."),
    "formula": _("Write the value instead of a formula."),
    "missing": _("Fill in this cell."),
    "not_awaiting_shipment": _("This order does not wait to be shipped: leave it out."),
    "nothing_left": _("All pieces are in other parcels already: leave the row out."),
    "other_quantity": _("The same row stands in the file with another quantity: keep one."),
    "quantity_without_sku": _("Name the merchant code whose pieces these are."),
    "refund_pending": _("A refund of this order waits for you: decide it first."),
    "rounded_number": _("The spreadsheet rounded this number: make the column text, type it anew."),
    "too_long": _("Shorten this text."),
    "too_many_cells": _("The row has more cells than the first row: put quotes around commas."),
    "too_many_pieces": _("Fewer pieces are left to ship."),
    "tracking_used": _("Another parcel has this tracking number: use its own."),
    "unclosed_quote": _("A quotation mark is not closed: the file cannot be read beyond this row."),
    "unknown_carrier": _("Use a carrier's name or code of the list."),
    "unknown_order": _("Use the number of an order of this shop."),
    "unknown_sku": _("Use a merchant code of this order."),
    "unlikely_number": _("Numbers of this carrier look different: check it."),
    "wrong_carrier": _("This is a number of another carrier: correct the carrier."),
}
#: These did not keep the row from being shipped.
NOTES = frozenset({"already_shipped", "duplicate_row", "unlikely_number"})


@dataclass(frozen=True)
class Fault:
    """One thing to say about one cell of a row."""

    row: int
    column: str
    code: str

    @property
    def is_note(self) -> bool:
        """Whether the row counts as shipped all the same."""
        return self.code in NOTES

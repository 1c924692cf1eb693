"""What can be wrong with a row, and what its owner does about it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

#: Stable code → what to do, translated when it is shown.
FIXES = {
    "attribute_not_a_choice": _("Use one of the values that the category allows."),
    "attribute_of_another_kind": _("Write a number, or a date such as 2026-05-01, as asked."),
    "attribute_required": _("Add the attributes that the category asks for."),
    "bad_address": _("Use picture addresses that begin with https://."),
    "bad_attributes": _("Write attributes as name=value; name=value, each name once."),
    "bad_characters": _("Remove control characters and save the file as UTF-8."),
    "bad_count": _("The category allows fewer SKUs of one product."),
    "bad_options": _("Give each row of a product its own values, one for each option."),
    "bad_price": _("Write the price as a plain number such as 19.90."),
    "bad_stock": _("Write the stock as a whole number such as 12."),
    "bad_text": _("Write words: no control characters, not emoji only."),
    "brand_unknown": _("The product came without a brand: ask the platform to add it."),
    "category_not_a_leaf": _("Choose a category without branches below it."),
    "change_pending": _("A change of this product is in review: withdraw it, then import again."),
    "code_of_another_product": _("This merchant code belongs to another product: use a new one."),
    "conflict": _("The row met a change made at the same time: import it again."),
    "duplicate_code": _("This merchant code stands in the file twice: keep one row."),
    "emoji": _("Remove the emoji from the title."),
    "evidence_required": _("Add the evidence of the list price to the product first."),
    "formula": _("Write the value instead of a formula; begin with a letter or a digit."),
    "illegal_transition": _("This product was deleted or banned: restore it first."),
    "list_price_left_out": _("The list price was left out: it breaks the rule of list prices."),
    "missing": _("Fill in this cell."),
    "missing_column": _("Add this column to the first row."),
    "no_price_before": _("There was no price before: set another one instead."),
    "no_sku": _("Add a row with a price for this product."),
    "not_done": _("This row could not be changed: try it again."),
    "not_offered": _("Use a shipping time that the category offers, such as 48h."),
    "out_of_range": _("Use a list price above the price, at most 10 times the lowest of a SKU."),
    "price_changed": _("Somebody changed the price since: look again."),
    "price_decimals": _("Use at most two decimals."),
    "price_not_positive": _("Use a price of at least 0.01."),
    "price_too_high": _("Use a price of at most 100,000,000.00."),
    "not_of_spu": _("Say what the standard product says: category, brand and key properties."),
    "spu_required": _("Add the key properties of a standard product, or propose one first."),
    "spu_retired": _("This standard product is retired: use another one."),
    "stock_changed": _("Somebody counted or moved pieces since: look again."),
    "stock_below_held": _("More pieces are held for orders: count again, or wait for the orders."),
    "stock_negative": _("Use 0 or more pieces."),
    "stock_too_high": _("Use at most 100,000,000 pieces."),
    "too_long": _("Shorten this text."),
    "unknown_picture": _("Upload the picture first: this address on our site is none of yours."),
    "picture_too_small": _("Use main pictures of at least 600 pixels."),
    "too_few_images": _("Add more main pictures."),
    "too_many_images": _("Use fewer pictures: five main ones, fifty altogether at most."),
    "too_many_values": _("Use fewer values of this option, or two products."),
    "too_short": _("Write a longer text."),
    "too_many": _("Use fewer options."),
    "too_many_cells": _("The row has more cells than the first row: put quotes around commas."),
    "unclosed_quote": _("A quotation mark is not closed: the file cannot be read beyond this row."),
    "unknown_category": _("Use a category path of the platform, or choose a default category."),
    "unknown_brand": _("Use a brand of the platform, or leave the cell empty."),
    "unknown_sku": _("Your shop has no SKU of this merchant code."),
    "unknown_product": _("Add the product that this row belongs to."),
}
OTHER = _("Correct this row and import it again.")


def fix_of(code: str) -> str:
    """Return what to do about `code`, in English; `gettext` translates it."""
    return FIXES.get(code, OTHER)


def told(code: str) -> str:
    """Return what to do about `code` in the reader's language; nothing for no code."""
    text = fix_of(code)
    return gettext(text) if code else ""


@dataclass(frozen=True)
class Fault:
    """One thing wrong at one place; a note did not stop the row."""

    row: int
    column: str
    code: str
    is_note: bool = False

    @property
    def fix(self) -> str:
        """What to do, in English; `gettext` translates it."""
        return fix_of(self.code)


class BadCell(Exception):
    """A cell does not hold what its column is for; `code` says how."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)

"""What can be said of a row of plans, and what its owner does about it."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

#: Stable code → what to do, translated when it is shown.
FIXES = {
    "approval_waiting": _("Another raise of this plan waits for approval: decide it first."),
    "asked_for_approval": _(
        "Such a rate needs a second person: it waits under Requests for approval and is not in"
        " force yet."
    ),
    "bad_characters": _("Remove control characters and save the file as UTF-8."),
    "bad_rate": _("Write the rate in percent with at most two decimals, such as 12.5."),
    "cut_too_small": _("A cut is at least one percentage point."),
    "duplicate_row": _("This row stands in the file twice: it counts once."),
    "formula": _("Write the value instead of a formula."),
    "missing": _("Fill in this cell."),
    "other_rate": _("The same product stands in the file with another rate: keep one."),
    "plan_closed": _("The plan is closed."),
    "product_off_shelf": _("Put the product on sale first."),
    "rate_needs_two": _("Open the plan at an ordinary rate, then ask for the raise."),
    "rate_out_of_range": _("Use a rate that plans may have."),
    "rates_above_cap": _("Commission and fees together are too much of the price: lower the rate."),
    "shop_not_in_alliance": _("Join the alliance first."),
    "too_long": _("Shorten this text."),
    "too_many_cells": _("The row has more cells than the first row: put quotes around commas."),
    "unchanged": _("This is the rate already: nothing was done."),
    "unclosed_quote": _("A quotation mark is not closed: the file cannot be read beyond this row."),
    "unknown_product": _("Use a merchant code or a product id of this shop."),
}
#: These did not keep the row from being done.
NOTES = frozenset({"asked_for_approval", "duplicate_row", "unchanged"})

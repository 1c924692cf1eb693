"""The rows that did not ship, as a file: correct it and send it back."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from kernel.cells import BOM, csv_of
from kernel.downloads import Download
from orders.models import ShippingFile, ShippingRowFault
from orders.services.shipfiles.faults import FIXES
from orders.services.shipfiles.reading import COLUMNS

#: Behind the five cells; they are left out when the file comes back.
_TITLES = (_("Row"), _("Column"), _("Code"), _("What to do"))


def fix_of(code: str) -> str:
    """Return what to do about a fault, in the language that is active."""
    return gettext(FIXES[code])


def column_name(column: str) -> str:
    """Return what the active language calls a column of the file; empty for the whole row."""
    if not column:
        return ""
    names = COLUMNS[column]
    return names[1] if (get_language() or "").startswith("zh") else names[0]


def error_file(*, job: ShippingFile) -> Download:
    """Return the refused rows of `job` as CSV: as they were written, with what to do about each.

    No cell of it is a formula. Its columns bear names that `reading` knows in either language.
    """
    head = [*(column_name(name) for name in COLUMNS), *(str(title) for title in _TITLES)]
    content = BOM + csv_of([head, *_rows(job)])
    return Download(
        [content], len(content), f"{job.public_id}-errors.csv", "text/csv; charset=utf-8"
    )


def _rows(job: ShippingFile) -> Iterator[list[object]]:
    faults = ShippingRowFault.objects.filter(shop_id=job.shop_id, job=job, is_note=False)
    for number, of_row in groupby(
        faults.order_by("row_number", "id"), key=lambda fault: fault.row_number
    ):
        several = list(of_row)
        yield [
            *several[0].cells,
            number,
            "; ".join(column_name(fault.column) for fault in several if fault.column),
            "; ".join(fault.code for fault in several),
            " ".join(fix_of(fault.code) for fault in several),
        ]

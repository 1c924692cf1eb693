"""The rows that were refused, as a file: correct it and send it back."""

from __future__ import annotations

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from affiliates.models import PlanFile, PlanRowFault
from affiliates.services.planfiles.faults import FIXES
from affiliates.services.planfiles.reading import COLUMNS
from kernel.cells import BOM, csv_of
from kernel.downloads import Download

#: Behind the two cells; they are left out when the file comes back.
_TITLES = (_("Row"), _("Column"), _("Code"), _("What to do"))


def fix_of(code: str) -> str:
    """Return what to do about a fault, in the language that is active."""
    return gettext(FIXES[code])


def column_name(column: str) -> str:
    """Return what the active language calls a column of the file; empty for the whole row."""
    if not column:
        return ""
    return COLUMNS[column][(get_language() or "").startswith("zh")]


def error_file(*, job: PlanFile) -> Download:
    """Return the refused rows of `job` as CSV: as they were written, with what to do about each.

    No cell of it is a formula. Its columns bear names that `reading` knows in either language.
    """
    head = [*(column_name(name) for name in COLUMNS), *(str(title) for title in _TITLES)]
    faults = PlanRowFault.objects.filter(shop_id=job.shop_id, job=job, is_note=False)
    rows = [
        [*one.cells, one.row_number, column_name(one.column), one.code, fix_of(one.code)]
        for one in faults.order_by("row_number", "id")
    ]
    content = BOM + csv_of([head, *rows])
    return Download(
        [content], len(content), f"{job.public_id}-errors.csv", "text/csv; charset=utf-8"
    )

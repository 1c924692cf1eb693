"""Money as the consoles draw it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from kernel import money
from kernel.admin.base import ConsoleModelAdmin
from kernel.admin.wording import person
from settlements.enums import PayoutStatus

PAYOUT_TONES: dict[str, str] = {
    PayoutStatus.REQUESTED: "warning",
    PayoutStatus.PAID: "success",
    PayoutStatus.REFUSED: "danger",
}


#: The first word of a posting's reference → what happened.
_POSTINGS = {
    "settle": _("Order settled"),
    "reverse": _("Taken back after a refund"),
    "payout": _("Payout"),
    "deposit": _("Deposit"),
    "collect": _("Income of an account collected"),
}


def posting(reference: str) -> str:
    """Return what a posting of the balance was; a payout with its number."""
    name, _colon, rest = reference.partition(":")
    if name != "payout":
        return str(_POSTINGS.get(name, reference))
    number, _colon, end = rest.partition(":")
    title = _("Payout refused") if end == "refused" else _POSTINGS[name]
    return f"{title} {number}"


def amount_column(field: str, label: Any) -> Any:
    """Return a list column that shows the sum in `field` as people read it."""

    @display(description=label, ordering=field)
    def column(page: ConsoleModelAdmin, row: Any) -> str:
        return money.display(getattr(row, field), row.currency)

    return column


def by_column(field: str, label: Any) -> Any:
    """Return a list column that says who, with the role in the reader's language."""

    @display(description=label, ordering=field)
    def column(page: ConsoleModelAdmin, row: Any) -> str:
        return person(getattr(row, field)) or "–"

    return column

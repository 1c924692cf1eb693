"""Money as the consoles draw it."""

from __future__ import annotations

from typing import Any

from unfold.decorators import display

from kernel import money
from kernel.admin.base import ConsoleModelAdmin
from settlements.enums import PayoutStatus

PAYOUT_TONES: dict[str, str] = {
    PayoutStatus.REQUESTED: "warning",
    PayoutStatus.PAID: "success",
    PayoutStatus.REFUSED: "danger",
}


def amount_column(field: str, label: Any) -> Any:
    """Return a list column that shows the sum in `field` as people read it."""

    @display(description=label, ordering=field)
    def column(page: ConsoleModelAdmin, row: Any) -> str:
        return money.display(getattr(row, field), row.currency)

    return column

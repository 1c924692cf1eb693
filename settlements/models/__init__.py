"""Who is owed what for a finished line, in one waterfall that adds up."""

from settlements.models.payout_account import PayoutAccount
from settlements.models.settlement import (
    FeeRate,
    Payout,
    SettlementEntry,
    Statement,
    StatementLine,
)

__all__ = ["FeeRate", "Payout", "PayoutAccount", "SettlementEntry", "Statement", "StatementLine"]

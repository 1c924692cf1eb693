"""The book: accounts, transfers and their legs."""

from ledger.models.book import AccountCode, LedgerAccount, Leg, Transfer

__all__ = ["AccountCode", "LedgerAccount", "Leg", "Transfer"]

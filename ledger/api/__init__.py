"""The ledger room's API."""

"""The ledger room's pages in the three consoles."""

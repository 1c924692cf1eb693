"""The writes of the ledger room, one topic a file."""

"""Measurements of the hot paths: `make bench`. Each prints a table, a JSON line and its check."""

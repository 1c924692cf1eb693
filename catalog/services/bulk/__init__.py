"""Prices and stock of many SKUs: read, looked at, applied, taken back."""

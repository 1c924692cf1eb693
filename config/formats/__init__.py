"""Dates as the consoles write them: short, sortable, the same in both languages."""

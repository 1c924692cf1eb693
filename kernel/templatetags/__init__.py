"""Filters of the consoles' templates."""

"""Doors of the API."""

"""Wiring: settings, addresses, processes. No rule of the trade lives here."""

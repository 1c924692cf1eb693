"""The shops room's pages in the three consoles."""

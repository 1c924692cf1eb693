"""The orders room's pages in the three consoles."""

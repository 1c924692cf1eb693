"""The settlements room's pages in the three consoles."""

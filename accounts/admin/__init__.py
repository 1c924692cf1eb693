"""The accounts room's pages in the three consoles."""

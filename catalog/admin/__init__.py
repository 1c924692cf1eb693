"""The catalog room's pages in the three consoles."""

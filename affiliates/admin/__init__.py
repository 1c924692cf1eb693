"""The affiliates room's pages in the three consoles."""

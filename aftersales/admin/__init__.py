"""The aftersales room's pages in the three consoles."""

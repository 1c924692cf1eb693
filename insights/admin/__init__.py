"""The insights room's pages in the consoles."""

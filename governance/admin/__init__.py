"""Pages of the consoles."""

"""The REST door of the settlements room."""

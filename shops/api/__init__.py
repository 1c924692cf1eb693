"""The REST door of the shops room."""

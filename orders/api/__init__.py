"""The REST door of the orders room."""

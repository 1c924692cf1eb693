"""The REST door of the insights room."""

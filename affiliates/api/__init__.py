"""The REST door of the affiliates room."""

"""The REST door of the catalog room."""

"""Commands of the catalog room."""

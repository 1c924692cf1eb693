"""The command line doors of the catalog room."""

"""The writes of the catalog room, one topic a file."""

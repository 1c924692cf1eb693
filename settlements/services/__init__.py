"""The writes of the settlements room, one topic a file."""

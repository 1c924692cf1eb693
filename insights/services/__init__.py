"""The writes of the insights room, one topic a file."""

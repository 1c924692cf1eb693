"""The writes of the shops room, one topic a file."""

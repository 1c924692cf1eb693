"""The writes of the orders room, one topic a file."""

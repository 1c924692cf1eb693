"""The writes of the governance room, one topic a file."""

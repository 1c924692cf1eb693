"""The writes of the affiliates room, one topic a file."""

"""The writes of the accounts room, one topic a file."""

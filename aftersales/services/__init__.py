"""The writes of the aftersales room, one topic a file."""

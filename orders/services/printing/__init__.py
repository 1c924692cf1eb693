"""Paper for the warehouse: `runs` says which orders and keeps who printed them, `sheets` reads what
stands on it, `labels` and `picking` draw it. No network, no fonts of our own."""

"""The REST door of the aftersales room."""

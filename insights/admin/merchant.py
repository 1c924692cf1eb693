"""The morning page of the merchant console."""

"""The REST door of the accounts room."""

"""Wiring of the orders room."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """The orders room."""

    name = "orders"

    def ready(self) -> None:
        """Let the room hear its facts."""
        import orders.subscribers  # noqa: F401, PLC0415 -- app ready

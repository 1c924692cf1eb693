"""Wiring of the orders room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    """The orders room."""

    name = "orders"
    verbose_name = _("Orders")

    def ready(self) -> None:
        from orders import subscribers  # noqa: F401, PLC0415 -- app ready
        from orders.admin import (  # noqa: F401, PLC0415 -- app ready
            addresses,
            exports,
            merchant,
            operator,
            printings,
            shipfiles,
            support,
        )

"""Wiring of the ledger room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    """The ledger room."""

    name = "ledger"
    verbose_name = _("Books")

    def ready(self) -> None:
        from ledger.admin import operator  # noqa: F401, PLC0415 -- app ready

"""Wiring of the settlements room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SettlementsConfig(AppConfig):
    """The settlements room."""

    name = "settlements"
    verbose_name = _("Settlement")

    def ready(self) -> None:
        from affiliates.services import caps  # noqa: PLC0415 -- app ready
        from settlements import subscribers  # noqa: F401, PLC0415 -- app ready
        from settlements.selectors import fee_rate  # noqa: PLC0415 -- app ready

        caps.register_fee_source(fee_rate)

"""Wiring of the insights room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InsightsConfig(AppConfig):
    """The insights room."""

    name = "insights"
    verbose_name = _("Compass")

    def ready(self) -> None:
        from insights import subscribers  # noqa: F401, PLC0415 -- app ready
        from insights.admin import merchant, platform  # noqa: F401, PLC0415 -- app ready

"""Wiring of the aftersales room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AftersalesConfig(AppConfig):
    """The aftersales room."""

    name = "aftersales"
    verbose_name = _("After-sales")

    def ready(self) -> None:
        from aftersales import subscribers  # noqa: F401, PLC0415 -- app ready
        from aftersales.admin import merchant, operator, support  # noqa: F401, PLC0415 -- app ready
        from aftersales.selectors.shops import open_cases_of  # noqa: PLC0415 -- app ready
        from shops.services import preconditions  # noqa: PLC0415 -- app ready

        preconditions.register(
            code="open_cases", label=_("open after-sales cases"), count=open_cases_of
        )

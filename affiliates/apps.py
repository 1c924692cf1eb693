"""Wiring of the affiliates room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AffiliatesConfig(AppConfig):
    """The affiliates room."""

    name = "affiliates"
    verbose_name = _("Alliance")

    def ready(self) -> None:
        from affiliates import subscribers  # noqa: F401, PLC0415 -- app ready
        from affiliates.admin import merchant, operator, planfiles  # noqa: F401, PLC0415 -- app ready
        from affiliates.selectors import unsettled_orders  # noqa: PLC0415 -- app ready
        from affiliates.services import high_rates  # noqa: PLC0415 -- app ready
        from shops.services import preconditions  # noqa: PLC0415 -- app ready

        high_rates.register()
        preconditions.register(
            code="unsettled_commission",
            label=_("orders with unsettled commission"),
            count=lambda binding: unsettled_orders(binding.shop_id),
        )

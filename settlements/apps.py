"""Wiring of the settlements room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SettlementsConfig(AppConfig):
    """The settlements room."""

    name = "settlements"
    verbose_name = _("Settlement")

    def ready(self) -> None:
        from affiliates.services import caps  # noqa: PLC0415 -- app ready
        from aftersales.services import previews  # noqa: PLC0415 -- app ready
        from settlements import subscribers  # noqa: F401, PLC0415 -- app ready
        from settlements.admin import (  # noqa: PLC0415 -- app ready
            merchant,  # noqa: F401 -- registers
            operator,  # noqa: F401 -- registers
            payout_accounts,  # noqa: F401 -- registers
        )
        from settlements.services import payout_accounts as accounts  # noqa: PLC0415 -- app ready
        from settlements.services.previews import who_pays  # noqa: PLC0415 -- app ready
        from settlements.services.rates import fee_rate  # noqa: PLC0415 -- app ready

        caps.register_fee_source(fee_rate)
        previews.register(who_pays)
        accounts.register()

"""Wiring of the governance room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GovernanceConfig(AppConfig):
    """The governance room."""

    name = "governance"
    verbose_name = _("Governance")

    def ready(self) -> None:
        from governance import subscribers  # noqa: F401, PLC0415 -- app ready
        from governance.admin import merchant, operator, rules  # noqa: F401, PLC0415 -- app ready
        from governance.selectors import missing_for_opening  # noqa: PLC0415 -- app ready
        from governance.services.invariants import violations  # noqa: PLC0415 -- app ready
        from settlements.services import audit  # noqa: PLC0415 -- app ready
        from shops.services import opening  # noqa: PLC0415 -- app ready

        audit.register("governance", violations)
        opening.register(
            code="deposit",
            label=_("Pay the deposit"),
            is_met=lambda shop, at: not missing_for_opening(shop, at),
        )

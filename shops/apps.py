"""Wiring of the shops room."""

from django.apps import AppConfig


class ShopsConfig(AppConfig):
    """The shops room."""

    name = "shops"

    def ready(self) -> None:
        from kernel.actors import Role, register_resolver  # noqa: PLC0415 -- app ready
        from shops.admin import (  # noqa: F401, PLC0415 -- app ready
            admission,
            approvals,
            checklists,
            documents,
            merchant,
            operator,
            reviews,
        )
        from shops.services.actors import merchant_actor  # noqa: PLC0415 -- app ready

        register_resolver(Role.MERCHANT, merchant_actor)

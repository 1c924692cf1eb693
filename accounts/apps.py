"""Wiring of the accounts room."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The accounts room."""

    name = "accounts"

    def ready(self) -> None:
        from accounts import subscribers  # noqa: F401, PLC0415 -- app ready
        from accounts.admin import operator  # noqa: F401, PLC0415 -- app ready
        from accounts.services import actors  # noqa: PLC0415 -- app ready
        from kernel.actors import Role, register_resolver  # noqa: PLC0415 -- app ready

        register_resolver(Role.CREATOR, actors.creator_actor)
        register_resolver(Role.AGENCY, actors.agency_actor)
        register_resolver(Role.SUPPORT, actors.support_actor)
        register_resolver(Role.OPERATOR, actors.operator_actor)

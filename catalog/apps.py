"""Wiring of the catalog room."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """The catalog room."""

    name = "catalog"

    def ready(self) -> None:
        from catalog import subscribers  # noqa: F401, PLC0415 -- app ready
        from catalog.admin import bulk, merchant, operator  # noqa: F401, PLC0415 -- app ready

"""Wiring of the catalog room."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """The catalog room."""

    name = "catalog"

    def ready(self) -> None:
        from catalog import subscribers  # noqa: F401, PLC0415 -- app ready
        from catalog.admin import (  # noqa: F401, PLC0415 -- app ready
            authority,
            buckets,
            bulk,
            decoration,
            merchant,
            operator,
            screening,
            spus,
            stock,
        )
        from catalog.selectors import admission, grants  # noqa: PLC0415 -- app ready
        from shops.selectors.checklist import ask_catalog  # noqa: PLC0415 -- app ready

        ask_catalog(
            count_products=admission.prepared_products,
            categories=admission.top_categories,
            brand_holds=grants.brand_holds,
            brands_in=grants.brands_in,
        )

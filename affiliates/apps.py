"""Wiring of the affiliates room."""

from django.apps import AppConfig


class AffiliatesConfig(AppConfig):
    """The affiliates room."""

    name = "affiliates"

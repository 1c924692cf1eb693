"""Wiring of the shops room."""

from django.apps import AppConfig


class ShopsConfig(AppConfig):
    """The shops room."""

    name = "shops"

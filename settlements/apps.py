"""Wiring of the settlements room."""

from django.apps import AppConfig


class SettlementsConfig(AppConfig):
    """The settlements room."""

    name = "settlements"

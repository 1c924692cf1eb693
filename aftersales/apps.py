"""Wiring of the aftersales room."""

from django.apps import AppConfig


class AftersalesConfig(AppConfig):
    """The aftersales room."""

    name = "aftersales"

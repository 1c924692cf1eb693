"""Wiring of the config room."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The top floor: it joins the rooms and is imported by none."""

    name = "config"

    def ready(self) -> None:
        """Make the Celery application current, so that every `delay()` finds its broker."""
        import config.celery  # noqa: F401, PLC0415 -- settings must be complete first

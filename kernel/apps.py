"""Wiring of the kernel room."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    """The kernel room."""

    name = "kernel"

    def ready(self) -> None:
        from kernel.admin import pages  # noqa: F401, PLC0415 -- app ready

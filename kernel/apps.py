"""Wiring of the kernel room."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    """The kernel room."""

    name = "kernel"

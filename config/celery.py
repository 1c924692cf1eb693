"""The Celery application. Tasks live in each room's `tasks.py`, the schedule in `beat.py`."""

import os

from celery import Celery
from celery.signals import setup_logging, worker_init
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.log import configure_logging

from kernel.serving import check_at_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("haodian")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def use_django_logging(**_: object) -> None:
    """Keep one log format: without this Celery replaces the root handlers with its own."""
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)


@worker_init.connect
def refuse_unwalled(**_: object) -> None:
    """Let no worker of production come in as somebody whom the walls do not hold."""
    if settings.PRODUCTION:
        try:
            check_at_start()
        except ImproperlyConfigured as fault:  # Celery only logs what a listener raises
            raise SystemExit(str(fault)) from None

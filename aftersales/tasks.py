"""Celery doors of the aftersales room."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from aftersales.services import deadlines
from kernel import clock


@shared_task(acks_late=True)
def act_on_overdue_cases(**_: Any) -> None:
    """Do what is due by itself (AF-06). Safe to run any number of times, side by side."""
    deadlines.act_on_overdue(at=clock.database_now())

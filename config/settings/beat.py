"""What beat starts, and how often: plain rows, read once at start."""

from typing import Any

CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {}

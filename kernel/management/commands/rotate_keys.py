"""``manage.py rotate_keys``: seal everything at rest with the newest key."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from kernel import rotation


class Command(BaseCommand):
    """Run it after a new key was put in front of HAODIAN_FIELD_KEYS, as the owner of the tables."""

    help = "Seal personal data, second factors and the audit trail's head with the newest key."

    def handle(self, *args: Any, **options: Any) -> None:
        for column, count in rotation.rotate():
            self.stdout.write(f"{column}: {count}")
        self.stdout.write("The older keys are not needed any more.")

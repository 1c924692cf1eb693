"""``manage.py grant_role lin@example.com operator``: how the platform's first people get in."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.enums import RoleKind
from accounts.models import User
from accounts.services import roles
from kernel import clock
from kernel.actors import SYSTEM


class Command(BaseCommand):
    """Give a known user a platform role."""

    help = "Give a known user the support or the operator role."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("role", choices=[RoleKind.SUPPORT.value, RoleKind.OPERATOR.value])

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        if user is None:
            raise CommandError(f"Nobody signed up as {options['email']}.")
        roles.grant(user=user, role=options["role"], at=clock.now(), actor=SYSTEM)
        self.stdout.write(f"{user.email} is {options['role']}.")

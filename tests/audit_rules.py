"""Always on in the suite (A4): whatever writes the audit trail says who, as what, and what."""

from __future__ import annotations

import re
from typing import Any

from django.apps import apps
from django.db.models.signals import post_save

from kernel.actors import Role
from kernel.models import AuditEntry

#: What moves money, stock, prices, rates or permissions tells what it changed. The rest may be
#: told by its name alone: what was withdrawn, kept, submitted, looked at.
TELLING = re.compile(
    r"set_|change_(?!return_address)|edit_|grant|revoke|price|stock|payout|rate|rename|role"
    r"|approved|refund|ship_order|deposit"
)


def faults_of(entry: AuditEntry) -> list[str]:
    """Return what `entry` does not say."""
    faults = []
    if entry.actor_role not in list(Role):
        faults.append("in which role")
    if entry.request_id:  # a test that calls a service itself may act as nobody in particular
        faults += _faults_of_a_request(entry)
    if TELLING.search(entry.action) and not (entry.before or entry.after):
        faults.append("what it changed")
    return faults


def _faults_of_a_request(entry: AuditEntry) -> list[str]:
    faults = []
    if entry.actor_role != Role.SYSTEM and not entry.actor_user_id:
        faults.append("who")
    if entry.actor_role == Role.MERCHANT and not entry.shop_id:
        faults.append("of which shop")
    return faults


def check(sender: Any, instance: AuditEntry, **_: Any) -> None:
    """Fail the test whose act wrote an entry that says too little."""
    if not apps.is_installed(instance.action.partition(".")[0]):
        return  # a test's own line
    faults = faults_of(instance)
    assert not faults, f"{instance.action} does not say {', '.join(faults)}"


def install() -> None:
    """Look at every entry from now on."""
    post_save.connect(check, sender=AuditEntry, dispatch_uid="audit rules")

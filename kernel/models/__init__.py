"""The tables of the kernel: outbox, deliveries, status changes, idempotency, audit, revisions."""

from kernel.models.audit import AuditCheck, AuditEntry, AuditPending, AuditSeal
from kernel.models.idempotency import IdempotencyRecord
from kernel.models.outbox import Delivery, OutboxMessage
from kernel.models.revision import Revision
from kernel.models.status import StatusChange

__all__ = [
    "AuditCheck",
    "AuditEntry",
    "AuditPending",
    "AuditSeal",
    "Delivery",
    "IdempotencyRecord",
    "OutboxMessage",
    "Revision",
    "StatusChange",
]

"""The states and kinds of the alliance."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MembershipStatus(models.TextChoices):
    JOINED = "joined", _("joined")
    LEAVING = "leaving", _("leaving tomorrow")
    LEFT = "left", _("left")


class PlanKind(models.TextChoices):
    OPEN = "open", _("open plan")


class PlanStatus(models.TextChoices):
    """Section 13: announced changes are versions that have not begun."""

    RUNNING = "running", _("running")
    CLOSING = "closing", _("closing tomorrow")
    CLOSED = "closed", _("closed")


class PlanFileStatus(models.TextChoices):
    """A file of plans (OP-13)."""

    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class PickStatus(models.TextChoices):
    ACTIVE = "active", _("active")
    REMOVED = "removed", _("removed")


class ContractStatus(models.TextChoices):
    """AC-20."""

    INVITED = "invited", _("invited")
    ACTIVE = "active", _("in force")
    DECLINED = "declined", _("declined")
    ENDED = "ended", _("ended")


class CommissionStatus(models.TextChoices):
    """Section 13. A partial refund before settlement only makes the amounts smaller."""

    ESTIMATED = "estimated", _("estimated")
    CONFIRMED = "confirmed", _("confirmed")
    SETTLEABLE = "settleable", _("to settle")
    SETTLED = "settled", _("settled")
    VOID = "void", _("void after refund")
    REVERSED_PART = "reversed_part", _("partly taken back")
    REVERSED = "reversed", _("taken back")


class EntryKind(models.TextChoices):
    ESTIMATE = "estimate", _("estimated")
    REDUCE = "reduce", _("reduced by a refund")
    SETTLE = "settle", _("settled")
    REVERSE = "reverse", _("taken back after settlement")

"""The states and kinds of governance."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DepositStatus(models.TextChoices):
    """How a deposit stands to what is due (SH-08)."""

    OK = "ok", _("covered")
    #: Covered today, not what is announced.
    DUE = "due", _("more is due soon")
    SHORTFALL = "shortfall", _("too low")
    #: Below zero: the platform's own money is out.
    ADVANCED = "advanced", _("advanced by the platform")
    REFUNDED = "refunded", _("paid back")


#: Less is there than is due.
SHORT = (DepositStatus.SHORTFALL, DepositStatus.ADVANCED)


class EntryKind(models.TextChoices):
    """SH-08."""

    TOP_UP = "top_up", _("paid in")
    FREEZE = "freeze", _("set aside")
    UNFREEZE = "unfreeze", _("set free")
    DEDUCT = "deduct", _("deducted")
    ADVANCE = "advance", _("advanced for a case")
    WITHDRAW = "withdraw", _("surplus withdrawn")
    REFUND = "refund", _("paid back after closing")


class AssessmentCause(models.TextChoices):
    """Why what is due was worked out."""

    FIRST = "first", _("first time")
    MONTHLY = "monthly", _("last month's sales")
    TRIAL_OVER = "trial_over", _("end of the trial")
    ADVANCED = "advanced", _("the platform advanced money")
    PROVEN = "proven", _("no shortfall for long enough")


class PaymentStatus(models.TextChoices):
    """A payment into a deposit."""

    PENDING = "pending", _("waits for the money")
    PAID = "paid", _("paid")
    CLOSED = "closed", _("closed")


class DeductionStatus(models.TextChoices):
    """A deduction that may take two operators."""

    PENDING = "pending", _("waits for a second operator")
    DONE = "done", _("deducted")
    REJECTED = "rejected", _("rejected")


class Measure(models.TextChoices):
    """Which score a consequence looks at (SH-16)."""

    TOTAL = "score", _("experience score")
    PRODUCT = "product", _("products")
    LOGISTICS = "logistics", _("logistics")
    SERVICE = "service", _("service")


class Effect(models.TextChoices):
    """What a low score leads to (SH-16): the kinds of restriction that it may have."""

    ALLIANCE = "alliance", _("no new alliance membership")
    DAILY_ORDERS = "daily_orders", _("limited orders a day")

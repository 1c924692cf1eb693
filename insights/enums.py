"""The parts and measures of a shop's experience score (SH-13, SH-14)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ScorePart(models.TextChoices):
    """What is scored apart."""

    PRODUCT = "product", _("Products")
    LOGISTICS = "logistics", _("Logistics")
    SERVICE = "service", _("Service")


class ScoreMetric(models.TextChoices):
    """What is measured. Reviews and chats are not there yet, so nothing is measured of them."""

    QUALITY_RETURN = "quality_return", _("Refunds for quality")
    SHIPPED_ON_TIME = "shipped_on_time", _("Shipped on time")
    REFUND_HOURS = "refund_hours", _("Hours to answer a refund")
    RETURN_HOURS = "return_hours", _("Hours to answer a return")
    PLATFORM_HELP = "platform_help", _("Platform called for help")


class RowPart(models.TextChoices):
    """Which rows of a measure: all that count, or those that are counted of them."""

    DENOMINATOR = "denominator", _("all that count")
    NUMERATOR = "numerator", _("of them")


class ExemptReason(models.TextChoices):
    """Why an order or a case does not count (SH-15)."""

    MALICIOUS_BUYER = "malicious_buyer", _("malicious buyer")
    FORCE_MAJEURE = "force_majeure", _("carrier, force majeure")
    APPEAL_WON = "appeal_won", _("appeal won")

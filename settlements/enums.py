"""The states and kinds of settlement."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EntryKind(models.TextChoices):
    SETTLE = "settle", _("settled")
    REVERSE = "reverse", _("taken back after settlement")


class FeeKind(models.TextChoices):
    """What a dated rate is for (SH-09): all add up."""

    BASE = "base", _("base rate")
    #: On top, for what comes by a channel.
    CHANNEL = "channel", _("supplement of a channel")
    #: On top, for what specialty shops sell without a brand.
    UNBRANDED = "unbranded", _("supplement without a brand")


class PartyKind(models.TextChoices):
    SHOP = "shop", _("shop")
    CREATOR = "creator", _("creator")
    AGENCY = "agency", _("agency")
    PLATFORM = "platform", _("platform")


class PayoutAccountStatus(models.TextChoices):
    WAITING = "waiting", _("waits for approval")
    ACTIVE = "active", _("in use")
    REPLACED = "replaced", _("replaced")
    REFUSED = "refused", _("not approved")


class PayoutStatus(models.TextChoices):
    REQUESTED = "requested", _("requested")
    PAID = "paid", _("paid out")
    REFUSED = "refused", _("refused")

"""The states and kinds of settlement."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EntryKind(models.TextChoices):
    SETTLE = "settle", _("settled")
    REVERSE = "reverse", _("taken back after settlement")


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

"""The states and kinds of the accounts room."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RoleKind(models.TextChoices):
    """Roles that one user may hold side by side (AC-01)."""

    CONSUMER = "consumer", _("consumer")
    CREATOR = "creator", _("creator")
    MERCHANT_OWNER = "merchant_owner", _("merchant owner")
    MERCHANT_STAFF = "merchant_staff", _("merchant staff")
    AGENCY_STAFF = "agency_staff", _("agency staff")
    PROVIDER_DEVELOPER = "provider_developer", _("service provider")
    SUPPORT = "support", _("platform support")
    OPERATOR = "operator", _("platform operator")


class RoleStatus(models.TextChoices):
    ACTIVE = "active", _("active")
    SUSPENDED = "suspended", _("suspended")


class AccountKind(models.TextChoices):
    """Kinds of content account (AC-03)."""

    PERSONAL = "personal", _("personal")
    ENTERPRISE = "enterprise", pgettext_lazy("account", "enterprise")
    BRAND = "brand", pgettext_lazy("account", "brand")
    COOPERATION = "cooperation", _("cooperation")
    EMPLOYEE = "employee", _("employee")


class VerificationStatus(models.TextChoices):
    """AC-04; `none` is an account without a row."""

    SUBMITTED = "submitted", _("submitted")
    REVIEWING = "reviewing", _("in review")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")
    EXPIRING = "expiring", _("expiring")
    EXPIRED = "expired", _("expired")


class CreatorStatus(models.TextChoices):
    ACTIVE = "active", _("active")
    SUSPENDED = "suspended", _("suspended")

"""What this room refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class AlreadyExempt(DomainError):
    """The order or the case does not count already."""

    code = "already_exempt"
    message = _("This does not count already.")


class NeverCounted(DomainError):
    """An order that was not paid counts for nothing."""

    code = "never_counted"
    message = _("An order that was not paid does not count anyway.")


class BandsAreWrong(DomainError):
    """The bands of a rule do not go from the best to the worst."""

    code = "bands_are_wrong"
    message = _("Bands go from the best to the worst, each with fewer points.")


class RuleBegins(DomainError):
    """A rule may not begin in the past: scores that were shown would have had another."""

    code = "rule_begins_in_the_past"
    message = _("A rule takes effect in the future.")


class ExemptionLifted(DomainError):
    """The exemption was lifted before."""

    code = "exemption_lifted"
    message = _("This counts again already.")

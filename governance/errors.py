"""What this room refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class DepositTooLow(DomainError):
    """`extra["available"]` says how much there is, in minor units."""

    code = "deposit_too_low"
    message = _("The deposit holds less than that.")


class NothingToWithdraw(DomainError):
    """Only what is neither due nor set aside goes back (SH-07)."""

    code = "nothing_to_withdraw"
    message = _("Only what is above the amount due and not set aside can be withdrawn.")


class WithdrawnThisWeek(DomainError):
    """SH-07: once a week. `extra["possible_from"]` says when again."""

    code = "withdrawn_this_week"
    message = _("Surplus can be withdrawn once in seven days.")


class ShopNotClosed(DomainError):
    """A deposit goes back as a whole when nothing can happen in the shop any more."""

    code = "shop_not_closed"
    message = _("The deposit is paid back as a whole after the shop is closed.")


class CasesOpen(DomainError):
    """A closed shop may still have to give money back."""

    code = "cases_open"
    message = _("Orders or after-sales cases of this shop are not finished.")


class DepositPaidBack(DomainError):
    """A deposit that went back takes no money."""

    code = "deposit_paid_back"
    message = _("This deposit was paid back.")


class ViolationDeducted(DomainError):
    """A violation costs once."""

    code = "violation_deducted"
    message = _("For this violation something was deducted before, or is about to be.")


class NothingToAdvance(DomainError):
    """The platform advances what the shop could not pay: its debt, for what the case gave back."""

    code = "nothing_to_advance"
    message = _("The shop's balance covers the refunds of this case.")


class SecondOperatorNeeded(DomainError):
    """Above a limit two people of the platform decide."""

    code = "second_operator_needed"
    message = _("Somebody else has to decide about this.")


class RuleBeginsInThePast(DomainError):
    """What was announced stays what it was."""

    code = "rule_begins_in_the_past"
    message = _("A rule takes effect in the future.")


class TiersAreWrong(DomainError):
    """Tiers go up, the last one without an end."""

    code = "tiers_are_wrong"
    message = _("Tiers rise in sales and in amount, and the last one has no end.")


class AlreadyExempt(DomainError):
    """One exemption for a shop and an effect is enough."""

    code = "already_exempt"
    message = _("The shop is exempt from this already.")


class ExemptionLifted(DomainError):
    """It was lifted before."""

    code = "exemption_lifted"
    message = _("This exemption was lifted already.")

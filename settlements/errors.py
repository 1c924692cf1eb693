"""What settlement refuses."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class BalanceTooLow(DomainError):
    """Also while a debt of refunds is being worked off."""

    code = "balance_too_low"
    message = _("The balance is lower than that.")


class FeeRateInThePast(DomainError):
    code = "fee_rate_in_the_past"
    message = _("A new fee rate begins in the future: sales keep the rate they were made under.")


class FeeRateOutOfRange(DomainError):
    code = "fee_rate_out_of_range"
    status = 400
    message = _("The fee rate is 0 %% to %(high)s %%.")


class FeeChannelWrong(DomainError):
    """The supplement of a channel names it; no other rate does."""

    code = "fee_channel_wrong"
    status = 400
    message = _("A channel belongs to the supplement of a channel, and to no other rate.")


class NoPayoutAccount(DomainError):
    """A shop's money goes to its bank account alone."""

    code = "no_payout_account"
    message = _("Set the payout account first.")


class NoLegalEntity(DomainError):
    """The account's holder is the shop's legal entity, known once the shop is approved."""

    code = "no_legal_entity"
    message = _("The payout account is set when the shop is approved.")


class PayoutAccountUnchanged(DomainError):
    """It is the account in use already."""

    code = "payout_account_unchanged"
    message = _("This is the payout account already.")


class PayoutAccountWaiting(DomainError):
    """One change at a time."""

    code = "payout_account_waiting"
    message = _("A new payout account waits for approval already.")

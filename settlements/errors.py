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

"""Refusals of the aftersales room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError, InvalidInput


class NotEligible(DomainError):
    """No case can be opened on the line; `extra["reason"]` is a `Refusal` code (AF-09)."""

    code = "not_eligible"
    message = _("No after-sales case is possible for this line.")


class KindNotAllowed(DomainError):
    """The line's pieces are not where this kind of case needs them."""

    code = "kind_not_allowed"
    message = _("This kind of case is not possible for this line.")


class ReasonNotFitting(DomainError):
    """The reason makes no sense for the kind."""

    code = "reason_not_fitting"
    message = _("This reason does not fit the kind of case.")


class QuantityExceeded(DomainError):
    """More pieces than are left."""

    code = "quantity_exceeded"
    message = _("There are fewer pieces left.")


class AmountExceeded(DomainError):
    """More money than the calculator allows."""

    code = "amount_exceeded"
    message = _("The amount is higher than what can be refunded.")


class NothingToRefund(DomainError):
    """The pieces asked for are worth less than the smallest unit of money."""

    code = "nothing_to_refund"
    message = _("There is no money to refund for these pieces.")


class RejectCodeNotFitting(InvalidInput):
    """The code belongs to another kind of case or to the other rejection (AF-15)."""

    code = "reject_code_not_fitting"
    message = _("This rejection code does not fit the case.")


class RemarkRequired(InvalidInput):
    """A rejection is explained to the buyer (AF-15)."""

    code = "remark_required"
    message = _("Say why, in words for the buyer.")


class EvidenceRequired(InvalidInput):
    """This rejection code needs a picture (AF-15)."""

    code = "evidence_required"
    message = _("This rejection code needs a picture as evidence.")


class GuaranteeInForce(DomainError):
    """A guarantee of the order covers the request; `extra["guarantee"]` names it (SH-10)."""

    code = "guarantee_in_force"
    message = _("A guarantee of this order covers the request.")


class NoReturnAddress(DomainError):
    """A return cannot be agreed to without a place to send it (AF-21)."""

    code = "no_return_address"
    message = _("Set a default return address first.")


class InArbitration(DomainError):
    """Support decides now; the case stands still until then (AF-26)."""

    code = "in_arbitration"
    message = _("Platform support is deciding this case.")


class NotInArbitration(DomainError):
    """Nobody called support."""

    code = "not_in_arbitration"
    message = _("This case is not with platform support.")


class AlreadyInspected(DomainError):
    """The returned parcel was looked at, and stock followed, once."""

    code = "already_inspected"
    message = _("The returned goods were inspected already.")


class CaseEnded(DomainError):
    """Nothing can be added to a case that ended."""

    code = "case_ended"
    message = _("This case has ended.")

"""Refusals of the accounts room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class HandleTaken(DomainError):
    """Handles are unique without regard to case."""

    code = "handle_taken"
    message = _("This handle is taken.")


class TooManyAccounts(DomainError):
    """A user owns at most `MAX_ACCOUNTS`."""

    code = "too_many_accounts"
    message = _("You have as many accounts as one person may have.")


class TooManyAddresses(DomainError):
    """A user keeps at most `MAX_ADDRESSES`."""

    code = "too_many_addresses"
    message = _("You have as many addresses as one person may keep.")


class NameFollowsShop(DomainError):
    """BI-07: sync is one-way, shop to account."""

    code = "name_follows_shop"
    message = _("Name and picture of an official account follow its shop.")


class IsOfficialAccount(DomainError):
    """BI-05, BI-06: the shop's collection account is used."""

    code = "is_official_account"
    message = _("An official account uses the collection account of its shop.")


class Blocked(DomainError):
    """AC-05: the account refuses this user."""

    code = "blocked"
    message = _("This account does not want to be followed by you.")


class OwnAccount(DomainError):
    """Nobody follows or blocks themselves."""

    code = "own_account"
    message = _("This is your own account.")


class VerificationOpen(DomainError):
    """One open submission an account."""

    code = "verification_open"
    message = _("A verification of this account is being looked at.")


class CreditCodeMissing(DomainError):
    """AC-04: enterprises and brands are verified by their credit code."""

    code = "credit_code_missing"
    message = _("This kind of account is verified by its unified social credit code.")


class OwnCase(DomainError):
    """Nobody decides about what is theirs."""

    code = "own_case"
    message = _("Somebody else must decide about what is yours.")


class AlreadyCreator(DomainError):
    """One creator a user, one creator an account."""

    code = "already_creator"
    message = _("You are a creator already.")


class AlreadyAgency(DomainError):
    """One agency an owner."""

    code = "already_agency"
    message = _("You have an agency already.")


class RoleNotSuspendable(DomainError):
    """A consumer is locked out as a user, not as a role."""

    code = "role_not_suspendable"
    message = _("This role cannot be suspended.")

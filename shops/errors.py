"""Refusals of the shops room."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError, FieldError, InvalidInput

# --- getting in ---------------------------------------------------------------------------------


class TooManyShops(DomainError):
    """One person prepares at most `MAX_PREPARING` shops at a time."""

    code = "too_many_shops"
    message = _("Finish the applications you have begun first.")


class ShopNameTaken(DomainError):
    """Names are unique without regard to case."""

    code = "shop_name_taken"
    message = _("Another shop has this name.")


class AdmissionLocked(DomainError):
    """SH-03: what lies with an operator, or was approved, is not edited."""

    code = "admission_locked"
    message = _("This application cannot be edited now.")


class AdmissionIncomplete(DomainError):
    """SH-04: `extra["checklist"]` names what is missing."""

    code = "admission_incomplete"
    message = _("Something is missing in this application.")


class AdmissionClaimed(DomainError):
    """SH-03: one reviewer at a time; `extra["until"]` says for how long."""

    code = "admission_claimed"
    message = _("Somebody else is reviewing this application.")


class RequirementUnknown(DomainError):
    """Not in the checklist of this application, or not answered here."""

    code = "requirement_unknown"
    status = 400
    message = _("The checklist does not ask for this.")


class AnswerInvalid(DomainError):
    """SH-04: not of the kind that the checklist asks for."""

    code = "answer_invalid"
    status = 400
    message = _("This is no answer to the question.")


class GrantsMissing(DomainError):
    """SH-02: the grants that operators accepted do not bear the type of the shop."""

    code = "grants_missing"
    message = _("The accepted brand grants do not bear this type of shop.")


class NameNotAllowed(DomainError):
    """SH-02: `extra["word"]` is for shops of another type."""

    code = "name_not_allowed"
    message = _("A shop of this type may not carry this name.")


class UpgradeNotPossible(DomainError):
    """SH-02: one's own individual shop that has opened becomes an enterprise's once."""

    code = "upgrade_not_possible"
    message = _("Only your own individual shop has one successor, of an enterprise.")


class BadDocument(InvalidInput):
    """SH-04: neither a picture nor a whole PDF; `errors` says why in a code."""

    code = "bad_document"
    message = _("This is not a document that can be kept.")

    @classmethod
    def about(cls, code: str, detail: str | Promise) -> BadDocument:
        """Return the refusal of a file, with the reason at the field that files come in."""
        return cls(str(detail), errors=[FieldError("/file", code, detail)])


class TooManyDocuments(DomainError):
    """A shop keeps at most MAX_SHOP_DOCUMENTS."""

    code = "too_many_documents"
    message = _("The shop has as many documents as it may have.")


class ChecklistInvalid(DomainError):
    """SH-04: a requirement without its words, twice the same, or a date in the past."""

    code = "checklist_invalid"
    status = 400
    message = _("This checklist is not possible.")


class MerchantMismatch(DomainError):
    """The credit code is known under another legal name."""

    code = "merchant_mismatch"
    message = _("This credit code belongs to another legal name.")


class ShopNotOpen(DomainError):
    """Only an open shop does this."""

    code = "shop_not_open"
    message = _("This shop is not open.")


# --- people -------------------------------------------------------------------------------------


class RoleBeyondOwn(DomainError):
    """SH-17: nobody grants, changes or takes what they do not hold."""

    code = "role_beyond_own"
    status = 403
    message = _("You can only decide about roles that do no more than yours.")


class AlreadyStaff(DomainError):
    """One place a person and shop."""

    code = "already_staff"
    message = _("This person works in the shop already.")


class InvitationExpired(DomainError):
    """INVITATION_VALID_FOR has passed."""

    code = "invitation_expired"
    message = _("This invitation has expired. Ask for a new one.")


class LastOwner(DomainError):
    """SH-17: a shop never loses its last owner."""

    code = "last_owner"
    message = _("A shop keeps at least one owner.")


# --- two persons --------------------------------------------------------------------------------


class SecondPersonNeeded(DomainError):
    """Whoever asked for it does not approve it."""

    code = "second_person_needed"
    status = 403
    message = _("Somebody else has to approve this.")


class ApprovalWaiting(DomainError):
    """One change of a thing at a time; `extra["approval_id"]` names the one that waits."""

    code = "approval_waiting"
    message = _("A change of this waits for a second person already.")


class ApprovalExpired(DomainError):
    """Nobody decided in time, or whoever asked no longer works there."""

    code = "approval_expired"
    message = _("This request has expired. It can be made again.")


# --- promises -----------------------------------------------------------------------------------


class GuaranteeRunning(DomainError):
    """A guarantee of this kind is in force."""

    code = "guarantee_running"
    message = _("This guarantee is in force already.")


class RegionUnknown(DomainError):
    """Not a code of GB/T 2260."""

    code = "region_unknown"
    status = 400
    message = _("There is no such region.")


class RegionTwice(DomainError):
    """A region, or one inside it at the same level, has one rule."""

    code = "region_twice"
    status = 400
    message = _("A region is in two rules.")


class NoTemplate(DomainError):
    """Rules say what differs from the flat amount, so that is set first."""

    code = "no_template"
    message = _("Set the freight first.")


class TooManyRules(DomainError):
    """A template keeps at most `MAX_RULES`."""

    code = "too_many_rules"
    message = _("There are too many rules.")


class PeriodInvalid(DomainError):
    """It ends before it begins, lies in the past, or is too long."""

    code = "period_invalid"
    status = 400
    message = _("This period is not possible.")


class BoundElsewhere(DomainError):
    """SH-18: a product, or a region, goes back to one address; `extra` names what is bound."""

    code = "bound_elsewhere"
    message = _("Another return address takes this already.")


class TooManyReturnAddresses(DomainError):
    """A shop keeps at most `MAX_RETURN_ADDRESSES`."""

    code = "too_many_return_addresses"
    message = _("The shop has as many return addresses as it may keep.")


class LastReturnAddress(DomainError):
    """An open shop must be able to take returns."""

    code = "last_return_address"
    message = _("A shop keeps at least one return address.")


class TooManyRenames(DomainError):
    """BI-07: at most NAME_CHANGES_PER_30_DAYS; `extra["possible_from"]` says when."""

    code = "too_many_renames"
    message = _("Name and picture have been changed too often in the last 30 days.")


# --- binding ------------------------------------------------------------------------------------


class AccountNotVerified(DomainError):
    """BI-04: both sides are verified."""

    code = "account_not_verified"
    message = _("Only a verified account can be bound.")


class AccountHasCollection(DomainError):
    """BI-05."""

    code = "account_has_collection"
    message = _("An account with a collection account of its own cannot be an official account.")


class AccountCoolingDown(DomainError):
    """BI-11, of either relation: `extra["possible_from"]` says until when."""

    code = "account_cooling_down"
    message = _("This account was unbound a short while ago and cannot be bound yet.")


class BindingRunning(DomainError):
    """One running binding a shop and account."""

    code = "binding_running"
    message = _("A binding between this shop and this account is running already.")


class OfficialAccountExists(DomainError):
    """BI-01: exactly one; another comes as a replacement."""

    code = "official_account_exists"
    message = _("The shop has an official account. Start a replacement instead.")


class NotReplaceable(DomainError):
    """Only the shop's active official binding is replaced, by an official one."""

    code = "not_replaceable"
    message = _("Only the active official account can be replaced.")


class ReplacementUsed(DomainError):
    """BI-11: `extra["possible_from"]` says when the next change is possible."""

    code = "replacement_used"
    message = _("The official account can be changed once in 365 days.")


class AuthorisationMissing(DomainError):
    """BI-04: different legal entities need a letter of authorisation."""

    code = "authorisation_missing"
    message = _("Shop and account are different legal entities: add a letter of authorisation.")


class ConsentExpired(DomainError):
    """BI-04: nobody answered in time."""

    code = "consent_expired"
    message = _("This request has expired.")


class NotOfficial(DomainError):
    """BI-02 is about official accounts."""

    code = "not_official"
    message = _("Only the shop of an official account can be its main shop.")


class ShopIsBound(DomainError):
    """A closed shop keeps nobody's face."""

    code = "shop_is_bound"
    message = _("Unbind the shop's accounts first.")


class ShopRestricted(DomainError):
    """SH-08, SH-16: `extra["restriction"]` says what the shop may not do."""

    code = "shop_restricted"
    message = _("The platform restricts this shop. Its page of restrictions says why.")

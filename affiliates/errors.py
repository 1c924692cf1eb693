"""What the alliance refuses. The codes tell a creator or a shop exactly why (AL-21)."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class ShopNotOpen(DomainError):
    code = "shop_not_open"
    message = _("Only an open shop can join the alliance.")


class ShopNotInAlliance(DomainError):
    code = "shop_not_in_alliance"
    message = _("The shop is not in the alliance.")


class AlreadyInAlliance(DomainError):
    code = "already_in_alliance"
    message = _("The shop is in the alliance already.")


class RateOutOfRange(DomainError):
    code = "rate_out_of_range"
    status = 400
    message = _("The rate of an open plan is %(low)s %% to %(high)s %%.")


class RatesAboveCap(DomainError):
    code = "rates_above_cap"
    message = _("Commission and fees together may not exceed %(cap)s %% of the price.")


class CutTooSmall(DomainError):
    code = "cut_too_small"
    message = _("A cut is at least one percentage point.")


class RateUnchanged(DomainError):
    code = "rate_unchanged"
    message = _("This is the rate already.")


class RateNeedsTwo(DomainError):
    """A plan is opened at an ordinary rate, then raised by two persons: `extra["limit_bp"]`."""

    code = "rate_needs_two"
    message = _("Such a rate needs a second person: open the plan lower, then ask for the raise.")


class PlanExists(DomainError):
    code = "plan_exists"
    message = _("This product has a plan already.")


class PlanClosed(DomainError):
    code = "plan_closed"
    message = _("The plan is closed.")


class TooManyPlanFiles(DomainError):
    """Files of plans of the shop are still at work."""

    code = "too_many_plan_files"
    message = _("Other plan files of the shop are not done yet. Wait for them.")


class NothingToApply(DomainError):
    """No dry run, not done yet, without a good row, or applied already."""

    code = "nothing_to_apply"
    message = _("This file has nothing to apply any more.")


class PromotionClosed(DomainError):
    code = "promotion_closed"
    message = _("The shop does not offer this product for promotion.")


class NotNamed(DomainError):
    """The shop lets certain creators alone sell the product (CA-19)."""

    code = "not_named"
    message = _("The shop lets others sell this product.")


class ProductOffShelf(DomainError):
    code = "product_off_shelf"
    message = _("The product is not on sale.")


class OwnShopProduct(DomainError):
    """BI-09."""

    code = "own_shop_product"
    message = _("Products of your own shop belong in its shop tab, not in the showcase.")


class OnProbation(DomainError):
    """BI-15: `extra["possible_from"]` says until when."""

    code = "on_probation"
    message = _("An account that a shop has just bound sells the goods of its own shop alone.")


class CreatorSuspended(DomainError):
    code = "creator_suspended"
    message = _("Your creator account is suspended.")


class ContractNotOpen(DomainError):
    code = "contract_not_open"
    message = _("This contract is no longer open for that.")


class CreatorHasAgency(DomainError):
    code = "creator_has_agency"
    message = _("The creator has a contract in force. End it first.")


class AlreadyInvited(DomainError):
    code = "already_invited"
    message = _("The creator has an invitation of this agency already.")

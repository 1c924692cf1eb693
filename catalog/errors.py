"""What the catalog refuses. Codes are public API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError, FieldError, InvalidInput


class InvalidProduct(InvalidInput):
    """The content of a product breaks a rule; `errors` names the fields."""

    code = "invalid_product"
    message = _("The product is not valid.")


class InvalidCategory(InvalidInput):
    """The category cannot stand there, or not under this name."""

    code = "invalid_category"
    message = _("The category is not valid.")


class LimitsCannotBeMet(InvalidInput):
    """The least an order is more than the most: nobody could buy the product."""

    code = "limits_cannot_be_met"
    message = _("The least an order may not be more than the most.")


class BadChannel(InvalidInput):
    """The product cannot be sold through these (CA-19); `errors` says why."""

    code = "bad_channel"
    message = _("The product cannot be sold through these.")

    @classmethod
    def about(cls, field: str, code: str, detail: str | Promise) -> BadChannel:
        """Return the refusal with its reason at `field`."""
        return cls(str(detail), errors=[FieldError(f"/{field}", code, detail)])


class AlreadyForAllCreators(DomainError):
    """A main product has at most one channel product for all creators (CA-19)."""

    code = "already_for_all_creators"
    message = _("There is a channel product for all creators already.")


class BadSku(InvalidInput):
    """A SKU cannot be like this; `errors` says why."""

    code = "bad_sku"
    message = _("The SKU is not valid.")

    @classmethod
    def about(cls, field: str, code: str, detail: str | Promise) -> BadSku:
        """Return the refusal with its reason at `field`."""
        return cls(str(detail), errors=[FieldError(f"/{field}", code, detail)])


class LastSku(DomainError):
    """A product on the shelf has an active SKU."""

    code = "last_sku"
    message = _("It is the only SKU that is sold: take the product off the shelf instead.")


class BadBundle(InvalidInput):
    """A SKU cannot be put together like this (CA-09); `errors` says why."""

    code = "bad_bundle"
    message = _("The SKU cannot be put together like this.")

    REASONS: ClassVar[Mapping[str, Promise]] = {
        "itself": _("A bundle is no part of itself."),
        "named_twice": _("Name each part once."),
        "too_many_parts": _("A bundle has up to 20 parts."),
        "bad_quantity": _("1 to 99 pieces of each part."),
        "of_another_shop": _("Parts are SKUs of the same shop."),
        "unknown_part": _("No SKU of the shop is called: %(names)s."),
        "part_is_a_bundle": _("A bundle is no part of another."),
        "is_a_part": _("It is a part of a bundle itself."),
        "one_piece": _("One piece of one SKU is no bundle."),
    }

    @classmethod
    def about(cls, field: str, code: str, **words: str) -> BadBundle:
        """Return the refusal with its reason, one of `REASONS`, at `field`."""
        detail = str(cls.REASONS[code]) % words
        return cls(str(detail), errors=[FieldError(f"/{field}", code, detail)])


class BundleHasPieces(DomainError):
    """Bundles of the old parts are there: their parts stay what they are."""

    code = "bundle_has_pieces"
    message = _("Bundles of the old parts are in stock: sell them or take them apart first.")


class NoBundle(DomainError):
    """The SKU is not put together from others."""

    code = "no_bundle"
    message = _("This SKU is no bundle.")


class BadBucket(InvalidInput):
    """Pieces cannot be set aside like this (CA-10); `errors` says why."""

    code = "bad_bucket"
    message = _("Pieces cannot be set aside like this.")

    REASONS: ClassVar[Mapping[str, Promise]] = {
        "no_account": _("An activity's pieces are sold by nobody: name no account."),
        "account_required": _("Say whose account sells them."),
        "end_required": _("A live session has an end: say when."),
        "end_out_of_range": _("The end lies ahead, by 90 days at most."),
    }

    @classmethod
    def about(cls, field: str, code: str) -> BadBucket:
        """Return the refusal with its reason, one of `REASONS`, at `field`."""
        detail = cls.REASONS[code]
        return cls(str(detail), errors=[FieldError(f"/{field}", code, detail)])


class SetAsideAlready(DomainError):
    """A SKU has one open bucket of a kind for an account."""

    code = "set_aside_already"
    message = _("Pieces are set aside for this already: change how many.")


class BucketEnded(DomainError):
    """Nothing is put into or taken out of a bucket that has ended."""

    code = "bucket_ended"
    message = _("This has ended: its pieces are for everybody again.")


class BucketShort(DomainError):
    """More shall be taken out of a bucket than is left in it."""

    code = "bucket_short"
    message = _("Fewer pieces are left in it.")


class NotListable(DomainError):
    """The product cannot be put on the shelf now."""

    code = "not_listable"
    message = _("The product cannot be listed now.")


class CategoryNotOpen(NotListable):
    """SH-05: the category asks for licences; `extra["qualifications"]` names those that lack."""

    code = "category_not_open"
    message = _("This category is not open to the shop: a licence is missing or over.")


class PaperInvalid(DomainError):
    """A grant or a licence without a time, a number, or a reason that counts."""

    code = "paper_invalid"
    status = 400
    message = _("This paper cannot be taken: look at its dates and what it is for.")


class PaperWaiting(DomainError):
    """One claim to a brand, one of a licence, waits at a time."""

    code = "paper_waiting"
    message = _("Another one of this is in review already.")


class GrantExclusive(DomainError):
    """SH-02: another shop holds the brand exclusively in the same time."""

    code = "grant_exclusive"
    message = _("Another shop holds this brand exclusively in this time.")


class QualificationRuleInvalid(DomainError):
    """SH-05: no code or name, or an attribute without values."""

    code = "qualification_rule_invalid"
    status = 400
    message = _(
        "This rule is not possible: a code, a name, and values where it names an attribute."
    )


class PageInvalid(InvalidInput):
    """SH-20: a block that says too little, too much, or shows what is not the shop's."""

    code = "page_invalid"
    message = _("This page cannot be shown.")


class ChangePending(DomainError):
    """A product has one pending change at a time (CA-04)."""

    code = "change_pending"
    message = _("A change of this product is in review. Withdraw it first.")


class NothingToSubmit(DomainError):
    """There is no change that could be reviewed."""

    code = "nothing_to_submit"
    message = _("There is nothing to submit.")


class RestoreTooLate(DomainError):
    """The recycle bin keeps a product for 30 days (CA-23)."""

    code = "restore_too_late"
    message = _("The product was deleted too long ago.")


class DuplicateCode(DomainError):
    """A merchant code names one SKU of the shop."""

    code = "duplicate_code"
    message = _("This merchant code is used by another product.")


class OutOfStock(DomainError):
    """Fewer pieces are available than were asked for; `extra["skus"]` names the SKUs."""

    code = "out_of_stock"
    message = _("Some pieces are no longer available.")


class HoldMissing(DomainError):
    """More was released or sold than had been held: a fault of the caller, not of the buyer."""

    code = "hold_missing"
    message = _("These pieces were not held.")


class StockChanged(DomainError):
    """The count the merchant saw is not the one stored."""

    code = "stock_changed"
    message = _("The stock changed in the meantime. Look again.")


class BadPrice(InvalidInput):
    """The price breaks a rule."""

    code = "bad_price"
    message = _("The price is not valid.")


class NothingToChange(InvalidInput):
    """No row names a SKU with a new price or count."""

    code = "nothing_to_change"
    message = _("There is nothing to change.")


class UndoTooLate(DomainError):
    """A bulk edit can be taken back for a day."""

    code = "undo_too_late"
    message = _("This was applied too long ago to be undone.")


class TooManyPictures(DomainError):
    """A shop keeps a limited number of pictures (MAX_SHOP_PICTURES)."""

    code = "too_many_pictures"
    message = _("The shop has as many pictures as it may have.")


class UnreadableFile(InvalidInput):
    """The file cannot be read as a table of products; nothing was imported."""

    code = "unreadable_file"
    message = _("The file cannot be read.")


class MissingColumns(UnreadableFile):
    """The first row lacks columns that the format needs; `extra["columns"]` names them."""

    code = "missing_columns"
    message = _("The first row lacks columns.")

    def __init__(self, columns: Sequence[str]) -> None:
        super().__init__(extra={"columns": list(columns)})


class BadSaleMode(InvalidInput):
    """A way to sell that lacks what it needs; `errors` names the fields (CA-15)."""

    code = "bad_sale_mode"
    message = _("It cannot be sold like this.")


class InvalidScreeningRule(InvalidInput):
    """An interception rule lacks what its kind asks for; `errors` names the fields."""

    code = "invalid_screening_rule"
    message = _("The rule is not valid.")


class RulePublished(DomainError):
    """A published version stays as it is; a new version replaces it."""

    code = "rule_published"
    message = _("This version is published. Make a new one.")


class RuleNotTried(DomainError):
    """A rule is tried on the products on sale before it is published (CA-07)."""

    code = "rule_not_tried"
    message = _("Try the rule on the products on sale first.")


class RuleBeginsTooEarly(InvalidInput):
    """A version holds from the present or later on, and after the version before."""

    code = "rule_begins_too_early"
    message = _("A version holds from now on or later, and after the one before it.")


class AlreadyGranted(DomainError):
    """The shop has this already."""

    code = "already_granted"
    message = _("The shop has this already.")


class InvalidSpu(InvalidInput):
    """A standard product, or what is proposed for one, breaks a rule; `errors` names the fields."""

    code = "invalid_spu"
    message = _("The standard product is not valid.")

"""Pure predicates of the catalog, used by services, API and consoles."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings

from catalog.enums import (
    AttributeKind,
    BulkStatus,
    DisplayState,
    DraftStatus,
    ReviewStatus,
    SellChannel,
    ShelfStatus,
    ShippingTime,
)
from catalog.models import BulkEdit, Product
from kernel.actors import Actor
from kernel.text import is_storable

#: Below this many pieces a buyer is told that few are left.
LOW_STOCK = 10
#: The most that rules of a category may allow one product (CA-01, CA-02, CA-09).
MAX_OPTION_NAMES = 3
MAX_OPTION_VALUES = 200
MAX_SKUS = 600
MAX_MAIN_IMAGES = 5
MAX_IMAGES = 50
#: Half-width units of the longest title that the column holds: 120 characters, all full-width.
MAX_TITLE_WIDTH = 240
MAX_LIST_PRICE_FACTOR = 10
#: By how much a bulk edit lowers and raises prices, in basis points.
MIN_CHANGE_BP, MAX_CHANGE_BP = -9_900, 100_000

_CODE = re.compile(r"[A-Za-z0-9_-]{1,40}")
_LINE_BREAKS = "\n\r\t"
#: Holds the parts of one emoji together: the one invisible character that titles have a use for.
_JOINER = "\u200d"
_REFUSED = ("Cc", "Cf", "Cs", "Zl", "Zp")
_EMOJI_MARKS = "\u200d\u20e3\ufe0f"
_PICTOGRAPHS = (("\U0001f000", "\U0001faff"), ("\u2600", "\u27bf"))
#: Stars and ticks that catalogues have printed for a hundred years.
_PLAIN_SIGNS = "\u2605\u2606\u2713\u2714"
#: Letters and numbers of any script: what a title made of emoji lacks.
_SPEAKING = ("L", "N")


def is_plain_text(text: str, shortest: int, longest: int, *, is_multiline: bool = False) -> bool:
    """Tell whether `text` is readable: length in range, no control or invisible characters.

    A text that is not empty has at least one letter or digit: emoji alone say nothing (CA-02).
    """
    if not (shortest <= len(text) <= longest) or not is_storable(text):
        return False
    allowed = _LINE_BREAKS + _JOINER if is_multiline else _JOINER
    kinds = [unicodedata.category(char) for char in text if char not in allowed]
    if any(kind in _REFUSED for kind in kinds):
        return False
    return not text or any(kind[0] in _SPEAKING for kind in kinds)


def is_code(text: str) -> bool:
    """Tell whether `text` can name a rule or a licence: 1 to 40 Latin letters, digits, dashes."""
    return _CODE.fullmatch(text) is not None


def is_barcode(text: str) -> bool:
    """Tell whether `text` is a GTIN-8, -12, -13 or -14 with its check digit (GS1)."""
    if len(text) not in (8, 12, 13, 14) or not (text.isascii() and text.isdigit()):
        return False
    digits = [int(one) for one in reversed(text)]
    return (sum(digits[::2]) + 3 * sum(digits[1::2])) % 10 == 0


def width(text: str) -> int:
    """Return how wide `text` is in half-width units: a Chinese character counts two (CA-02)."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def has_emoji(text: str) -> bool:
    """Tell whether `text` has a pictograph, or the invisible marks that make one of a letter."""
    return any(
        char in _EMOJI_MARKS or (char not in _PLAIN_SIGNS and _is_pictograph(char)) for char in text
    )


def _is_pictograph(char: str) -> bool:
    return any(first <= char <= last for first, last in _PICTOGRAPHS)


def is_web_address(text: str) -> bool:
    """Tell whether `text` is an http(s) address, or a path on our own site, of 300 at most."""
    if not (1 <= len(text) <= 300) or not text.isascii() or not text.isprintable() or " " in text:
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    if parts.scheme in ("http", "https"):
        return bool(parts.hostname)
    return not parts.scheme and not parts.netloc and text.startswith(("/media/", "/static/"))


def availability(available: int) -> str:
    """Return what a buyer is told of `available` pieces: never the number itself."""
    if available < 1:
        return "out_of_stock"
    return "low_stock" if available < LOW_STOCK else "in_stock"


@dataclass(frozen=True)
class PurchaseLimits:
    """How many pieces of one product a buyer may take (限购, CA-17); None is no limit.

    All SKUs of the product count together. `max_per_buyer` is for a buyer's whole life: what was
    closed unpaid or refunded is given back.
    """

    min_per_order: int = 1
    max_per_order: int | None = None
    max_per_buyer: int | None = None

    @classmethod
    def of(cls, product: Product) -> PurchaseLimits:
        """Return the limits of `product`."""
        return cls(product.min_per_order, product.max_per_order, product.max_per_buyer)

    @property
    def can_be_met(self) -> bool:
        """Tell whether there is a number of pieces that all limits allow."""
        upper = [one for one in (self.max_per_order, self.max_per_buyer) if one is not None]
        return 1 <= self.min_per_order <= min(upper, default=self.min_per_order)

    def fault(self, pieces: int, bought: int) -> str:
        """Return the code of the limit that `pieces` in one order break, "" when they break none.

        `bought` is what the buyer has of the product already.
        """
        if pieces < self.min_per_order:
            return "below_min_per_order"
        if self.max_per_order is not None and pieces > self.max_per_order:
            return "above_max_per_order"
        if self.max_per_buyer is not None and bought + pieces > self.max_per_buyer:
            return "above_max_per_buyer"
        return ""


NO_LIMITS = PurchaseLimits()
#: CA-19: how many accounts one product is bound to at most.
MAX_CHANNEL_SELLERS = 500


@dataclass(frozen=True)
class SoldBy:
    """Through whom alone a product is sold (CA-19); `accounts` are public ids."""

    kind: SellChannel
    accounts: frozenset[str] = frozenset()

    def allows(self, account_id: str, *, is_creator: bool) -> bool:
        """Tell whether the account `account_id`, "" for nobody, may have sold it."""
        if self.kind == SellChannel.ALL_CREATORS:
            return is_creator
        return account_id in self.accounts


@dataclass(frozen=True)
class AttributeRule:
    """What a product of a leaf may or must say of itself (属性规则, CA-01).

    `choices` are the values on offer; with `allows_custom` others may be said too. Several values
    stand in one text, separated as `values_of` says.
    """

    name: str
    kind: str = AttributeKind.TEXT
    is_required: bool = False
    is_multiple: bool = False
    allows_custom: bool = False
    #: Such as cm or %; a number may be followed by it.
    unit: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class LeafRules:
    """What products of one leaf obey (类目发布规则, CA-01, CA-02, CA-18).

    The console's form, the API and imports ask `catalog.services.checking`, which asks this. The
    defaults hold for a leaf that was given none: wide enough for goods that came with titles of
    another market. ``version`` 0 are the defaults.
    """

    version: int = 0
    attributes: tuple[AttributeRule, ...] = ()
    max_option_names: int = MAX_OPTION_NAMES
    #: Different values of one option.
    max_option_values: int = 100
    max_skus: int = 200
    #: In half-width units (`width`).
    min_title_width: int = 4
    max_title_width: int = MAX_TITLE_WIDTH
    min_main_images: int = 0
    max_main_images: int = MAX_MAIN_IMAGES
    #: Main, detail and SKU pictures together.
    max_images: int = MAX_IMAGES
    #: A list price is at most so many times the lowest price of a SKU.
    max_list_price_factor: int = MAX_LIST_PRICE_FACTOR
    needs_list_price_evidence: bool = False
    #: Products are listed against a standard product only (强管控类目, CA-08).
    needs_spu: bool = False
    shipping_times: tuple[str, ...] = tuple(ShippingTime.values)


DEFAULT_RULES = LeafRules()


def values_of(text: str) -> list[str]:
    """Return the values in the text of an attribute that may have several."""
    for sign in "；;，,|":
        text = text.replace(sign, "、")
    return [value.strip() for value in text.split("、") if value.strip()]


def may_edit(product: Product) -> bool:
    """A product in the bin, or with a change in review, is not edited."""
    return (
        product.shelf_status != ShelfStatus.DELETED and product.draft_status != DraftStatus.PENDING
    )


def may_apply(job: BulkEdit) -> bool:
    """It was looked at, and something of it would change."""
    return job.status == BulkStatus.PREPARED and job.good_count > 0


def may_discard_bulk(job: BulkEdit) -> bool:
    """It was looked at, and not begun."""
    return job.status == BulkStatus.PREPARED


def may_undo(job: BulkEdit) -> bool:
    """It changed something; whether it is too late is for the service."""
    return job.status == BulkStatus.APPLIED and job.applied_count > 0


def may_change_many(actor: Actor, *, has_prices: bool) -> bool:
    """Whoever changes stock may, and prices only who may set one."""
    return actor.may("catalog.stock") and (not has_prices or actor.may("catalog.price"))


def may_submit(product: Product) -> bool:
    """Something unsubmitted waits, and the platform has not banned the product."""
    return (
        product.shelf_status != ShelfStatus.DELETED
        and product.draft_status == DraftStatus.UNSUBMITTED
        and product.review_status != ReviewStatus.BANNED
    )


def may_withdraw(product: Product) -> bool:
    """A review is open."""
    return product.draft_status == DraftStatus.PENDING


def may_list(product: Product) -> bool:
    """Approved, and not on the shelf."""
    return product.display_state == DisplayState.IN_WAREHOUSE


def may_delist(product: Product) -> bool:
    """On the shelf."""
    return product.shelf_status == ShelfStatus.ON


def may_delete(product: Product) -> bool:
    """Not in the bin yet."""
    return product.shelf_status != ShelfStatus.DELETED


def restore_until(product: Product) -> datetime | None:
    """Return until when a product can be taken out of the bin; None for one that is not in it."""
    return product.deleted_at and product.deleted_at + settings.RESTORE_PRODUCT_WITHIN


def may_restore(product: Product) -> bool:
    """In the bin; whether it is too late is for the service."""
    return product.shelf_status == ShelfStatus.DELETED


def may_discard(product: Product) -> bool:
    """An approved product has a change that was not submitted."""
    return (
        product.draft_status == DraftStatus.UNSUBMITTED
        and product.shelf_status != ShelfStatus.DELETED
        and product.review_status in (ReviewStatus.APPROVED, ReviewStatus.AWAITING_LISTING)
    )

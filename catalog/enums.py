"""The states and kinds of the catalog."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ShelfStatus(models.TextChoices):
    """First axis of CA-03; the number is Doudian's."""

    ON = "on", _("on the shelf")  # 0
    OFF = "off", _("off the shelf")  # 1
    DELETED = "deleted", _("deleted")  # 2


class ReviewStatus(models.TextChoices):
    """Second axis of CA-03."""

    NOT_SUBMITTED = "not_submitted", _("not submitted")  # 1
    PENDING = "pending", _("in review")  # 2
    APPROVED = "approved", _("approved")  # 3
    REJECTED = "rejected", _("rejected")  # 4
    BANNED = "banned", _("banned")  # 5
    AWAITING_LISTING = "awaiting_listing", _("approved, to be listed later")  # 7


class DraftStatus(models.TextChoices):
    """Third axis of CA-03: the pending change of a product."""

    NONE = "none", _("no draft")  # 0
    UNSUBMITTED = "unsubmitted", _("draft not submitted")  # 1
    PENDING = "pending", _("draft in review")  # 2


class DisplayState(models.TextChoices):
    """What people see, computed from the three axes; filters of the API use only this."""

    ON_SALE = "on_sale", _("on sale")
    ON_SALE_EDITING = "on_sale_editing", _("on sale, with a change waiting")
    DRAFT = "draft", _("draft")
    IN_REVIEW = "in_review", _("in review")
    REJECTED = "rejected", _("rejected")
    IN_WAREHOUSE = "in_warehouse", _("in the warehouse")
    BANNED = "banned", _("banned")
    DELETED = "deleted", _("deleted")


class ApiStatus(models.TextChoices):
    """CA-21: one word for programs, by the table in `catalog.selectors.statuses`."""

    DRAFT = "DRAFT"
    PENDING = "PENDING"
    FAILED = "FAILED"
    ACTIVATE = "ACTIVATE"
    SELLER_DEACTIVATED = "SELLER_DEACTIVATED"
    PLATFORM_DEACTIVATED = "PLATFORM_DEACTIVATED"
    FREEZE = "FREEZE"
    DELETED = "DELETED"


class MovementKind(models.TextChoices):
    """Why stock moved (CA-10). Some move pieces into and out of buckets."""

    INITIAL = "initial", _("initial count")
    INBOUND = "inbound", _("put in")
    OUTBOUND = "outbound", _("taken out")
    HOLD = "hold", _("held for an unpaid order")
    RELEASE = "release", _("hold released")
    SOLD = "sold", _("sold")
    RETURNED = "returned", _("returned to stock")
    SET_ASIDE = "set_aside", _("put into a bucket")
    SET_FREE = "set_free", _("out of its bucket")
    #: An order takes pieces that were set aside, before it holds them.
    DRAWN = "drawn", _("drawn from a bucket")
    #: As a bundle that was put together, or as a part of one that was taken apart.
    BUNDLE_IN = "bundle_in", _("came by bundling")
    BUNDLE_OUT = "bundle_out", _("went by bundling")
    #: The order was not paid: they wait in their bucket again.
    PUT_BACK = "put_back", _("back in its bucket")


class BucketKind(models.TextChoices):
    """What pieces are set aside for (CA-10)."""

    #: Sold by one account, to who watches it live, until the stream ends (直播专享库存).
    LIVE = "live", _("a live session")
    #: Sold by one account (渠道库存).
    CHANNEL = "channel", _("an account")
    #: Sold by nobody until they are set free (活动库存).
    ACTIVITY = "activity", _("an activity")


class Verdict(models.TextChoices):
    PENDING = "pending", _("in review")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")
    #: Nothing is against the product; something of it has to be said better (CA-06).
    CHANGES_REQUESTED = "changes", _("changes requested")
    WITHDRAWN = "withdrawn", _("withdrawn")


class ImportFormat(models.TextChoices):
    TEMPLATE = "template", _("Haodian template")
    SHOPIFY = "shopify", _("Shopify products")
    YANXUAN = "yanxuan", _("Yanxuan export")


class ImportStatus(models.TextChoices):
    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class AttributeKind(models.TextChoices):
    """What the value of an attribute is."""

    TEXT = "text", _("text")
    NUMBER = "number", _("number")
    DATE = "date", _("date")


class ShippingTime(models.TextChoices):
    """How soon a product leaves the warehouse after payment (发货时效, CA-15)."""

    SAME_DAY = "same_day", _("the same day")
    NEXT_DAY = "next_day", _("the next day")
    H48 = "48h", _("within 48 hours")
    D5 = "5d", _("within 5 days")
    D15 = "15d", _("within 15 days")
    D45 = "45d", _("within 45 days")


class SaleKind(models.TextChoices):
    """How a product is sold (售卖模式, CA-15); the numbers are Doudian's ``presell_type``."""

    SPOT = "spot", _("from stock")  # 0
    PRESALE = "presale", _("presale at the full price")  # 1
    STEPPED = "stepped", _("from stock first, the rest later")  # 2


class ShipsFrom(models.TextChoices):
    """From when the days of a presale count."""

    PAYMENT = "payment", _("when it is paid")
    PRESALE_END = "presale_end", _("when the presale is over")


class DeductMode(models.TextChoices):
    """When pieces stop being for sale (扣减方式, CA-11); the number is Doudian's."""

    ORDER = "order", _("when it is ordered")  # 1
    PAYMENT = "payment", _("when it is paid")  # 2


class PriceEvidence(models.TextChoices):
    """What proves a list price (划线价依据, CA-18)."""

    MSRP = "msrp", _("manufacturer's suggested price")
    TAG_PRICE = "tag_price", _("price on the tag")
    LIST_PRICE = "list_price", _("printed price list")
    OFFICIAL_SITE = "official_site", _("the brand's own site")


class BulkStatus(models.TextChoices):
    """How far a change of many SKUs is."""

    PREPARED = "prepared", _("to be looked at")
    APPLYING = "applying", _("being applied")
    APPLIED = "applied", _("applied")
    UNDOING = "undoing", _("being undone")
    UNDONE = "undone", _("undone")
    DISCARDED = "discarded", _("discarded")


class BulkLineState(models.TextChoices):
    """What became of one SKU in a change of many."""

    WAITING = "waiting", _("to change")
    SAME = "same", _("as it is")
    BAD = "bad", _("refused")
    APPLIED = "applied", _("applied")
    PASSED = "passed", _("passed over")
    UNDONE = "undone", _("undone")
    KEPT = "kept", _("kept")


class SellChannel(models.TextChoices):
    """CA-19: through whom a product is sold. All but the first are rows of `ProductChannel`."""

    ALL = "all", _("everywhere")
    NAMED = "named", _("by named accounts")
    EXCLUSIVE = "exclusive", _("by one creator")
    ALL_CREATORS = "all_creators", _("by all creators")


class PaperStatus(models.TextChoices):
    """What became of a grant or a licence that a shop handed in (SH-02, SH-05)."""

    PENDING = "pending", _("in review")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")
    REVOKED = "revoked", _("taken back")
    ENDED = "ended", _("ended")


class OpeningState(models.TextChoices):
    """How a shop stands to a licence that a category asks for (SH-05), computed."""

    MISSING = "missing", _("missing")
    IN_REVIEW = "in_review", _("in review")
    REJECTED = "rejected", _("rejected")
    EXPIRED = "expired", _("ended")
    OPEN = "open", _("accepted")


class BlockKind(models.TextChoices):
    """What a shop page is made of (SH-20): only what this system has."""

    BANNER = "banner", _("banner")
    PRODUCT_GRID = "product_grid", _("products")
    NOTICE = "notice", _("notice")


class GridSource(models.TextChoices):
    """Where the products of a grid come from."""

    CHOSEN = "chosen", _("chosen one by one")
    NEWEST = "newest", _("the newest")
    BEST_SELLING = "best_selling", _("the best-selling")


class ScreeningKind(models.TextChoices):
    """What an interception rule looks for (拦截规则, CA-07)."""

    BANNED_WORDS = "banned_words", _("banned words")
    LICENCE = "licence", _("category without licence")
    PRICE = "price", _("unusual price")
    BRAND_GRANT = "brand_grant", _("brand without grant")
    SAME_TITLE = "same_title", _("same title in the shop")
    SAME_PICTURE = "same_picture", _("same picture as another product")
    CONTACT = "contact", _("contact data in the text")


class ScreeningEffect(models.TextChoices):
    """What a hit leads to, the hardest first; `off` ends a rule."""

    BLOCK = "block", _("blocked")
    HUMAN = "human", _("a person looks at it")
    WARN = "warn", _("warned")
    OFF = "off", _("no longer asked")


class TicketKind(models.TextChoices):
    """What a shop asks of the library of standard products (CA-08)."""

    PROPOSE = "propose", _("new standard product")
    CORRECT = "correct", _("correction")


class TicketStatus(models.TextChoices):
    PENDING = "pending", _("waiting")
    ACCEPTED = "accepted", _("accepted")
    REJECTED = "rejected", _("rejected")

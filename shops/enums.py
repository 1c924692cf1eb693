"""The states and kinds of the shops room."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ShopType(models.TextChoices):
    """SH-01."""

    ORDINARY = "ordinary", _("ordinary")
    MULTI_BRAND = "multi_brand", _("multi-brand specialty")
    FLAGSHIP = "flagship", _("flagship")
    BRAND_SPECIALTY = "brand_specialty", _("brand specialty")
    MALL = "mall", _("mall")
    STORE_FLAGSHIP = "store_flagship", _("store-type flagship")
    OFFICIAL_FLAGSHIP = "official_flagship", _("official flagship")
    ENTERPRISE = "enterprise", pgettext_lazy("shop", "enterprise")
    INDIVIDUAL = "individual", _("individual")

    @property
    def number(self) -> int:
        """What the type is called by in the open platforms of the trade."""
        return _TYPE_NUMBERS[self]


_TYPE_NUMBERS = {
    ShopType.ORDINARY: 0,
    ShopType.MULTI_BRAND: 1,
    ShopType.FLAGSHIP: 2,
    ShopType.BRAND_SPECIALTY: 3,
    ShopType.MALL: 4,
    ShopType.STORE_FLAGSHIP: 6,
    ShopType.OFFICIAL_FLAGSHIP: 7,
    ShopType.ENTERPRISE: 8,
    ShopType.INDIVIDUAL: 9,
}


class ShopStatus(models.TextChoices):
    """SH-03 from the buyer's side; how it gets in is the admission's machine."""

    PREPARING = "preparing", _("preparing")
    OPEN = "open", pgettext_lazy("shop", "open")
    SUSPENDED = "suspended", pgettext_lazy("shop", "suspended")
    CLOSED = "closed", _("closed")


class AdmissionStatus(models.TextChoices):
    """SH-03. Nobody waits in `submitted`, `machine_check` or `approved`: the history tells them."""

    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    MACHINE_CHECK = "machine_check", _("checked by machine")
    HUMAN_REVIEW = "human_review", _("in review")
    REJECTED = "rejected", _("rejected")
    APPROVED = "approved", _("approved")
    SIGNING = "signing", _("waits for the signature")
    DEPOSIT_DUE = "deposit_due", _("something is due")
    OPEN = "open", pgettext_lazy("shop", "open")


class RequirementKind(models.TextChoices):
    """SH-04: what a checklist may ask for."""

    TERMS = "terms", _("Accept the terms")
    PROFILE = "legal_data", _("Give the legal data and a contact")
    LICENCE = "licence", _("Add the business licence")
    BILLING_ADDRESS = "billing_address", _("Give the billing address")
    RETURN_ADDRESS = "return_address", _("Add a return address")
    FREIGHT = "freight", _("Set the freight")
    GUARANTEES = "guarantees", _("Give at least one guarantee")
    DOCUMENT = "document", _("Upload a document")
    MINIMUM_PRODUCTS = "minimum_products", _("Prepare products")
    ATTESTATION = "attestation", _("Declaration")
    CUSTOM_FIELD = "custom_field", _("Further question")
    BRAND_GRANTS = "brand_grants", _("Prove the right to the brands")
    MANUAL_REVIEW = "manual_review", _("Review by the platform")


class RequirementState(models.TextChoices):
    """SH-04: computed each time it is asked."""

    INCOMPLETE = "incomplete", _("missing")
    PENDING = "pending", _("waits for the platform")
    REJECTED = "rejected", _("to be corrected")
    COMPLETE = "complete", _("complete")


class DocumentKind(models.TextChoices):
    """What a document is kept as."""

    PICTURE = "picture", _("picture")
    PDF = "pdf", _("PDF")


class GrantKind(models.TextChoices):
    """By what right a shop carries a brand (SH-02)."""

    OWNER = "owner", _("owner of the brand")
    EXCLUSIVE = "exclusive", _("exclusive grant")
    AUTHORISED = "authorised", _("authorised dealer")


class FieldKind(models.TextChoices):
    """What a further question is answered with."""

    TEXT = "text", _("text")
    NUMBER = "number", _("whole number")
    CHOICE = "choice", _("one of several")
    DATE = "date", _("date")


class StaffRole(models.TextChoices):
    """SH-17."""

    OWNER = "owner", _("owner")
    MANAGER = "manager", _("manager")
    PRODUCT_EDITOR = "product_editor", _("product editor")
    ORDER_CLERK = "order_clerk", _("order clerk")
    AFTERSALES_AGENT = "aftersales_agent", _("after-sales agent")
    FINANCE = "finance", _("finance")
    LIVE_OPERATOR = "live_operator", _("live operator")
    READ_ONLY = "read_only", _("read only")


class StaffStatus(models.TextChoices):
    INVITED = "invited", _("invited")
    ACTIVE = "active", _("active")
    REMOVED = "removed", _("removed")


class ApprovalStatus(models.TextChoices):
    """What becomes of an act that one person may not do alone."""

    PENDING = "pending", _("waits for a second person")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")
    WITHDRAWN = "withdrawn", _("withdrawn")
    EXPIRED = "expired", _("expired")


class GuaranteeKind(models.TextChoices):
    """SH-10, the three of the first release."""

    SEVEN_DAY_RETURN = "seven_day_return", _("7-day return")
    SHIP_48H = "ship_48h", _("ships within 48 hours")
    DAMAGED_ON_ARRIVAL = "damaged_on_arrival", _("damaged on arrival is replaced or refunded")


class ShippingSpeed(models.TextChoices):
    """SH-11: how soon what is paid is handed to a carrier."""

    SAME_DAY = "same_day", _("the same day")
    NEXT_DAY = "next_day", _("the next day")
    HOURS_48 = "hours_48", _("within 48 hours")


class Relation(models.TextChoices):
    """How an account stands to a shop (BI-03): the word used everywhere."""

    OFFICIAL = "OFFICIAL", _("official account")
    SELF = "SELF", _("own broadcast account")
    AWEME_COOPERATOR = "AWEME_COOPERATOR", _("partner creator")


#: Accounts that are the shop itself: they sell in its name, so no commission is due (BI-03).
OWN_RELATIONS = (Relation.OFFICIAL, Relation.SELF)


class BindingStatus(models.TextChoices):
    """BI-16."""

    DRAFT = "draft", _("draft")
    AWAITING_ACCOUNT = "awaiting_account", _("waiting for the account's owner")
    AWAITING_REVIEW = "awaiting_review", _("in review")
    ACTIVE = "active", _("bound")
    REPLACE_PENDING = "replace_pending", _("being replaced")
    UNBIND_PENDING = "unbind_pending", _("being unbound")
    ENDED = "ended", _("ended")


#: A binding in one of these states is in force.
BOUND = (BindingStatus.ACTIVE, BindingStatus.REPLACE_PENDING, BindingStatus.UNBIND_PENDING)


class EndReason(models.TextChoices):
    """Why a binding ended."""

    UNBOUND = "unbound", _("unbound")
    REPLACED = "replaced", _("replaced by another account")
    DECLINED = "declined", _("declined by the account's owner")
    EXPIRED = "expired", _("not answered in time")
    REJECTED = "rejected", _("rejected in review")
    WITHDRAWN = "withdrawn", _("withdrawn by the shop")


class RestrictionKind(models.TextChoices):
    """What a shop may not do for a while."""

    LISTING = "listing", _("listing products")
    SALES = "sales", _("selling")
    ALLIANCE = "alliance", _("joining the alliance")
    DAILY_ORDERS = "daily_orders", _("orders a day")


class RestrictionReason(models.TextChoices):
    """Why; who imposes for a reason lifts for it."""

    DEPOSIT = "deposit", _("deposit too low")
    SCORE = "score", _("experience score too low")
    BRAND_GRANT = "brand_grant", _("brand grants do not bear the type of shop")

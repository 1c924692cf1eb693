"""The states and kinds of after-sales (features 13)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CaseKind(models.TextChoices):
    """AF-01; the numbers are Doudian's."""

    RETURN_AND_REFUND = "return_and_refund", _("return and refund")  # 0
    REFUND_SHIPPED = "refund_shipped", _("refund only, shipped")  # 1
    REFUND_UNSHIPPED = "refund_unshipped", _("refund only, not shipped")  # 2


class CaseStatus(models.TextChoices):
    """AF-02, the canonical machine."""

    REQUESTED = "requested", _("waiting for the shop")  # 6
    AWAIT_RETURN = "await_return", _("waiting for the return")  # 7
    RETURNED = "returned", _("return to be checked")  # 11
    REFUNDING = "refunding", _("refunding")
    REFUND_FAILED = "refund_failed", _("refund failed, tried again")
    SUCCESS = "success", _("refunded")  # 12
    REJECTED_FIRST = "rejected_first", _("rejected by the shop")  # 27
    REJECTED_SECOND = "rejected_second", _("return rejected by the shop")  # 29
    CLOSED = "closed", _("closed")  # 28


#: Somebody still has to act: the order's receipt and the line's settlement wait.
OPEN_CASES = (
    CaseStatus.REQUESTED,
    CaseStatus.AWAIT_RETURN,
    CaseStatus.RETURNED,
    CaseStatus.REFUNDING,
    CaseStatus.REFUND_FAILED,
    CaseStatus.REJECTED_FIRST,
    CaseStatus.REJECTED_SECOND,
)


#: The case ends here.
ENDED_CASES = (CaseStatus.SUCCESS, CaseStatus.CLOSED)
#: Somebody may still be asked, so the platform may be called (AF-26).
WAITING_CASES = (
    CaseStatus.REQUESTED,
    CaseStatus.AWAIT_RETURN,
    CaseStatus.RETURNED,
    CaseStatus.REJECTED_FIRST,
    CaseStatus.REJECTED_SECOND,
)
#: The money is booked back, whether or not the gateway has sent it.
REFUND_BOOKED = (CaseStatus.REFUNDING, CaseStatus.REFUND_FAILED, CaseStatus.SUCCESS)


class ArbitrationStatus(models.TextChoices):
    """AF-26, thin: asked for, decided."""

    NONE = "none", _("none")  # 0
    JUDGING = "judging", _("with platform support")  # 1
    FOR_BUYER = "for_buyer", _("decided for the buyer")  # 2
    FOR_SELLER = "for_seller", _("decided for the shop")  # 3


class NextActor(models.TextChoices):
    NOBODY = "nobody", _("nobody")
    BUYER = "buyer", _("buyer")
    SELLER = "seller", _("shop")
    SUPPORT = "support", _("support")
    SYSTEM = "system", _("system")


class ReasonCode(models.TextChoices):
    """Why the buyer asks."""

    NO_LONGER_WANTED = "no_longer_wanted", _("no longer wanted")
    WRONG_ITEM = "wrong_item", _("wrong item")
    DAMAGED = "damaged", _("damaged on arrival")
    QUALITY = "quality", _("quality problem")
    NOT_AS_DESCRIBED = "not_as_described", _("not as described")
    NOT_RECEIVED = "not_received", _("not received")
    LATE = "late", _("shipped too late")
    OTHER = "other", _("other")


#: The shop answers for these: freight goes back with the last piece (AF-10).
SHOP_FAULT = (
    ReasonCode.WRONG_ITEM,
    ReasonCode.DAMAGED,
    ReasonCode.QUALITY,
    ReasonCode.NOT_AS_DESCRIBED,
    ReasonCode.NOT_RECEIVED,
    ReasonCode.LATE,
)

#: What can be said for which kind: nobody sends back what never came.
REASONS_OF_KIND: dict[CaseKind, tuple[ReasonCode, ...]] = {
    CaseKind.REFUND_UNSHIPPED: (ReasonCode.NO_LONGER_WANTED, ReasonCode.LATE, ReasonCode.OTHER),
    CaseKind.REFUND_SHIPPED: tuple(ReasonCode),
    CaseKind.RETURN_AND_REFUND: tuple(
        reason for reason in ReasonCode if reason is not ReasonCode.NOT_RECEIVED
    ),
}


class Refusal(models.TextChoices):
    """Why no case can be opened on a line (AF-09)."""

    UNPAID = "unpaid", _("The order is not paid.")
    CLOSED = "closed", _("The order is closed.")
    WINDOW_OVER = "window_over", _("The time for after-sales is over.")
    OPEN_CASE = "open_case", _("A case on this line is still open.")
    NOTHING_LEFT = "nothing_left", _("Everything of this line was refunded.")


class OverdueAction(models.TextChoices):
    """What happens by itself at the deadline (AF-06)."""

    APPROVE = "approve", _("approved for the buyer")
    CLOSE = "close", _("closed")
    REFUND = "refund", _("refunded")


class RejectCode(models.TextChoices):
    """Why the shop refuses (AF-15). Those in `NEED_EVIDENCE` want a picture."""

    SHIPPED_ALREADY = "shipped_already", _("already shipped")
    NOT_IN_POLICY = "not_in_policy", _("not covered by the guarantee")
    USED = "used", _("goods were used")
    RETURN_INCOMPLETE = "return_incomplete", _("return incomplete")
    RETURN_EMPTY = "return_empty", _("wrong or no goods returned")
    AGREED_OTHERWISE = "agreed_otherwise", _("agreed otherwise with the buyer")


NEED_EVIDENCE = (RejectCode.USED, RejectCode.RETURN_INCOMPLETE, RejectCode.RETURN_EMPTY)


#: What fits the first answer to a request (AF-15).
FIRST_REJECTIONS: dict[CaseKind, tuple[RejectCode, ...]] = {
    CaseKind.REFUND_UNSHIPPED: (RejectCode.SHIPPED_ALREADY, RejectCode.AGREED_OTHERWISE),
    CaseKind.REFUND_SHIPPED: (
        RejectCode.NOT_IN_POLICY,
        RejectCode.USED,
        RejectCode.AGREED_OTHERWISE,
    ),
    CaseKind.RETURN_AND_REFUND: (
        RejectCode.NOT_IN_POLICY,
        RejectCode.USED,
        RejectCode.AGREED_OTHERWISE,
    ),
}
#: What fits the answer to goods that came back.
SECOND_REJECTIONS = (
    RejectCode.USED,
    RejectCode.RETURN_INCOMPLETE,
    RejectCode.RETURN_EMPTY,
    RejectCode.AGREED_OTHERWISE,
)


class Inspection(models.TextChoices):
    """What the shop found in the returned parcel: decides what goes back to stock."""

    SELLABLE = "sellable", _("can be sold again")
    DAMAGED = "damaged", _("cannot be sold again")


class RecordAction(models.TextChoices):
    """What an entry of the negotiation record says (AF-19)."""

    REQUESTED = "requested", _("asked for a refund")
    EDITED = "edited", _("changed the request")
    WITHDRAWN = "withdrawn", _("withdrew the request")
    MESSAGE = "message", _("wrote")
    NOTE = "note", _("noted")
    APPROVED = "approved", _("approved the request")
    REJECTED = "rejected", _("rejected the request")
    SHIPPED_BACK = "shipped_back", _("sent the goods back")
    RECEIVED = "received", _("received the parcel")
    RETURN_ACCEPTED = "return_accepted", _("accepted the return")
    INSPECTED = "inspected", _("inspected the goods")
    ESCALATED = "escalated", _("called platform support")
    FOR_BUYER = "decided_for_buyer", _("decided for the buyer")
    FOR_SELLER = "decided_for_seller", _("decided for the shop")
    REFUNDED_OVERDUE = "refunded_overdue", _("refunded: nobody inspected in time")
    CLOSED_OVERDUE = "closed_overdue", _("closed: the buyer did not act in time")
    REFUNDING = "refunding", _("sent the refund again")
    REFUND_FAILED = "refund_failed", _("could not send the refund yet")
    SUCCESS = "success", _("sent the refund")


class RecordFact(models.TextChoices):
    """The name of a value in an entry."""

    KIND = "kind", _("Kind")
    REASON = "reason", _("Reason")
    PIECES = "pieces", _("Pieces")
    AMOUNT = "amount", _("Amount")
    CODE = "code", _("Reason for rejecting")
    CARRIER = "carrier", _("Carrier")
    TRACKING = "tracking", _("Tracking number")
    INSPECTION = "inspection", _("Inspection")
    REFUND = "refund", _("Refund")

"""The states and kinds of the orders room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrderStatus(models.TextChoices):
    """OR-01; the numbers are Doudian's."""

    UNPAID = "unpaid", _("to pay")  # 1
    PAID = "paid", _("paid")  # 105: being looked at before it may ship
    TO_SHIP = "to_ship", _("to ship")  # 2
    PARTLY_SHIPPED = "partly_shipped", _("partly shipped")  # 101
    SHIPPED = "shipped", _("shipped")  # 3
    COMPLETED = "completed", _("completed")  # 5
    CLOSED = "closed", _("closed")  # 4


class CloseReason(models.TextChoices):
    UNPAID = "unpaid", _("not paid in time")
    BUYER = "buyer", _("cancelled by the buyer")
    SELLER = "seller", _("cancelled by the shop")
    REFUNDED = "refunded", _("refunded before shipping")
    #: CA-11: paid for pieces that somebody else had paid for first.
    OUT_OF_STOCK = "out_of_stock", _("sold out before it was paid; the money goes back")


class TrafficChannel(models.TextChoices):
    """CT-12."""

    UNKNOWN = "unknown", _("unknown")  # 0
    ALLIANCE = "alliance", _("alliance")  # 2
    OWN = "own", _("own")  # 8


class MediaType(models.TextChoices):
    """Where the buyer met the product (CT-01)."""

    NONE = "", _("none")
    SHOP = "shop_list", _("shop page")
    VIDEO = "video", _("video")
    LIVE = "live", _("live session")
    SHOWCASE = "showcase", _("showcase")
    OTHERS = "others", _("others")


class AdjustmentStep(models.TextChoices):
    """Steps of the price pipeline (OR-04), in their fixed order. Freight alone is used so far."""

    ACTIVITY_PRICE = "activity_price", _("activity price")
    SHOP_REDUCTION = "shop_reduction", _("shop reduction")
    SHOP_COUPON = "shop_coupon", _("shop coupon")
    HOST_COUPON = "host_coupon", _("host coupon")
    PLATFORM_REDUCTION = "platform_reduction", _("platform reduction")
    PLATFORM_COUPON = "platform_coupon", _("platform coupon")
    RED_PACKET = "red_packet", _("red packet")
    PAYMENT_DISCOUNT = "payment_discount", _("payment discount")
    FREIGHT = "freight", _("freight")
    FREIGHT_DISCOUNT = "freight_discount", _("freight discount")
    # By hand, before payment (OR-18); the words are Doudian's.
    MODIFY_AMOUNT = "modify_amount", _("price changed by the shop")
    MODIFY_POST_AMOUNT = "modify_post_amount", _("freight changed by the shop")


class Bearer(models.TextChoices):
    """Who pays for an adjustment (OR-05, OR-07)."""

    BUYER = "buyer", _("buyer")
    SHOP = "shop", _("shop")
    PLATFORM = "platform", _("platform")
    HOST = "host", _("host")


class PaymentStatus(models.TextChoices):
    PENDING = "pending", _("waiting for the buyer")
    PAID = "paid", _("paid")
    CLOSED = "closed", _("closed")


class RefundStatus(models.TextChoices):
    """The machine of refund money (AF-03), apart from the case's."""

    WAITING = "waiting", _("waiting")  # 1
    IN_PROGRESS = "in_progress", _("sent to the gateway")  # 2
    UNKNOWN = "unknown", _("no answer yet")  # asked again with the same key
    SUCCESS = "success", _("refunded")  # 3
    FAILED = "failed", _("failed")  # 4


class RefundReason(models.TextChoices):
    CASE = "case", _("after-sales")
    LATE_PAYMENT = "late_payment", _("paid after closing")
    SECOND_PAYMENT = "second_payment", _("paid twice")
    SHORTAGE = "shortage", _("sold out before it was paid")


class NoticeOutcome(models.TextChoices):
    """What became of a gateway's notice."""

    APPLIED = "applied", _("applied")
    REPEATED = "repeated", _("known already")
    REFUSED = "refused", _("refused")


class SandboxStatus(models.TextChoices):
    """A payment in the sandbox gateway's journal."""

    OPEN = "open", _("open")
    PAID = "paid", _("paid")
    CLOSED = "closed", _("closed")


class SandboxProfile(models.TextChoices):
    """How the sandbox gateway treats one payment: what real gateways do on bad days."""

    OK = "ok", _("well behaved")
    SLOW = "slow", _("answers late")
    LOST_ANSWER = "lost_answer", _("does it, and the answer is lost")
    DUPLICATE = "duplicate", _("tells everything several times")
    SHUFFLE = "shuffle", _("tells an old notice after a new one")
    FORGED = "forged", _("somebody else sends notices too")
    DOWN = "down", _("does not answer")


class Carrier(models.TextChoices):
    """Carriers that parcels may go with (OR-12), by their Chinese trade codes."""

    SF = "shunfeng", _("SF Express")
    ZTO = "zhongtong", _("ZTO Express")
    YTO = "yuantong", _("YTO Express")
    STO = "shentong", _("STO Express")
    YUNDA = "yunda", _("Yunda Express")
    EMS = "ems", _("EMS")
    POST = "youzhengguonei", _("China Post")
    JD = "jd", _("JD Logistics")
    JTEXPRESS = "jtexpress", _("J&T Express")
    DEPPON = "debangwuliu", _("Deppon")
    DEPPON_EXPRESS = "debangkuaidi", _("Deppon Express")
    DANNIAO = "danniao", _("Cainiao Express")
    ZJS = "zhaijisong", _("ZJS Express")
    UCE = "youshuwuliu", _("UC Express")
    KUAYUE = "kuayue", _("KYE Express")
    ZTO_FREIGHT = "zhongtongkuaiyun", _("ZTO Freight")
    SF_FREIGHT = "shunfengkuaiyun", _("SF Freight")
    ANE = "annengwuliu", _("ANE Logistics")


class ShippingFileStatus(models.TextChoices):
    """A file of parcels (OP-13)."""

    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class OrderFlag(models.IntegerChoices):
    """A shop's own mark on an order (OR-17); the numbers are Doudian's."""

    GREY = 0, _("grey")
    PURPLE = 1, _("purple")
    CYAN = 2, _("cyan")
    GREEN = 3, _("green")
    ORANGE = 4, _("orange")
    RED = 5, _("red")


class AddressChangeStatus(models.TextChoices):
    """What became of a buyer's wish for another address (OR-16)."""

    PENDING = "pending", _("waiting for the shop")
    APPROVED = "approved", _("approved")  # 0
    REJECTED = "rejected", _("rejected")
    LAPSED = "lapsed", _("the order was closed")


class AddressRefusal(models.IntegerChoices):
    """Why an address stays (OR-16); the numbers up to 1005 are Doudian's."""

    PICKING = 1001, _("being picked")
    ALLOCATING = 1002, _("being allocated")
    IN_WAREHOUSE = 1003, _("in the warehouse")
    OUTBOUND = 1004, _("leaving the warehouse")
    SHIPPING = 1005, _("being shipped")
    #: Ours: nobody took the difference on.
    FREIGHT = 1006, _("sending there costs more freight")


class PrintKind(models.TextChoices):
    """What is printed for the warehouse."""

    LABELS = "labels", _("labels")
    PICK_LIST = "pick_list", _("pick list")


class ExportPreset(models.TextChoices):
    """Which columns an export has (OR-23)."""

    ORDERS = "orders", _("orders")
    SHIPPING = "shipping", _("to ship")
    FINANCE = "finance", _("amounts")


class ExportStatus(models.TextChoices):
    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    DONE = "done", _("ready")
    FAILED = "failed", _("failed")
    EXPIRED = "expired", _("expired")


class ParcelState(models.TextChoices):
    """Where a parcel is (OR-14): what its shop said, then what its carrier tells."""

    SENT = "sent", _("handed over")
    PICKED_UP = "picked_up", _("picked up")
    IN_TRANSIT = "in_transit", _("in transit")
    OUT_FOR_DELIVERY = "out_for_delivery", _("out for delivery")
    SIGNED = "signed", _("signed for")
    REFUSED = "refused", _("refused by the receiver")
    RETURNING = "returning", _("on its way back")


#: Parcels that a carrier moves.
MOVING_PARCELS = (
    ParcelState.PICKED_UP,
    ParcelState.IN_TRANSIT,
    ParcelState.OUT_FOR_DELIVERY,
    ParcelState.RETURNING,
)
#: Parcels whose label no longer matters.
ENDED_PARCELS = (ParcelState.SIGNED, ParcelState.REFUSED, ParcelState.RETURNING)


class ParcelAlert(models.TextChoices):
    """What is late about a parcel."""

    NO_PICKUP = "no_pickup", _("not picked up")
    NO_MOVE = "no_move", _("does not move")

"""Refusals of the orders room; `code` is public API."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError, InvalidInput


class NotBuyable(DomainError):
    """A line names something that is not for sale: unknown, taken down, or of a closed shop."""

    code = "not_buyable"
    message = _("Something in this order is not for sale.")


class SoldElsewhere(DomainError):
    """A line is sold through certain accounts alone, and none of them led to it (CA-19)."""

    code = "sold_elsewhere"
    message = _("This is sold through certain accounts alone.")


class PriceChanged(DomainError):
    """The total is not the one the buyer was shown; `quote` holds the new one."""

    code = "price_changed"
    message = _("The total has changed. Please look at the new one.")


class AmountTooLarge(InvalidInput):
    """More than the system accepts in one checkout."""

    code = "amount_too_large"
    message = _("This checkout is larger than one payment can be.")


class DuplicateSku(InvalidInput):
    """A checkout names each SKU once."""

    code = "duplicate_sku"
    message = _("Name each SKU once.")


class MixedCurrencies(InvalidInput):
    """One checkout is paid once, in one currency."""

    code = "mixed_currencies"
    message = _("All lines of a checkout need the same currency.")


class TooManyExports(DomainError):
    """Exports of the shop are still being written."""

    code = "too_many_exports"
    message = _("Other exports of the shop are not ready yet. Wait for them.")


class ExportNotReady(DomainError):
    """The file is still being written, or could not be."""

    code = "export_not_ready"
    message = _("The file is not ready.")


class ExportExpired(DomainError):
    """Files are kept for seven days."""

    code = "export_expired"
    status = 410
    message = _("The file is no longer kept. Export again.")


class OverLimit(DomainError):
    """The shop sells fewer, or more, pieces of a product to one buyer (CA-17).

    `errors` names the lines and the limit that each breaks, `limits` the products: their limits,
    the pieces asked for, and what the buyer has already.
    """

    code = "over_limit"
    message = _("The shop limits how many pieces one buyer may take.")


class CartFull(DomainError):
    """The cart holds as many lines as it may."""

    code = "cart_full"
    message = _("The cart is full.")


class NotPayable(DomainError):
    """Nothing of the group waits for money."""

    code = "not_payable"
    message = _("There is nothing to pay here.")


class UnknownGateway(InvalidInput):
    """No gateway has that name, or it is not switched on."""

    code = "unknown_gateway"
    message = _("This way of paying is not offered.")


class GatewayUnavailable(DomainError):
    """The gateway did not answer; the same request may be sent again."""

    code = "gateway_unavailable"
    status = 503
    message = _("The payment gateway does not answer. Please try again.")


class NoticeUnverified(DomainError):
    """The signature is missing or wrong: nobody we know sent this. Nothing is kept of it."""

    code = "notice_unverified"
    status = 401
    message = _("The notice is not signed by the gateway.")


class NoticeRefused(DomainError):
    """Signed by the gateway and not for us, or not as we know it; `reason` says why."""

    code = "notice_refused"
    status = 422
    message = _("The notice does not match our records.")

    def __init__(self, reason: str, notice_id: str = "") -> None:
        self.reason = reason
        self.notice_id = notice_id
        super().__init__(extra={"reason": reason})


class TooManyShippingFiles(DomainError):
    """Files of parcels of the shop are still at work."""

    code = "too_many_shipping_files"
    message = _("Other shipping files of the shop are not done yet. Wait for them.")


class NothingToShip(DomainError):
    """No dry run, not done yet, without a good row, or shipped already."""

    code = "nothing_to_ship"
    message = _("This file has nothing to ship any more.")


class PriceIsFinal(DomainError):
    """The order is paid or closed, or a payment of its checkout is under way."""

    code = "price_is_final"
    message = _("The price is final: the order is paid, closed, or being paid.")


class TooManyViews(DomainError):
    """One person has as many views of a shop's orders as fit above the list."""

    code = "too_many_views"
    message = _("Remove a view first: there are as many as fit.")


class AddressIsFinal(DomainError):
    """A parcel left, or the order is over."""

    code = "address_is_final"
    message = _("The address cannot change any more.")


class AddressChangePending(DomainError):
    """The buyer asked already, and the shop has not answered."""

    code = "address_change_pending"
    message = _("The shop was asked already. Wait for its answer.")


class NotTogether(DomainError):
    """The orders go to different buyers or addresses, or one of them is not there."""

    code = "not_together"
    message = _("These orders do not go to one buyer at one address.")


class NotPrintable(DomainError):
    """Some of the orders are not there, do not wait to be shipped, or there are too many.

    `errors` and `orders` name them, `limit` is how many one file takes.
    """

    code = "not_printable"
    message = _("Some of these orders cannot be printed.")


class NothingToPrint(DomainError):
    """No order waits that was not printed yet."""

    code = "nothing_to_print"
    message = _("No order waits that was not printed yet.")


class NotShippable(DomainError):
    """The order has nothing to ship, or not so many pieces of that line."""

    code = "not_shippable"
    message = _("This cannot be shipped.")


class UnknownCarrier(InvalidInput):
    """The carrier is not in the table."""

    code = "unknown_carrier"
    message = _("This carrier is not known.")


class OrderFrozen(DomainError):
    """An after-sales case holds the order (OR-13): it is decided first."""

    code = "order_frozen"
    message = _("An after-sales case is open. Decide it first.")


class AlreadyExtended(DomainError):
    """A buyer may wait longer once (OR-10)."""

    code = "already_extended"
    message = _("The time was extended already.")


class RefundExceedsPayment(DomainError):
    """More money or pieces than were paid, less what was promised back already."""

    code = "refund_exceeds_payment"
    message = _("This is more than was paid and not refunded yet.")


class RefundReferenceReused(DomainError):
    """The reference caused another refund already."""

    code = "refund_reference_reused"
    message = _("This was refunded already, with other values.")


class NothingCaptured(DomainError):
    """No money of this order was captured, so none can go back."""

    code = "nothing_captured"
    message = _("This order was not paid.")


class ShopOnHoliday(DomainError):
    """SH-19: `extra` says until when, and what the shop writes."""

    code = "shop_on_holiday"
    message = _("This shop is on holiday.")


class NotDeliveredThere(DomainError):
    """The shop sends nothing to this region."""

    code = "not_delivered_there"
    message = _("This shop does not deliver to this address.")


class RegionNotFound(DomainError):
    """The freight depends on the region, and the address names none that is known."""

    code = "region_not_found"
    message = _("The province of this address is not known.")


class ShopTookEnough(DomainError):
    """SH-16: the platform limits the orders that this shop takes a day."""

    code = "shop_took_enough"
    message = _("This shop takes no more orders today.")


class LabelIsFinal(DomainError):
    """The parcel arrived, is on its way back, or the order is over."""

    code = "label_is_final"
    message = _("The label of this parcel can no longer be changed.")


class SerialsWrong(InvalidInput):
    """Serial numbers are 15 to 17 digits, each once, at most one a piece."""

    code = "serials_wrong"
    message = _("A serial number has 15 to 17 digits; give each once, at most one a piece.")


class UnknownShopAddress(InvalidInput):
    """The shop has no address with this id."""

    code = "unknown_address"
    message = _("The shop has no such address.")


class FreightRises(DomainError):
    """Sending there costs more, by `extra["extra_freight"]`, and nobody agreed to pay that."""

    code = "freight_rises"
    message = _("Sending to this address costs more freight.")


class OrdersNotFound(InvalidInput):
    """Some of these are no orders of the shop (`extra["orders"]`), or they are none or too many."""

    code = "orders_not_found"
    message = _("Some of these are no orders of this shop, or they are too many.")

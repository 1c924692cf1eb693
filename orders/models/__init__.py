"""From the cart to the last refund."""

from orders.models.address_change import AddressChange, OrderRules
from orders.models.adjustment import PriceAdjustment
from orders.models.cart import CartLine
from orders.models.exporting import ExportJob, ExportPart
from orders.models.fulfilment import Package, PackageLine
from orders.models.identity import IdentitySnapshot
from orders.models.line import OrderLine
from orders.models.order import Order, OrderGroup
from orders.models.payment import GatewayNotice, Payment, PaymentSplit
from orders.models.printing import PrintedOrder, Printing
from orders.models.refund import LineRefund, Refund
from orders.models.route import PackageEdit, RouteNode
from orders.models.sandbox import SandboxRefund, SandboxTransaction
from orders.models.shipping import ShippingFile, ShippingRowFault
from orders.models.view import OrderView

__all__ = [
    "AddressChange",
    "CartLine",
    "ExportJob",
    "ExportPart",
    "GatewayNotice",
    "IdentitySnapshot",
    "LineRefund",
    "Order",
    "OrderGroup",
    "OrderLine",
    "OrderRules",
    "OrderView",
    "Package",
    "PackageEdit",
    "PackageLine",
    "Payment",
    "PaymentSplit",
    "PriceAdjustment",
    "PrintedOrder",
    "Printing",
    "Refund",
    "RouteNode",
    "SandboxRefund",
    "SandboxTransaction",
    "ShippingFile",
    "ShippingRowFault",
]

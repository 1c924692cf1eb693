"""Addresses under /api/v1/orders/."""

from django.urls import URLPattern, URLResolver, path

from orders.api import (
    addresses,
    buyer,
    exports,
    gateways,
    merchant,
    platform,
    printings,
    routes,
    shipfiles,
    views,
)

_SHOP = "shops/<str:shop_id>/orders"
_EXPORTS = "shops/<str:shop_id>/exports"
_CHANGES = "shops/<str:shop_id>/address-changes"
_FILES = "shops/<str:shop_id>/shipping-files"

urlpatterns: list[URLPattern | URLResolver] = [
    path("cart", buyer.CartView.as_view()),
    path("cart/lines/<str:sku_id>", buyer.CartLineView.as_view()),
    path("quotes", buyer.QuotesView.as_view()),
    path("checkouts", buyer.CheckoutsView.as_view()),
    path("groups/<str:number>", buyer.GroupView.as_view()),
    path("groups/<str:number>/payments", buyer.GroupPaymentsView.as_view()),
    path("payments/<str:number>", buyer.PaymentView.as_view()),
    path("orders", buyer.OrdersView.as_view()),
    path("orders/<str:number>", buyer.OrderView.as_view()),
    path("orders/<str:number>/address-changes", addresses.BuyerAddressChangesView.as_view()),
    path("orders/<str:number>/cancel", buyer.CancelView.as_view()),
    path("orders/<str:number>/confirm-receipt", buyer.ReceiptView.as_view()),
    path("orders/<str:number>/extend-receipt", buyer.ExtensionView.as_view()),
    path("sandbox/cashier/<str:number>/pay", buyer.CashierView.as_view()),
    path("notices/<str:gateway>", gateways.NoticesView.as_view()),
    path(_SHOP, merchant.ShopOrdersView.as_view()),
    path(f"{_SHOP}/<str:number>", merchant.ShopOrderView.as_view()),
    path(f"{_SHOP}/<str:number>/companions", merchant.ShopCompanionsView.as_view()),
    path("shops/<str:shop_id>/parcels", merchant.ShopTogetherView.as_view()),
    path(f"{_SHOP}/<str:number>/price", merchant.ShopPriceView.as_view()),
    path(f"{_SHOP}/<str:number>/packages", merchant.ShopParcelsView.as_view()),
    path(f"{_SHOP}/<str:number>/packages/<str:place>", routes.ShopParcelLabelView.as_view()),
    path(f"{_SHOP}/<str:number>/routes", routes.ShopRoutesView.as_view()),
    path("orders/<str:number>/routes", routes.BuyerRoutesView.as_view()),
    path("carriers/<str:carrier>/notices", routes.CarrierNoticesView.as_view()),
    path(f"{_SHOP}/<str:number>/extend-receipt", merchant.ShopExtensionView.as_view()),
    path(f"{_SHOP}/<str:number>/receiver", merchant.ShopReceiverView.as_view()),
    path(f"{_SHOP}/<str:number>/remark", merchant.ShopRemarkView.as_view()),
    path(_EXPORTS, exports.ShopExportsView.as_view()),
    path(f"{_EXPORTS}/<str:export_id>", exports.ShopExportView.as_view()),
    path(f"{_EXPORTS}/<str:export_id>/file", exports.ShopExportFileView.as_view()),
    path("carriers", shipfiles.CarriersView.as_view()),
    path(_FILES, shipfiles.ShippingFilesView.as_view()),
    path(f"{_FILES}/<str:shipping_file_id>", shipfiles.ShippingFileView.as_view()),
    path(f"{_FILES}/<str:shipping_file_id>/ship", shipfiles.ShippingFileShipView.as_view()),
    path(f"{_FILES}/<str:shipping_file_id>/faults", shipfiles.ShippingFileFaultsView.as_view()),
    path(f"{_FILES}/<str:shipping_file_id>/error-file", shipfiles.ShippingErrorFileView.as_view()),
    path("shops/<str:shop_id>/order-rules", addresses.OrderRulesView.as_view()),
    path("shops/<str:shop_id>/order-views", views.OrderViewsView.as_view()),
    path("shops/<str:shop_id>/order-views/<str:order_view_id>", views.OrderViewView.as_view()),
    path(_CHANGES, addresses.ShopAddressChangesView.as_view()),
    path(f"{_CHANGES}/<str:address_change_id>/approve", addresses.AddressApproveView.as_view()),
    path(f"{_CHANGES}/<str:address_change_id>/reject", addresses.AddressRejectView.as_view()),
    path("shops/<str:shop_id>/printings", printings.PrintingsView.as_view()),
    path(
        "shops/<str:shop_id>/printings/<str:printing_id>/file",
        printings.PrintingFileView.as_view(),
    ),
    path("support/orders/<str:number>", platform.SupportOrderView.as_view()),
    path("support/orders/<str:number>/receiver", platform.SupportReceiverView.as_view()),
    path("operator/refunds", platform.OperatorRefundsView.as_view()),
    path("operator/sandbox/deadlines", platform.SandboxDeadlinesView.as_view()),
]

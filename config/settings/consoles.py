"""How the three consoles look: colours, names, the order of the menu and its icons."""

from typing import Any

from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

from config.settings.base import HAODIAN_SANDBOX

# Three colours, so that nobody decides a case in the wrong window. The step 600 carries white text.
_BLUE = {
    "50": "oklch(97% .014 254.604)",
    "100": "oklch(93.2% .032 255.585)",
    "200": "oklch(88.2% .059 254.128)",
    "300": "oklch(80.9% .105 251.813)",
    "400": "oklch(70.7% .165 254.624)",
    "500": "oklch(62.3% .214 259.815)",
    "600": "oklch(54.6% .245 262.881)",
    "700": "oklch(48.8% .243 264.376)",
    "800": "oklch(42.4% .199 265.638)",
    "900": "oklch(37.9% .146 265.522)",
    "950": "oklch(28.2% .091 267.935)",
}
_TEAL = {
    "50": "oklch(98.4% .014 180.72)",
    "100": "oklch(95.3% .051 180.801)",
    "200": "oklch(91% .096 180.426)",
    "300": "oklch(85.5% .138 181.071)",
    "400": "oklch(77.7% .152 181.912)",
    "500": "oklch(62% .122 183.6)",
    "600": "oklch(51.1% .096 186.391)",
    "700": "oklch(43.7% .078 188.216)",
    "800": "oklch(38.6% .063 188.416)",
    "900": "oklch(32% .055 190)",
    "950": "oklch(27.7% .046 192.524)",
}


def _look(title: Any, symbol: str, primary: dict[str, str] | None) -> dict[str, Any]:
    return {
        "SITE_TITLE": title,
        "SITE_HEADER": _("Haodian"),
        "SITE_SUBHEADER": title,
        "SITE_SYMBOL": symbol,
        "SITE_URL": "/",
        "SHOW_HISTORY": False,
        "SHOW_VIEW_ON_SITE": False,
        "SHOW_LANGUAGES": True,
        "SHOW_BACK_BUTTON": True,
        "ENVIRONMENT": (lambda _request: [_("Sandbox"), "warning"]) if HAODIAN_SANDBOX else None,
        "STYLES": [lambda _request: static("console/console.css")],
        "SCRIPTS": [lambda _request: static("console/console.js")],
        "COLORS": {"primary": primary} if primary else {},
    }


UNFOLD_MERCHANT = _look(_("Merchant console"), "storefront", _BLUE)
UNFOLD_SUPPORT = _look(_("Support console"), "support_agent", _TEAL)
UNFOLD_OPERATOR = _look(_("Operator console"), "admin_panel_settings", None)

#: The rooms in the order of the menu, and what a merchant calls them.
CONSOLE_ROOMS: dict[str, Any] = {
    "orders": _("Orders"),
    "aftersales": _("After-sales"),
    "catalog": _("Products"),
    "affiliates": _("Alliance"),
    "settlements": _("Money"),
    "ledger": _("Books"),
    "shops": _("Shop"),
    "accounts": _("People and accounts"),
    "kernel": _("Records"),
}

#: Material Symbols by model, in the order of the menu; others follow with a plain one.
CONSOLE_ICONS = {
    "orders.order": "shopping_bag",
    "orders.ordergroup": "shopping_cart",
    "orders.package": "local_shipping",
    "orders.payment": "payments",
    "orders.refund": "currency_exchange",
    "orders.gatewaynotice": "mark_email_read",
    "aftersales.refundcase": "assignment_return",
    "aftersales.returnparcel": "local_shipping",
    "catalog.product": "inventory_2",
    "catalog.productreview": "fact_check",
    "catalog.sku": "qr_code_2",
    "catalog.stock": "warehouse",
    "catalog.stockmovement": "swap_vert",
    "catalog.importjob": "upload_file",
    "catalog.category": "account_tree",
    "catalog.attribute": "tune",
    "catalog.brand": "sell",
    "affiliates.alliancemembership": "diversity_3",
    "affiliates.plan": "campaign",
    "affiliates.pick": "ads_click",
    "affiliates.commission": "percent",
    "affiliates.commissionentry": "receipt",
    "affiliates.agencycontract": "contract",
    "settlements.statement": "description",
    "settlements.settlement": "price_check",
    "settlements.payout": "send_money",
    "settlements.feerate": "percent",
    "ledger.ledgeraccount": "account_balance",
    "ledger.transfer": "receipt_long",
    "ledger.leg": "swap_horiz",
    "shops.shop": "storefront",
    "shops.binding": "link",
    "shops.staff": "group",
    "shops.admission": "how_to_reg",
    "shops.guarantee": "verified",
    "shops.freighttemplate": "local_shipping",
    "shops.returnaddress": "home_pin",
    "shops.namechange": "drive_file_rename_outline",
    "accounts.user": "group",
    "accounts.roleprofile": "badge",
    "accounts.account": "smart_display",
    "accounts.verification": "verified_user",
    "accounts.creator": "person_celebrate",
    "accounts.agency": "apartment",
    "kernel.auditentry": "history",
    "kernel.delivery": "outgoing_mail",
    "kernel.outboxmessage": "mail",
    "kernel.statuschange": "timeline",
}

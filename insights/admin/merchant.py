"""The compass in the merchant console: figures on the first page, and the rows behind them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from insights.admin import drawing
from insights.admin.effects import BindingEffectPage
from insights.admin.rows import BookedRefundPage, PaidOrderPage
from insights.admin.scoring import ShopScorePage, WeighedCasePage, breakdown, tenths
from insights.models import BindingEffect, BookedRefund, PaidOrder, ShopScore, WeighedCase
from insights.policies import LEAST_ORDERS
from insights.selectors.morning import COUNTED, Compared, Figure, Morning, morning
from kernel import money
from kernel.actors import Actor
from kernel.admin import home
from kernel.admin.sites import merchant_site
from shops.enums import AdmissionStatus, BindingStatus
from shops.models import Admission, Binding

admin.register(PaidOrder, site=merchant_site)(PaidOrderPage)
admin.register(BookedRefund, site=merchant_site)(BookedRefundPage)
admin.register(WeighedCase, site=merchant_site)(WeighedCasePage)
admin.register(BindingEffect, site=merchant_site)(BindingEffectPage)
admin.register(ShopScore, site=merchant_site)(ShopScorePage)

ORDERS = "merchant:insights_paidorder_changelist"
REFUNDS = "merchant:insights_bookedrefund_changelist"
BINDINGS = "merchant:shops_binding_changelist"
ADMISSIONS = "merchant:shops_admission_changelist"
PRODUCTS = "merchant:catalog_product_changelist"
#: A binding in one of these states is not settled: somebody has to answer.
UNSETTLED = (
    BindingStatus.AWAITING_ACCOUNT,
    BindingStatus.AWAITING_REVIEW,
    BindingStatus.REPLACE_PENDING,
    BindingStatus.UNBIND_PENDING,
)
TITLES: dict[Figure, Any] = {
    Figure.ORDERS: _("Orders paid"),
    Figure.GMV: _("GMV"),
    Figure.NET: _("Net GMV"),
    Figure.REFUNDS: _("Refunds booked"),
    Figure.NEW_BUYERS: _("New buyers"),
    Figure.OLD_BUYERS: _("Known buyers"),
}


def shop_todo(actor: Actor, at: datetime) -> Sequence[home.Card]:
    """Say on the first page what waits about the shop itself."""
    if not actor.may("shops.view"):
        return ()
    bindings = Binding.objects.visible_to(actor).filter(status__in=UNSETTLED).count()
    rejected = Admission.objects.visible_to(actor).filter(status=AdmissionStatus.REJECTED).count()
    cards = []
    if bindings:
        asked = urlencode({"status__in": ",".join(UNSETTLED)})
        url = f"{reverse(BINDINGS)}?{asked}"
        cards.append(home.Card(_("Bindings not settled"), bindings, url, "warning", order=50))
    if rejected:
        url = f"{reverse(ADMISSIONS)}?status__exact={AdmissionStatus.REJECTED}"
        cards.append(home.Card(_("Applications to correct"), rejected, url, "urgent", order=51))
    return cards


def figures(actor: Actor, at: datetime) -> Sequence[home.Panel | home.Chart]:
    """Show what yesterday was, beside the same weekday a week before, and thirty days."""
    if not actor.may("orders.view"):
        return ()
    found = morning(actor, at)
    context = {
        "has_trade": found.has_trade,
        "products_url": reverse(PRODUCTS) if actor.may("catalog.view") else "",
        "added_at": found.added_at,
        "yesterday": [_figure(one) for one in found.yesterday],
        "so_far": [_figure(one) for one in found.so_far],
    }
    panel = home.Panel("insights/morning.html", context, order=10)
    return (panel, _chart(found)) if found.has_trade else (panel,)


def score(actor: Actor, at: datetime) -> Sequence[home.Panel]:
    """Show the latest experience score with its three parts."""
    if not actor.may("shops.view"):
        return ()
    latest = ShopScore.objects.visible_to(actor).order_by("-day").first()
    if latest is None:
        return ()
    context = {
        "day": latest.day,
        "score": tenths(latest.score_tenths),
        "parts": breakdown(latest, actor),
        "url": reverse("merchant:insights_shopscore_change", args=[latest.public_id]),
        "least": LEAST_ORDERS if latest.score_tenths is None else 0,
    }
    return (home.Panel("insights/score_panel.html", context, order=20),)


def _figure(one: Compared) -> dict[str, Any]:
    is_bad_when_more = one.figure is Figure.REFUNDS
    is_better = (one.difference > 0) != is_bad_when_more
    return {
        "title": TITLES[one.figure],
        "value": _shown(one.figure, one.value),
        "url": rows_url(one.figure, one.day, one.until),
        "before": _shown(one.figure, one.before),
        "before_day": one.before_day,
        "before_url": rows_url(one.figure, one.before_day, one.until),
        "difference": _shown(one.figure, abs(one.difference)),
        "sign": "+" if one.difference > 0 else "−" if one.difference < 0 else "",
        "percent": None if one.percent is None else abs(one.percent),
        "tone": "plain" if not one.difference else "good" if is_better else "bad",
        "until": one.until,
        "line": drawing.line(one.recent) if one.recent else None,
    }


def rows_url(figure: Figure, day: date, until: int | None = None) -> str:
    """Return the address of the rows behind a figure of a day."""
    asked: dict[str, Any] = {"day": day.isoformat()}
    if figure is Figure.REFUNDS:
        return f"{reverse(REFUNDS)}?{urlencode(asked)}"
    if figure in (Figure.NEW_BUYERS, Figure.OLD_BUYERS):
        asked["buyers"] = "new" if figure is Figure.NEW_BUYERS else "old"
    if until is not None:
        asked["until"] = until
    return f"{reverse(ORDERS)}?{urlencode(asked)}"


def _shown(figure: Figure, value: int) -> str:
    return f"{value:,}" if figure in COUNTED else money.display(value)


def _chart(found: Morning) -> home.Chart:
    return home.Chart(
        _("The last 30 days"),
        [f"{row.day:%m-%d}" for row in found.days],
        [
            home.Series(_("Net GMV"), [str(money.major(row.net_amount)) for row in found.days]),
            home.Series(
                _("GMV"),
                [str(money.major(row.gmv_amount)) for row in found.days],
                "var(--color-base-400)",
            ),
        ],
        note=_("Yuan a day, by the day of payment. Net GMV is what refunds have left so far."),
    )


home.register("merchant", shop_todo)
home.register("merchant", figures)
home.register("merchant", score)

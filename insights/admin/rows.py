"""The lists behind the figures: each number of the first page leads to its rows here."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from insights.admin.measured import FILTERS
from insights.enums import RowPart, ScoreMetric
from insights.models import BookedRefund, PaidOrder
from insights.selectors import behind
from insights.selectors.morning import HOURS_OF_A_DAY, day_of
from kernel import clock, money
from kernel.admin.base import ConsoleModelAdmin
from orders.models import Order

#: What a list is called that a measure of the score counts: whole, and what is counted of it.
_COUNTED = (_("%(measure)s: all that count"), _("%(measure)s: what is counted"))
#: Days that the filter offers; an address may name any other.
OFFERED = 15


class DayFilter(admin.SimpleListFilter):
    """The day of the trade; all without one."""

    title = _("day")
    parameter_name = "day"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        today = day_of(clock.now())
        days = [today - timedelta(days=back) for back in range(OFFERED)]
        return [(day.isoformat(), date_format(day, "SHORT_DATE_FORMAT")) for day in days]

    @staticmethod
    def asked(request: HttpRequest) -> date | None:
        """Return the day that is asked for; None for none, and for what is no day."""
        try:
            return date.fromisoformat(request.GET.get("day", ""))
        except ValueError:
            return None

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        day = self.asked(request)
        if self.value() and day is None:
            return queryset.none()
        return queryset if day is None else self.of_day(request, queryset, day)

    def of_day(self, request: HttpRequest, rows: QuerySet[Any], day: date) -> QuerySet[Any]:
        """Return the rows of `day`."""
        raise NotImplementedError


class PaidDayFilter(DayFilter):
    """Orders paid on a day; narrowed by `BuyersFilter` and `HourFilter`, which need the day."""

    def of_day(self, request: HttpRequest, rows: QuerySet[Any], day: date) -> QuerySet[Any]:
        buyers, until = request.GET.get("buyers", ""), request.GET.get("until", "")
        if buyers in BuyersFilter.names:
            rows = behind.of_buyers(rows, day, is_new=buyers == "new")
        hour = int(until) if until.isdecimal() and len(until) <= len("24") else HOURS_OF_A_DAY
        return behind.paid_on(rows, day, until=min(hour, HOURS_OF_A_DAY))


class BuyersFilter(admin.SimpleListFilter):
    """A row a buyer: the first order of the day of each new, or each known one."""

    title = _("buyers")
    parameter_name = "buyers"
    names = {"new": _("new buyers"), "old": _("known buyers")}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(self.names.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset  # `PaidDayFilter` has done it: new is who was new on that day


class HourFilter(admin.SimpleListFilter):
    """Paid before an hour of the day."""

    title = _("until")
    parameter_name = "until"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(hour), f"{hour}:00") for hour in range(6, HOURS_OF_A_DAY, 6)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset  # `PaidDayFilter` has done it: an hour is of a day


class RowsPage(ConsoleModelAdmin):
    """Rows behind a number: reached from the number, not from the menu."""

    permission: ClassVar[str] = "orders.view"
    has_object_page: ClassVar[bool] = False
    sortable_by: Any = ()
    empty_hint = _("Nothing was counted. Choose another day.")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def order_link(self, order: Order) -> Any:
        """Return the order's number, linked to its page."""
        return self.link("merchant:orders_order_change", order.number)

    def link(self, view: str, key: str) -> Any:
        """Return `key`, linked to the page that it names."""
        return format_html('<a class="text-link" href="{}">{}</a>', reverse(view, args=[key]), key)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {
            "title": self.titled(request),
            "crumbs": [(reverse("merchant:index"), _("Home"))],
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    def titled(self, request: HttpRequest) -> Any:
        """Return what the list is called: after the measure, or the day, that it is about."""
        metric, day = request.GET.get("metric", ""), DayFilter.asked(request)
        if metric in ScoreMetric.values:
            part = _COUNTED[request.GET.get("part", "") == RowPart.NUMERATOR]
            return part % {"measure": ScoreMetric(metric).label}
        return self.title_of_day % {"day": day} if day else self.title_of_all

    #: What the list is called for one day, and for all; the first has ``%(day)s``.
    title_of_day: ClassVar[Any] = ""
    title_of_all: ClassVar[Any] = ""


class PaidOrderPage(RowsPage):
    """The orders behind orders, GMV, net GMV and buyers of a day."""

    title_of_day = _("Orders paid on %(day)s")
    title_of_all = _("Orders paid")
    list_display: ClassVar[Any] = (
        "number_link",
        "paid_at",
        "ship_by_at",
        "shipped_at",
        "shown_status",
        "pieces",
        "shown_gmv",
        "shown_returned",
        "shown_net",
    )
    list_filter: ClassVar[Any] = (PaidDayFilter, BuyersFilter, HourFilter, *FILTERS)
    ordering: Any = ("-paid_at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PaidOrder]:
        orders = super().get_queryset(request).filter(paid_at__isnull=False)
        return orders.prefetch_related("lines")

    @display(description=_("Order"))
    def number_link(self, order: PaidOrder) -> Any:
        """Return the number, linked."""
        return self.order_link(order)

    @display(description=_("Status"))
    def shown_status(self, order: PaidOrder) -> Any:
        """Return the status in words."""
        return order.get_status_display()

    @display(description=_("Pieces"))
    def pieces(self, order: PaidOrder) -> int:
        """Return how many pieces were bought."""
        return sum(line.quantity for line in order.lines.all())

    @display(description=_("GMV"))
    def shown_gmv(self, order: PaidOrder) -> str:
        """Return what it adds to the day's GMV."""
        return money.display(_gmv(order), order.currency)

    @display(description=_("Refunded"))
    def shown_returned(self, order: PaidOrder) -> str:
        """Return what was booked back so far."""
        return money.display(_returned(order), order.currency)

    @display(description=_("Net GMV"))
    def shown_net(self, order: PaidOrder) -> str:
        """Return what it adds to the day's net GMV."""
        return money.display(_gmv(order) - _returned(order), order.currency)


class BookedRefundPage(RowsPage):
    """The refunds behind the refunds of a day, a row a line."""

    title_of_day = _("Refunds booked on %(day)s")
    title_of_all = _("Refunds booked")
    list_display: ClassVar[Any] = (
        "refund_number",
        "at",
        "number_link",
        "goods",
        "quantity",
        "shown_amount",
    )
    ordering: Any = ("-at", "-pk")

    class BookedDayFilter(DayFilter):
        """Refunds booked on a day."""

        def of_day(self, request: HttpRequest, rows: QuerySet[Any], day: date) -> QuerySet[Any]:
            return behind.booked_on(rows, day)

    list_filter: ClassVar[Any] = (BookedDayFilter,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[BookedRefund]:
        return super().get_queryset(request).select_related("refund__order", "line")

    @display(description=_("Refund"))
    def refund_number(self, back: BookedRefund) -> str:
        """Return the refund's number."""
        return back.refund.number

    @display(description=_("Order"))
    def number_link(self, back: BookedRefund) -> Any:
        """Return the order's number, linked."""
        return self.order_link(back.refund.order) if back.refund.order else "–"

    @display(description=_("Goods"))
    def goods(self, back: BookedRefund) -> str:
        """Return what was bought."""
        return back.line.title

    @display(description=_("Amount"))
    def shown_amount(self, back: BookedRefund) -> str:
        """Return what was booked back."""
        return money.display(back.amount, back.refund.currency)


def _gmv(order: PaidOrder) -> int:
    return sum(
        line.pay_amount + line.promotion_platform_amount + line.promotion_talent_amount
        for line in order.lines.all()
    )


def _returned(order: PaidOrder) -> int:
    return sum(line.refunded_amount for line in order.lines.all())

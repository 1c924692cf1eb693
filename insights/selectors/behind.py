"""The rows behind the figures: which orders and refunds a number was made of."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from insights.models import BookedRefund, PaidOrder
from insights.selectors.morning import day_starts
from orders.models import Order

#: DT-18: who bought within this time before is no new buyer.
NEW_AFTER = timedelta(days=365)


def paid_on(
    orders: QuerySet[PaidOrder], day: date, *, until: int | None = None
) -> QuerySet[PaidOrder]:
    """Return the orders paid on a day of the trade, or before its hour `until`."""
    begins = day_starts(day)
    ends = begins + (timedelta(days=1) if until is None else timedelta(hours=until))
    return orders.filter(paid_at__gte=begins, paid_at__lt=ends)


def of_buyers(orders: QuerySet[PaidOrder], day: date, *, is_new: bool) -> QuerySet[PaidOrder]:
    """Return the day's first order of each new, or each known buyer: a row a person."""
    # The sum hides the shop from its index of what was paid when: a buyer's orders are few, and a
    # year of the shop's would be read for each row.
    theirs = Order.objects.filter(buyer=OuterRef("buyer")).alias(hidden=F("shop_id") + 0)
    theirs = theirs.filter(hidden=OuterRef("shop_id"))
    begins = day_starts(day)
    same_time = Q(paid_at=OuterRef("paid_at"), pk__lt=OuterRef("pk"))
    sooner = Q(paid_at__lt=OuterRef("paid_at")) | same_time
    first = ~Exists(theirs.filter(sooner, paid_at__gte=begins))
    known = Exists(theirs.filter(paid_at__lt=begins, paid_at__gte=begins - NEW_AFTER))
    return paid_on(orders, day).filter(first, ~known if is_new else known)


def booked_on(refunds: QuerySet[BookedRefund], day: date) -> QuerySet[BookedRefund]:
    """Return what was booked back on a day of the trade, a row a line."""
    begins = day_starts(day)
    return refunds.filter(at__gte=begins, at__lt=begins + timedelta(days=1))

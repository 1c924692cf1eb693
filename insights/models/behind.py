"""The rows of lower rooms, listed as what a figure was made of."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from aftersales.models import RefundCase
from orders.models import LineRefund, Order


class PaidOrder(Order):
    """An order as a row behind a figure; no table of its own."""

    class Meta:
        proxy = True
        verbose_name = _("order behind a figure")
        verbose_name_plural = _("orders behind a figure")


class BookedRefund(LineRefund):
    """Money booked back of a line, as a row behind a figure; no table of its own."""

    class Meta:
        proxy = True
        verbose_name = _("refund behind a figure")
        verbose_name_plural = _("refunds behind a figure")


class WeighedCase(RefundCase):
    """A case as a row behind a measure of the score; no table of its own."""

    class Meta:
        proxy = True
        verbose_name = _("case behind a figure")
        verbose_name_plural = _("cases behind a figure")

"""Who pays what of a refund that is not granted yet (AF-27): the waterfall before and after."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from affiliates.models import Commission
from affiliates.policies import split
from aftersales.enums import REFUND_BOOKED
from aftersales.models import RefundCase
from orders.models import OrderLine
from settlements.enums import EntryKind
from settlements.models import SettlementEntry
from settlements.services import rates
from settlements.services.settling import worth_of


def who_pays(case: RefundCase) -> list[tuple[str | Promise, int]]:
    """Return (party, amount) for what each gives up when the case is granted; they sum to it.

    Before settlement it is what the parties will not get, after it what is taken back from them.
    """
    line = OrderLine.objects.select_related("order__shop", "product__category").get(pk=case.line_id)
    is_booked = case.status in REFUND_BOOKED
    refunded = line.refunded_amount - (case.amount if is_booked else 0)
    if not 0 <= refunded <= line.pay_amount - case.amount:
        return []  # somebody else's refund came first: this one cannot be granted any more
    lost = case.amount - case.freight_amount
    found = Commission.objects.filter(line=line).first()
    fee_rate_bp = _fee_rate(line)
    before = worth_of(
        line, _earned(found, lost if is_booked else 0), fee_rate_bp, refunded_amount=refunded
    )
    after = worth_of(
        line,
        _earned(found, 0 if is_booked else -lost),
        fee_rate_bp,
        refunded_amount=refunded + case.amount,
    )
    change = before - after
    rows: list[tuple[str | Promise, int]] = [
        (_("Shop"), change.shop_amount),
        (_("Creator"), change.creator_amount),
        (_("Agency"), change.agency_amount),
        (_("Platform fee"), change.platform_fee_amount),
        (_("Subsidies"), -change.subsidy_amount),
    ]
    return [row for row in rows if row[1]]


def _fee_rate(line: OrderLine) -> int:
    settled = SettlementEntry.objects.filter(line=line, kind=EntryKind.SETTLE).first()
    if settled is not None:
        return settled.fee_rate_bp
    return rates.fees_of([line])[0].rate_bp


def _earned(found: Commission | None, goods_amount: int) -> tuple[int, int]:
    """Return the creator's and the agency's part if the base were `goods_amount` more."""
    if found is None:
        return 0, 0
    base = min(max(0, found.base_amount + goods_amount), found.original_base_amount)
    left = split(base_amount=base, rate_bp=found.rate_bp, agency_share_bp=found.agency_share_bp)
    return left.creator_amount, left.agency_amount

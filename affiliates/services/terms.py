"""Which rate a sale earns: read from rows that are never changed, so that it can be disputed.

The sale itself stores a pick code and a time, nothing more. The rate is the plan version in force
when the order was *placed*: that is what creator and buyer saw, and half an hour may pass until the
money comes. The agency's contract is the one in force when the order was *paid* (AC-20).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from affiliates import policies, selectors
from affiliates.models import AgencyContract, Pick, PlanVersion


class Sold(Protocol):
    """What the terms of an order line depend on."""

    @property
    def line_id(self) -> int: ...
    @property
    def shop_id(self) -> int: ...
    @property
    def product_id(self) -> int: ...
    @property
    def pick_code(self) -> str: ...
    @property
    def placed_at(self) -> datetime: ...
    @property
    def paid_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class Terms:
    """What a line's commission is computed by."""

    pick: Pick
    version: PlanVersion
    contract: AgencyContract | None

    @property
    def agency_share_bp(self) -> int:
        """The agency's part of the commission."""
        return self.contract.share_bp if self.contract else 0


def terms_of(sales: Sequence[Sold]) -> dict[int, Terms]:
    """Return line pk → terms. A line that earns nothing is absent: see `_earns` for the reasons.

    The orders are paid. A constant number of queries.
    """
    picks = {
        pick.pick_code: pick
        for pick in Pick.objects.filter(
            pick_code__in={sale.pick_code for sale in sales}
        ).select_related("creator", "plan")
    }
    sold = [(sale, picks[sale.pick_code]) for sale in sales if sale.pick_code in picks]
    own = selectors.own_shops((pick.creator, sale.shop_id, sale.placed_at) for sale, pick in sold)
    versions = selectors.versions_of(pick.plan_id for _sale, pick in sold)
    contracts = _contracts(pick.creator_id for _sale, pick in sold)
    found = {}
    for sale, pick in sold:
        version = policies.in_force(versions[pick.plan_id], sale.placed_at)
        if version is None or not _earns(sale, pick, own):
            continue
        contract = _signed(contracts[pick.creator_id], sale.paid_at)
        found[sale.line_id] = Terms(pick=pick, version=version, contract=contract)
    return found


def _earns(sale: Sold, pick: Pick, own: set[tuple[int, int, datetime]]) -> bool:
    """Tell whether the line earns commission: the pick is of this product, its plan ran when the
    order was placed, and the creator did not sell for the own shop."""
    closes_at = pick.plan.closes_at
    is_running = closes_at is None or sale.placed_at < closes_at
    is_own = (pick.creator_id, sale.shop_id, sale.placed_at) in own
    return pick.product_id == sale.product_id and is_running and not is_own


def _contracts(creator_ids: Iterable[int]) -> dict[int, list[AgencyContract]]:
    found: dict[int, list[AgencyContract]] = defaultdict(list)
    begun = AgencyContract.objects.filter(creator_id__in=set(creator_ids), starts_at__isnull=False)
    for contract in begun.select_related("agency").order_by("starts_at", "pk"):
        found[contract.creator_id].append(contract)
    return found


def _signed(contracts: Iterable[AgencyContract], at: datetime | None) -> AgencyContract | None:
    if at is None:
        return None
    for contract in contracts:
        begun = contract.starts_at is not None and contract.starts_at <= at
        if begun and (contract.ends_at is None or at < contract.ends_at):
            return contract
    return None

"""Rows to plans: one is opened, or its rate is changed, or the row says why not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from affiliates.enums import PlanKind, PlanStatus
from affiliates.models import AllianceMembership, Plan
from affiliates.services import plans
from affiliates.services.planfiles.faults import FIXES, NOTES
from affiliates.services.planfiles.reading import WrittenRow, name_of, rate_of
from catalog.models import Product, Sku
from catalog.services.importing.faults import BadCell
from kernel.actors import Actor
from kernel.errors import DomainError
from shops.errors import ApprovalWaiting
from shops.models import Approval

#: Column of what a service refuses; the others are about the rate.
_ABOUT_PRODUCT = frozenset({"plan_closed", "product_off_shelf", "shop_not_in_alliance"})


@dataclass
class Wish:
    """What one row asks for, and what is to be said of it: at most one thing."""

    row: WrittenRow
    product_id: int = 0
    rate_bp: int = 0
    column: str = ""
    code: str = ""

    @property
    def is_good(self) -> bool:
        """Whether the row counts as done."""
        return not self.code or self.code in NOTES

    def blame(self, column: str, code: str) -> None:
        """Say `code` of the row's `column`."""
        self.column, self.code = column, code


def wishes_of(*, shop_id: int, rows: Sequence[WrittenRow]) -> list[Wish]:
    """Return what the rows of a whole file ask for, in its order; in two statements.

    The same product with the same rate counts once; with two rates no row of it counts, for nobody
    can tell which is meant.
    """
    wishes = [_read(row) for row in rows]
    names = {name_of(wish.row.product) for wish in wishes if not wish.code}
    known = _products(shop_id, names)
    rates: dict[int, set[int]] = {}
    for wish in wishes:
        if wish.code:
            continue
        wish.product_id = known.get(name_of(wish.row.product), 0)
        if not wish.product_id:
            wish.blame("product", "unknown_product")
        else:
            rates.setdefault(wish.product_id, set()).add(wish.rate_bp)
    seen: Counter[int] = Counter()
    for wish in wishes:
        if wish.code:
            continue
        seen[wish.product_id] += 1
        if len(rates[wish.product_id]) > 1:
            wish.blame("rate", "other_rate")
        elif seen[wish.product_id] > 1:
            wish.blame("", "duplicate_row")
    return wishes


def carry_out(
    *, shop_id: int, wishes: Sequence[Wish], actor: Actor, at: datetime, is_dry_run: bool
) -> None:
    """Open the plans and change the rates that `wishes` ask for; the others know what is wrong.

    A raise above the limit is asked for and not in force: the same rule as for one plan. In a dry
    run everything is tried and taken back, so that the faults are the same. Belongs in a
    transaction.
    """
    # First, as where a plan is opened: two files of a shop never wait for each other's plans.
    list(AllianceMembership.objects.select_for_update(no_key=True).filter(shop_id=shop_id))
    asked = [wish for wish in wishes if not wish.code]
    products = Product.objects.select_related("category").filter(shop_id=shop_id)
    found = products.in_bulk([wish.product_id for wish in asked])
    running = Plan.objects.filter(
        shop_id=shop_id, product__in=list(found), kind=PlanKind.OPEN
    ).exclude(status=PlanStatus.CLOSED)
    by_product = {plan.product_id: plan for plan in running}
    for wish in asked:
        product = found[wish.product_id]
        try:
            with transaction.atomic():
                _carry_out(wish, product, by_product.get(product.pk), actor, at)
                if is_dry_run:
                    transaction.set_rollback(True)
        except DomainError as refusal:
            _say(wish, refusal, shop_id)


def _carry_out(wish: Wish, product: Product, plan: Plan | None, actor: Actor, at: datetime) -> None:
    if plan is None:
        plans.create(product=product, rate_bp=wish.rate_bp, at=at, actor=actor)
        return
    done = plans.set_rate(plan=plan, rate_bp=wish.rate_bp, at=at, actor=actor)
    if isinstance(done, Approval):
        wish.blame("rate", "asked_for_approval")


def _say(wish: Wish, refusal: DomainError, shop_id: int) -> None:
    code = "unchanged" if refusal.code == "rate_unchanged" else refusal.code
    if isinstance(refusal, ApprovalWaiting):
        waiting = Approval.objects.filter(
            shop_id=shop_id, public_id=refusal.extra["approval_id"]
        ).first()
        is_same = waiting is not None and waiting.payload.get("rate_bp") == wish.rate_bp
        code = "asked_for_approval" if is_same else "approval_waiting"
    if code not in FIXES:
        raise refusal
    wish.blame("product" if code in _ABOUT_PRODUCT else "rate", code)


def _read(row: WrittenRow) -> Wish:
    wish = Wish(row)
    if row.fault:
        wish.blame("", row.fault)
        return wish
    column = "product"
    try:
        name_of(row.product)
        column = "rate"
        wish.rate_bp = rate_of(row.rate)
    except BadCell as bad:
        wish.blame(column, bad.code)
    return wish


def _products(shop_id: int, names: set[str]) -> dict[str, int]:
    """Return the products by the names that the file uses; an id goes before a merchant code."""
    skus = Sku.objects.filter(shop_id=shop_id, merchant_code__in=names)
    found = dict(skus.values_list("merchant_code", "product_id"))
    products = Product.objects.filter(shop_id=shop_id, public_id__in=names)
    return found | dict(products.values_list("public_id", "pk"))

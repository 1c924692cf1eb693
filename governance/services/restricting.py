"""What a deposit that is too low leads to (SH-08): nothing new listed, then nothing sold."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from governance.models import Deposit
from governance.selectors import rule_at
from shops.enums import RestrictionKind, RestrictionReason
from shops.models import ShopRestriction
from shops.services import restrictions

KINDS = (RestrictionKind.LISTING, RestrictionKind.SALES)


@transaction.atomic
def apply(*, shop_id: int, at: datetime) -> int:
    """Impose what the shop's deposit leads to at `at`, lift what it does not; return the changes.

    Days count from the moment the deposit fell short. Nothing of the shop's products is touched:
    what was on sale is on sale again when the restriction ends, and nothing else.
    """
    deposit = Deposit.objects.select_for_update(no_key=True, of=("self",)).get(shop_id=shop_id)
    wanted = wanted_of(deposit, at)
    changes = restrictions.lift(
        shop_id=shop_id,
        reason=RestrictionReason.DEPOSIT,
        kinds=[kind for kind in KINDS if kind not in wanted],
        at=at,
    )
    for kind in wanted:
        changes += restrictions.impose(
            shop_id=shop_id,
            kind=kind,
            reason=RestrictionReason.DEPOSIT,
            source=deposit.public_id,
            at=at,
        )
    return changes


def wanted_of(deposit: Deposit, at: datetime) -> list[RestrictionKind]:
    """Return what the deposit leads to at `at`, by the rule of that moment."""
    if deposit.short_since is None:
        return []
    rule, short_for = rule_at(at), at - deposit.short_since
    after = {
        RestrictionKind.LISTING: timedelta(days=rule.listing_after_days),
        RestrictionKind.SALES: timedelta(days=rule.sales_after_days),
    }
    return [kind for kind in KINDS if short_for >= after[kind]]


def apply_all(*, at: datetime) -> int:
    """Do `apply` for every shop whose deposit is too low or that is restricted for it."""
    short = Deposit.objects.filter(short_since__isnull=False)
    restricted = ShopRestriction.objects.filter(
        reason=RestrictionReason.DEPOSIT, until__isnull=True
    )
    shop_ids = set(short.values_list("shop_id", flat=True))
    shop_ids |= set(restricted.values_list("shop_id", flat=True))
    return sum(apply(shop_id=shop_id, at=at) for shop_id in sorted(shop_ids))

"""Monthly statements: a page of the book that a party can read (AL-48)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery, Sum

from settlements.enums import EntryKind
from settlements.models import Statement, StatementLine
from settlements.policies import next_month, starts_at
from settlements.services import balances

_DEPOSIT = Q(reference__startswith=f"{balances.DEPOSIT}:")
_COLLECTED = Q(reference__startswith=f"{balances.COLLECT}:")
_PARTY = ("party", "shop_id", "creator_id", "agency_id", "currency")


@transaction.atomic
def refresh(*, month: date, at: datetime) -> int:
    """Write the statements of `month` (its first day) anew; return how many there are.

    A party has one when something happened in the month. It opens with the closing balance of the
    party's last statement before, so refresh an earlier month first.
    """
    lines = StatementLine.objects.filter(
        at__gte=starts_at(month), at__lt=starts_at(next_month(month))
    )
    earlier = Statement.objects.filter(
        *(Q(**{name: OuterRef(name)}) | _both_null(name) for name in _PARTY), month__lt=month
    )
    rows = lines.values(*_PARTY).annotate(
        settled=Sum("amount", filter=Q(entry__kind=EntryKind.SETTLE), default=0),
        reversed=Sum("amount", filter=Q(entry__kind=EntryKind.REVERSE), default=0),
        paid_out=Sum("amount", filter=Q(entry__isnull=True) & ~_DEPOSIT & ~_COLLECTED, default=0),
        deposited=Sum("amount", filter=_DEPOSIT, default=0),
        collected=Sum("amount", filter=_COLLECTED, default=0),
        opening=Subquery(earlier.order_by("-month").values("closing_amount")[:1]),
    )
    statements = []
    for row in rows.order_by(*_PARTY):
        opening = row["opening"] or 0
        statements.append(
            Statement(
                **{name: row[name] for name in _PARTY},
                month=month,
                opening_amount=opening,
                settled_amount=row["settled"],
                reversed_amount=-row["reversed"],
                paid_out_amount=-row["paid_out"],
                deposited_amount=-row["deposited"],
                collected_amount=row["collected"],
                closing_amount=opening
                + row["settled"]
                + row["reversed"]
                + row["paid_out"]
                + row["deposited"]
                + row["collected"],
                updated_at=at,
            )
        )
    Statement.objects.bulk_create(
        statements,
        update_conflicts=True,
        unique_fields=["party", "shop", "creator", "agency", "currency", "month"],
        update_fields=[
            "opening_amount",
            "settled_amount",
            "reversed_amount",
            "paid_out_amount",
            "deposited_amount",
            "collected_amount",
            "closing_amount",
            "updated_at",
        ],
    )
    return len(statements)


def _both_null(name: str) -> Q:
    """Two of the three party columns are null, and null equals nothing in SQL."""
    if name in ("party", "currency"):
        return Q()
    return Q(**{f"{name}__isnull": True})

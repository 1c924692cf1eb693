"""Pieces set aside: for an account, for its live session, for an activity (CA-10).

A bucket's pieces count as held (`Stock.held`), so whoever sells to everybody cannot have them. An
order that comes by the bucket's account draws from it before it takes what is for everybody; the
counters move from one hold to the other. Every writer of a bucket holds the row lock of its SKU's
counters, and takes it before any row of a bucket.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from accounts.models import Account
from catalog.enums import BucketKind, MovementKind
from catalog.errors import BadBucket, BucketEnded, BucketShort, OutOfStock, SetAsideAlready
from catalog.models import BucketDraw, Sku, StockBucket
from catalog.services import stock
from kernel import audit
from kernel.actors import SYSTEM, Actor
from kernel.asking import Statement, nothing, numbers

#: The longest that a bucket may wait for its end.
LONGEST = timedelta(days=90)
#: Buckets that one sweep ends.
BATCH = 200


@dataclass(frozen=True)
class Draw:
    """`quantity` pieces (> 0) that the line of `reference` takes out of a bucket."""

    bucket_id: int
    sku_id: int
    shop_id: int
    reference: str
    quantity: int


@transaction.atomic
def set_aside(
    *,
    sku: Sku,
    kind: BucketKind,
    account: Account | None,
    quantity: int,
    ends_at: datetime | None,
    note: str = "",
    actor: Actor,
    at: datetime,
) -> StockBucket:
    """Take `quantity` pieces (> 0) out of what is for everybody; return their bucket.

    Until `ends_at` they are for orders that come by `account` (LIVE: by its live session), or for
    nobody (ACTIVITY). Raises BadBucket for an account or an end that the kind does not take,
    SetAsideAlready when such a bucket is open, OutOfStock when fewer pieces are available.
    """
    _check(kind, account, ends_at, at)
    if not stock.lock([sku.pk]):
        raise OutOfStock
    try:
        with transaction.atomic():
            bucket = StockBucket.objects.create(
                shop_id=sku.shop_id,
                product_id=sku.product_id,
                sku=sku,
                kind=kind,
                account=account,
                note=note,
                quantity=0,
                ends_at=ends_at,
            )
    except IntegrityError as error:
        if "stockbucket_one_open" not in str(error):
            raise
        raise SetAsideAlready from None
    _put_in(bucket, quantity, actor, at)
    _record("catalog.set_aside", bucket, actor, at, before=None)
    return bucket


@transaction.atomic
def change_pieces(*, bucket: StockBucket, delta: int, actor: Actor, at: datetime) -> StockBucket:
    """Put `delta` pieces (not 0) more in, or take some out; return the bucket.

    Raises BucketEnded, BucketShort when fewer are left in it, OutOfStock when fewer are available.
    """
    bucket = _locked(bucket)
    before = bucket.quantity
    if delta < 0 and bucket.remaining < -delta:
        raise BucketShort(extra={"remaining": bucket.remaining})
    _put_in(bucket, delta, actor, at)
    _record("catalog.change_set_aside", bucket, actor, at, before=before)
    return bucket


@transaction.atomic
def end(*, bucket: StockBucket, actor: Actor, at: datetime) -> StockBucket:
    """Let what is left be for everybody from now on; return the bucket. Raises BucketEnded."""
    bucket = _locked(bucket)
    left = bucket.remaining
    if left:
        move = _move(bucket, MovementKind.SET_FREE, left, f"{_name(bucket)}:end", actor)
        stock.apply([move], at)
    bucket.freed += left
    bucket.ended_at = at
    bucket.save(update_fields=["freed", "ended_at"])
    bucket.refresh_from_db()
    _record("catalog.end_set_aside", bucket, actor, at, before=bucket.quantity)
    return bucket


def end_due(*, at: datetime, limit: int = BATCH) -> int:
    """End up to `limit` buckets whose time is over by the database's clock; return how many.

    Each is a transaction of its own; one that somebody else has ended meanwhile is left alone.
    """
    due = StockBucket.objects.filter(ended_at__isnull=True, ends_at__lte=Now())
    ended = 0
    for bucket in due.order_by("ends_at", "pk")[:limit]:
        try:
            end(bucket=bucket, actor=SYSTEM, at=at)
        except BucketEnded:
            continue
        ended += 1
    return ended


def to_read_remaining(bucket_ids: Iterable[int]) -> Statement[dict[int, int]]:
    """Return the statement that tells bucket pk → pieces left, of those that are open.

    It counts under the locks of `stock.lock` of their SKUs.
    """
    return Statement(
        "SELECT id, remaining FROM catalog_stockbucket"
        " WHERE id = ANY(%s::bigint[]) AND ended_at IS NULL AND"
        " (ends_at IS NULL OR ends_at > statement_timestamp())",
        [numbers(set(bucket_ids))],
        dict,
    )


#: Notes who took what, and counts it: the buckets' rows are free, for their SKUs are locked.
DRAW = """
WITH drawn AS (
    INSERT INTO catalog_bucketdraw (bucket_id, sku_id, shop_id, reference, quantity)
    SELECT bucket_id, sku_id, shop_id, reference, quantity
    FROM jsonb_to_recordset(%s) AS draw
         (bucket_id bigint, sku_id bigint, shop_id bigint, reference text, quantity int)
    RETURNING bucket_id, quantity
)
UPDATE catalog_stockbucket AS bucket SET drawn = bucket.drawn + summed.quantity
FROM (SELECT bucket_id, sum(quantity) AS quantity FROM drawn GROUP BY bucket_id) AS summed
WHERE bucket.id = summed.bucket_id RETURNING bucket.id
"""


def to_draw(draws: Sequence[Draw]) -> Statement[None]:
    """Return the statement that takes `draws` out of their buckets, under the SKUs' locks.

    `moves_of` are the movements that go with it. The caller has seen that there is enough; the
    constraints of the tables are the last guard.
    """
    rows = [
        {
            "bucket_id": one.bucket_id,
            "sku_id": one.sku_id,
            "shop_id": one.shop_id,
            "reference": one.reference,
            "quantity": one.quantity,
        }
        for one in draws
    ]
    return Statement(DRAW, [json.dumps(rows)], nothing)


def moves_of(draws: Iterable[Draw]) -> list[stock.Move]:
    """Return the movements by which `draws` leave their buckets, to be held by their orders."""
    return [
        stock.Move(one.sku_id, one.shop_id, MovementKind.DRAWN, one.quantity, one.reference)
        for one in draws
    ]


def open_for(
    wishes: Collection[tuple[int, str, bool]], at: datetime
) -> dict[tuple[int, str, bool], tuple[int, int]]:
    """Return (bucket pk, pieces left) for each wish that a bucket answers. None or one query.

    A wish is (SKU pk, public account id, whether it comes by a live session); LIVE comes before
    CHANNEL. Under the SKUs' locks it holds until the transaction ends.
    """
    named = {(sku_id, account) for sku_id, account, _is_live in wishes if account}
    if not named:
        return {}
    rows = StockBucket.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=at),
        sku__in={sku_id for sku_id, _account in named},
        account__public_id__in={account for _sku, account in named},
        ended_at__isnull=True,
    )
    found = {
        (sku_id, account, kind): (pk, remaining)
        for sku_id, account, kind, pk, remaining in rows.values_list(
            "sku_id", "account__public_id", "kind", "pk", "remaining"
        )
    }
    answers = {}
    for sku_id, account, is_live in wishes:
        kinds = (BucketKind.LIVE, BucketKind.CHANNEL) if is_live else (BucketKind.CHANNEL,)
        for kind in kinds:
            if answer := found.get((sku_id, account, kind)):
                answers[sku_id, account, is_live] = answer
                break
    return answers


def put_back(released: Collection[stock.Move], at: datetime) -> list[stock.Move]:
    """Undo what lines drew whose pieces are `released`; return the moves that go with it.

    What comes back to an open bucket waits in it again; what comes after its end is for everybody.
    Locks the counters of the SKUs when there is something to undo; most orders drew nothing.
    """
    draws = BucketDraw.objects.filter(
        shop__in={move.shop_id for move in released},
        reference__in=[move.reference for move in released],
        undone_at__isnull=True,
    )
    if not released or not draws.exists():
        return []
    stock.lock(move.sku_id for move in released)
    moves = []
    for draw in draws.select_related("bucket").order_by("sku_id", "pk"):
        bucket = draw.bucket
        changed = {"drawn": F("drawn") - draw.quantity}
        if bucket.is_open:
            moves.append(
                _move(bucket, MovementKind.PUT_BACK, draw.quantity, draw.reference, SYSTEM)
            )
        else:
            changed["freed"] = F("freed") + draw.quantity
        StockBucket.objects.filter(pk=bucket.pk).update(**changed)
    draws.update(undone_at=at)
    return moves


def _check(
    kind: BucketKind, account: Account | None, ends_at: datetime | None, at: datetime
) -> None:
    if kind == BucketKind.ACTIVITY and account is not None:
        raise BadBucket.about("account_id", "no_account")
    if kind != BucketKind.ACTIVITY and account is None:
        raise BadBucket.about("account_id", "account_required")
    if kind == BucketKind.LIVE and ends_at is None:
        raise BadBucket.about("ends_at", "end_required")
    if ends_at is not None and not at < ends_at <= at + LONGEST:
        raise BadBucket.about("ends_at", "end_out_of_range")


def _locked(bucket: StockBucket) -> StockBucket:
    """Return the open bucket as it is under the lock of its SKU. Raises BucketEnded."""
    stock.lock([bucket.sku_id])
    fresh = StockBucket.objects.select_related("sku", "account").get(pk=bucket.pk)
    if not fresh.is_open:
        raise BucketEnded
    return fresh


def _put_in(bucket: StockBucket, delta: int, actor: Actor, at: datetime) -> None:
    kind = MovementKind.SET_ASIDE if delta > 0 else MovementKind.SET_FREE
    bucket.changes += 1
    name = f"{_name(bucket)}:{bucket.changes}"
    stock.apply([_move(bucket, kind, abs(delta), name, actor)], at)
    bucket.quantity += delta
    bucket.save(update_fields=["quantity", "changes"])
    bucket.refresh_from_db()


def _name(bucket: StockBucket) -> str:
    return f"bucket:{bucket.public_id}"


def _move(
    bucket: StockBucket, kind: MovementKind, quantity: int, reference: str, actor: Actor
) -> stock.Move:
    return stock.Move(bucket.sku_id, bucket.shop_id, kind, quantity, reference, actor.label)


def _record(
    action: str, bucket: StockBucket, actor: Actor, at: datetime, *, before: int | None
) -> None:
    told: Mapping[str, object] = {
        "kind": str(bucket.kind),
        "account": bucket.account.public_id if bucket.account else None,
        "pieces": bucket.quantity,
        "left": bucket.remaining,
        "until": bucket.ends_at.isoformat() if bucket.ends_at else None,
    }
    audit.record(
        actor=actor,
        action=action,
        target=bucket,
        at=at,
        before={"pieces": before} if before is not None else None,
        after=dict(told),
    )

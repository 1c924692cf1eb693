"""The one writer of stock: counters and the movements that explain them (CA-10, CA-12).

Every writer of a SKU's movements holds the row lock of its counters, taken in SKU order. So whether
a move is known and whether there is enough are questions answered once, under that lock; the
constraints of the tables are the last guard and are not met in normal work.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from catalog.enums import MovementKind
from catalog.errors import HoldMissing, OutOfStock
from catalog.models import Sku, Stock
from kernel.asking import Rows, Statement, ask_one, numbers

#: What one piece of each kind does to (on_hand, held).
EFFECTS: dict[str, tuple[int, int]] = {
    MovementKind.INITIAL: (1, 0),
    MovementKind.INBOUND: (1, 0),
    MovementKind.RETURNED: (1, 0),
    MovementKind.OUTBOUND: (-1, 0),
    MovementKind.HOLD: (0, 1),
    MovementKind.RELEASE: (0, -1),
    MovementKind.SOLD: (-1, -1),
    MovementKind.BUNDLE_IN: (1, 0),
    MovementKind.BUNDLE_OUT: (-1, 0),
    MovementKind.SET_ASIDE: (0, 1),
    MovementKind.SET_FREE: (0, -1),
    MovementKind.DRAWN: (0, -1),
    MovementKind.PUT_BACK: (0, 1),
}
#: Kinds that move pieces into and out of buckets: what they do to `held` they do to `set_aside`.
BUCKET_KINDS = frozenset(
    {
        MovementKind.SET_ASIDE,
        MovementKind.SET_FREE,
        MovementKind.DRAWN,
        MovementKind.PUT_BACK,
    }
)

#: SKU pk → (on hand, held).
Counters = dict[int, tuple[int, int]]


@dataclass(frozen=True)
class Move:
    """`quantity` pieces (> 0) of one SKU, moved because of `reference`: once per SKU and kind."""

    sku_id: int
    shop_id: int
    kind: MovementKind
    quantity: int
    reference: str
    actor_label: str = ""

    def __post_init__(self) -> None:
        if self.quantity < 1:
            raise ValueError(f"a move of {self.quantity} pieces")

    @property
    def key(self) -> tuple[int, str, str]:
        return self.sku_id, self.reference, str(self.kind)

    @property
    def on_hand_delta(self) -> int:
        return EFFECTS[self.kind][0] * self.quantity

    @property
    def held_delta(self) -> int:
        return EFFECTS[self.kind][1] * self.quantity

    @property
    def set_aside_delta(self) -> int:
        return self.held_delta if self.kind in BUCKET_KINDS else 0


def lock(sku_ids: Iterable[int]) -> dict[int, int]:
    """Lock the counters of `sku_ids` in SKU order and return what is available of each.

    The locks (FOR NO KEY UPDATE) last until the transaction ends; a SKU without counters is absent.
    Raises RuntimeError outside a transaction, where a lock would be gone at once.
    """
    return ask_one(to_lock(sku_ids))


def to_lock(sku_ids: Iterable[int]) -> Statement[dict[int, int]]:
    """Return the statement that does what `lock` does. Raises what it raises."""
    locking = _to_lock(sku_ids)
    return Statement(
        locking.sql,
        locking.params,
        lambda rows: {sku_id: on_hand - held for sku_id, on_hand, held in rows},
    )


def apply(moves: Sequence[Move], at: datetime) -> list[Move]:
    """Apply `moves` at `at`: movements and counters in one go; return those that were new.

    A move whose (SKU, reference, kind) was applied before has no second effect, however many
    callers race with it. Needs are summed per SKU: two lines of one SKU cannot both take the last.

    Raises OutOfStock when fewer pieces are available than the moves take, HoldMissing when more is
    released or sold than was held; nothing is changed then.
    """
    if not moves:
        return []
    with nullcontext() if connection.in_atomic_block else transaction.atomic():
        return _apply(moves, at)


def _apply(moves: Sequence[Move], at: datetime) -> list[Move]:
    by_key = {move.key: move for move in reversed(moves)}
    counters = ask_one(_to_lock(move.sku_id for move in moves))
    # Moves of one kind never make room for each other: what there is for all of them there is for
    # those that are new, and which ones these are is told by the insert.
    if len({move.kind for move in moves}) > 1 or any(_wanting(counters, by_key.values())):
        known = _known(by_key)
        by_key = {key: move for key, move in by_key.items() if key not in known}
        _check(counters, by_key.values())
    return ask_one(_to_write([by_key[key] for key in sorted(by_key)], at)) if by_key else []


def to_hold(moves: Sequence[Move], at: datetime) -> Statement[None]:
    """Return the statement that holds pieces for references that are new, under locks of `lock`.

    The caller has seen that there is enough; the constraints of the tables are the last guard.
    It raises RuntimeError when a reference is known.
    """

    def read(rows: Rows) -> None:
        if len(rows) != len(moves):
            raise RuntimeError("a reference that was to be new is known")

    written = _to_write(sorted(moves, key=lambda move: move.key), at)
    return Statement(written.sql, written.params, read)


def to_settle(moves: Sequence[Move], at: datetime) -> list[Statement[Any]]:
    """Return the statements that sell or release pieces held for the same references: lock, write.

    The caller's locks say that they are held; the constraints of the tables are the last guard. A
    reference that is known moves nothing twice.
    """
    rows = sorted({move.key: move for move in moves}.values(), key=lambda move: move.key)
    return [to_lock(move.sku_id for move in rows), _to_write(rows, at)] if rows else []


@transaction.atomic
def open_counters(skus: Sequence[Sku]) -> None:
    """Give each of `skus` its counters, at zero; one that has them keeps them."""
    Stock.objects.bulk_create(
        [Stock(sku=sku, shop_id=sku.shop_id) for sku in skus], ignore_conflicts=True
    )


LOCK = """
SELECT sku_id, on_hand, held FROM catalog_stock WHERE sku_id = ANY(%s::bigint[])
ORDER BY sku_id FOR NO KEY UPDATE
"""


def _to_lock(sku_ids: Iterable[int]) -> Statement[Counters]:
    if not connection.in_atomic_block:
        raise RuntimeError("a lock needs the transaction that it protects")
    return Statement(
        LOCK,
        [numbers(set(sku_ids))],
        lambda rows: {sku_id: (on_hand, held) for sku_id, on_hand, held in rows},
    )


def _known(keys: Iterable[tuple[int, str, str]]) -> set[tuple[int, str, str]]:
    sku_ids, references, kinds = zip(*keys, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.sku_id, m.reference, m.kind FROM catalog_stockmovement m"
            " JOIN unnest(%s::bigint[], %s::text[], %s::text[]) AS asked (sku_id, reference, kind)"
            " ON m.sku_id = asked.sku_id AND m.reference = asked.reference AND m.kind = asked.kind",
            [list(sku_ids), list(references), list(kinds)],
        )
        return {(sku_id, reference, kind) for sku_id, reference, kind in cursor.fetchall()}


def _check(counters: Counters, moves: Iterable[Move]) -> None:
    unheld, short = _wanting(counters, moves)
    if unheld:
        raise HoldMissing(extra={"skus": _public_ids(unheld)})
    if short:
        raise OutOfStock(extra={"skus": _public_ids(short)})


def _wanting(counters: Counters, moves: Iterable[Move]) -> tuple[list[int], list[int]]:
    """Return the SKUs of which `moves` take more than is held, and more than is available."""
    on_hand: Counter[int] = Counter()
    held: Counter[int] = Counter()
    for move in moves:
        on_hand[move.sku_id] += move.on_hand_delta
        held[move.sku_id] += move.held_delta
    unheld, short = [], []
    for sku_id in sorted(on_hand):
        before = counters.get(sku_id, (0, 0))
        new_on_hand, held_after = before[0] + on_hand[sku_id], before[1] + held[sku_id]
        if held_after < 0:
            unheld.append(sku_id)
        if new_on_hand < held_after or sku_id not in counters:
            short.append(sku_id)
    return unheld, short


def _public_ids(sku_ids: Iterable[int]) -> list[str]:
    found = Sku.objects.filter(pk__in=list(sku_ids)).order_by("pk")
    return list(found.values_list("public_id", flat=True))


#: Writes the movements that are new and counts them, in one statement; tells which they were.
WRITE = """
WITH moved AS (
    INSERT INTO catalog_stockmovement
        (sku_id, shop_id, kind, on_hand_delta, held_delta, reference, actor_label, at)
    SELECT sku_id, shop_id, kind, on_hand, held, reference, actor, %(at)s
    FROM jsonb_to_recordset(%(moves)s) AS move
         (sku_id bigint, shop_id bigint, kind text, on_hand int, held int,
          reference text, actor text)
    ON CONFLICT (sku_id, reference, kind) DO NOTHING
    RETURNING sku_id, reference, kind, on_hand_delta, held_delta
), summed AS (
    SELECT sku_id, sum(on_hand_delta) AS on_hand, sum(held_delta) AS held,
        coalesce(sum(held_delta) FILTER (
            WHERE kind IN ('set_aside', 'set_free', 'drawn', 'put_back')), 0) AS set_aside
    FROM moved GROUP BY sku_id
), counted AS (
    UPDATE catalog_stock AS s SET on_hand = s.on_hand + d.on_hand, held = s.held + d.held,
        set_aside = s.set_aside + d.set_aside
    FROM summed AS d WHERE s.sku_id = d.sku_id
)
SELECT sku_id, reference, kind FROM moved
"""


def _to_write(moves: Sequence[Move], at: datetime) -> Statement[list[Move]]:
    """Return the statement that writes `moves`, in their order; it tells which were not known."""

    def read(rows: Rows) -> list[Move]:
        new = set(rows)
        return [move for move in moves if move.key in new]

    rows = [
        {
            "sku_id": move.sku_id,
            "shop_id": move.shop_id,
            "kind": str(move.kind),
            "on_hand": move.on_hand_delta,
            "held": move.held_delta,
            "reference": move.reference,
            "actor": move.actor_label[:120],
        }
        for move in moves
    ]
    return Statement(WRITE, {"at": at, "moves": json.dumps(rows)}, read)

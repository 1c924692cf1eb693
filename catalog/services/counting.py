"""Stock as merchants edit it: deltas and counts, row by row (CA-13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from catalog.enums import MovementKind
from catalog.models import Sku, Stock, StockMovement
from catalog.services import stock
from kernel import audit
from kernel.actors import Actor

#: The most pieces that one SKU may have.
MAX_PIECES = 100_000_000


@dataclass(frozen=True)
class StockEdit:
    """Either `delta` pieces more or fewer, or `set_to` pieces where `expected` were seen.

    Without `expected` the count is set whatever was there. `sku` is None where nobody knows it.
    """

    sku: Sku | None
    delta: int | None = None
    set_to: int | None = None
    expected: int | None = None


@dataclass(frozen=True)
class StockEditResult:
    """What became of one edit, and the counters after it.

    `code` is ``applied``, ``unchanged``, ``repeated`` (this reference was applied before),
    ``stock_changed`` (not what was expected), ``out_of_stock`` (held pieces cannot be taken away),
    ``too_many`` or ``unknown_sku``.
    """

    sku: Sku | None
    code: str
    on_hand: int
    held: int

    @property
    def is_ok(self) -> bool:
        return self.code in ("applied", "unchanged", "repeated")

    @property
    def available(self) -> int:
        return self.on_hand - self.held


@transaction.atomic
def edit(
    *, edits: Sequence[StockEdit], reference: str, actor: Actor, at: datetime
) -> list[StockEditResult]:
    """Apply those of `edits` that can be; return one result each, in order (CA-13).

    Edits of one SKU act one after the other. `reference` names the batch: a retry with it changes
    nothing and answers ``repeated``. One refused row does not stop the others.
    """
    skus = [one.sku for one in edits if one.sku is not None]
    counters = _locked(skus)
    known = set(
        StockMovement.objects.filter(
            sku__in=skus,
            reference__in=[_reference(reference, place) for place in range(len(edits))],
        ).values_list("sku_id", "reference")
    )
    moves: list[stock.Move] = []
    results = []
    for place, one in enumerate(edits):
        if one.sku is None:
            results.append(StockEditResult(None, "unknown_sku", 0, 0))
            continue
        row_reference = _reference(reference, place)
        on_hand, held = counters.get(one.sku.pk, (0, 0))
        if (one.sku.pk, row_reference) in known:
            results.append(StockEditResult(one.sku, "repeated", on_hand, held))
            continue
        code, change = _decide(one, on_hand, held)
        if code == "applied":
            moves.append(_move(one.sku, change, row_reference, actor))
            counters[one.sku.pk] = (on_hand + change, held)
        results.append(StockEditResult(one.sku, code, *counters.get(one.sku.pk, (0, 0))))
    stock.apply(moves, at)
    _record(moves, edits, actor, at)
    return results


def _locked(skus: Sequence[Sku]) -> dict[int, tuple[int, int]]:
    available = stock.lock(sku.pk for sku in skus)
    rows = Stock.objects.filter(sku_id__in=list(available))
    return {row.sku_id: (row.on_hand, row.held) for row in rows}


def _decide(one: StockEdit, on_hand: int, held: int) -> tuple[str, int]:
    if one.set_to is not None and one.expected is not None and one.expected != on_hand:
        return "stock_changed", 0
    change = one.set_to - on_hand if one.set_to is not None else one.delta or 0
    if not change:
        return "unchanged", 0
    if on_hand + change < held:
        return "out_of_stock", 0
    if on_hand + change > MAX_PIECES:
        return "too_many", 0
    return "applied", change


def _move(sku: Sku, change: int, reference: str, actor: Actor) -> stock.Move:
    kind = MovementKind.INBOUND if change > 0 else MovementKind.OUTBOUND
    return stock.Move(sku.pk, sku.shop_id, kind, abs(change), reference, actor.label)


def _reference(batch: str, place: int) -> str:
    return f"edit:{batch}:{place}"


def _record(
    moves: Sequence[stock.Move], edits: Sequence[StockEdit], actor: Actor, at: datetime
) -> None:
    skus = {one.sku.pk: one.sku for one in edits if one.sku is not None}
    for move in moves:
        audit.record(
            actor=actor,
            action="catalog.edit_stock",
            target=skus[move.sku_id],
            at=at,
            after={"kind": str(move.kind), "quantity": move.quantity},
        )

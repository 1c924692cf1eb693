"""Which acts meet on an order, how both may end, and what is wrong when they end otherwise.

Two acts end as if one had come after the other, whichever statement of the first the rival came
before: with words that are listed here, and in the world that a queue of the two leaves behind.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from tests.interleavings.acts import (
    ActOn,
    cancel,
    cancel_at_the_door,
    close,
    confirm,
    extend,
    hold,
    pay,
    pay_at_the_bank,
    pay_second,
    place,
    place_changed,
    place_other,
    refund,
    refund_again,
    ship,
    ship_again,
    start,
)
from tests.interleavings.scenes import World, breaches, scenes, world_of
from tests.interleavings.staging import Played, Stage

Meeting = tuple[str, ActOn, ActOn, set[tuple[str, str]]]

#: Scene, two acts, and the words that both may end with. Each act is the first once.
BOTH_WAYS: list[Meeting] = [
    ("unpaid", pay, cancel, {("paid", "left"), ("sent back", "closed")}),
    ("unpaid", pay, close, {("paid", "left"), ("sent back", "closed")}),
    ("unpaid", pay, place_other, {("paid", "out_of_stock")}),
    ("unpaid", cancel, close, {("closed", "left"), ("left", "closed")}),
    ("unpaid", close, place_other, {("closed", "placed"), ("closed", "out_of_stock")}),
    (
        "at the bank",
        pay_at_the_bank,
        cancel_at_the_door,
        {("paid", "not_payable"), ("not_payable", "closed")},
    ),
    ("paid", refund, ship, {("refunded", "shipped"), ("refunded", "not_shippable")}),
    ("paid twice", refund, pay_second, {("refunded", "sent back")}),
    ("paid", ship, hold, {("shipped", "held"), ("order_frozen", "held")}),
    ("shipped", refund, confirm, {("refunded", "completed")}),
    ("shipped", confirm, hold, {("completed", "held"), ("order_frozen", "held")}),
    (
        "shipped",
        confirm,
        extend,
        {("completed", "extended"), ("completed", "illegal_transition")},
    ),
]

#: Both do the same: the other way round is the same again.
ALIKE: list[Meeting] = [
    ("unplaced", place, place, {("placed", "replay"), ("replay", "placed")}),
    (
        "unplaced",
        place,
        place_changed,
        {("placed", "idempotency_key_reused"), ("idempotency_key_reused", "placed")},
    ),
    ("unplaced", place, place_other, {("placed", "out_of_stock"), ("out_of_stock", "placed")}),
    ("unpaid", pay, pay, {("paid", "repeat"), ("repeat", "paid")}),
    ("unpaid twice", pay, pay_second, {("paid", "sent back"), ("sent back", "paid")}),
    ("unpaid", cancel, cancel, {("closed", "left"), ("left", "closed")}),
    ("paid", refund, refund, {("refunded", "refunded")}),
    (
        "paid",
        refund,
        refund_again,
        {("refunded", "refund_exceeds_payment"), ("refund_exceeds_payment", "refunded")},
    ),
    ("paid", ship, ship, {("shipped", "shipped")}),
    ("paid", ship, ship_again, {("shipped", "not_shippable"), ("not_shippable", "shipped")}),
    (
        "shipped",
        confirm,
        confirm,
        {("completed", "illegal_transition"), ("illegal_transition", "completed")},
    ),
]

#: The first has nothing to write: the rival changes what it looks at, between two looks.
LOOKING: list[Meeting] = [
    ("unpaid", place, pay, {("replay", "paid")}),
    ("unpaid", place, cancel, {("replay", "closed")}),
    ("unpaid", start, pay, {("started", "paid"), ("not_payable", "paid")}),
    ("unpaid", start, cancel, {("started", "closed"), ("not_payable", "closed")}),
    ("unpaid", refund, pay, {("refunded", "paid"), ("nothing_captured", "paid")}),
    ("unpaid", refund, cancel, {("nothing_captured", "closed")}),
    ("paid", cancel, refund, {("left", "refunded")}),
]


@dataclass(frozen=True)
class Couple:
    """A first act and its rival in a scene, and how they may end."""

    scene: str
    first: ActOn
    rival: ActOn
    ends: frozenset[tuple[str, str]]

    def __str__(self) -> str:
        return f"{self.scene}: {self.first.__name__} met by {self.rival.__name__}"


def couples() -> list[Couple]:
    """Return every couple that is played."""
    turned = [(scene, b, a, {end[::-1] for end in ends}) for scene, a, b, ends in BOTH_WAYS]
    return [
        Couple(scene, first, rival, frozenset(ends))
        for scene, first, rival, ends in [*BOTH_WAYS, *turned, *ALIKE, *LOOKING]
    ]


def interleave(stage: Stage, couple: Couple) -> tuple[list[str], list[Played]]:
    """Play the rival at every step of the first; return what is wrong, and each play.

    The last play is that in which the first had no such step: there the rival came after it.
    """
    found: list[str] = []
    told: set[str] = set()
    plays: list[Played] = []
    worlds: list[World] = []
    for scene in scenes(couple.scene):
        first, rival = partial(couple.first, scene), partial(couple.rival, scene)
        played = stage.play(first, rival, step=len(plays) + 1)
        is_last = not played.rival
        if is_last:
            played.rival = stage.play(rival).first
        world = world_of(scene)
        plays.append(played)
        worlds.append(world)
        wrong = [what for what in breaches(scene, world) if what not in told]
        told.update(wrong)  # what an earlier play broke stays broken
        if (played.first, played.rival) not in couple.ends:
            wrong.append(f"they ended {played.first!r} and {played.rival!r}")
        found += [f"{_where(couple, plays)}: {what}" for what in wrong]
        if is_last:
            break
    return found + _unlike_a_queue(couple, plays, worlds), plays


def _unlike_a_queue(couple: Couple, plays: list[Played], worlds: list[World]) -> list[str]:
    """Return the plays whose world is not that of the rival before the first, nor after it."""
    known: dict[tuple[str, str], list[World]] = {}
    for played, world in ((plays[0], worlds[0]), (plays[-1], worlds[-1])):
        known.setdefault((played.first, played.rival), []).append(world)
    return [
        f"{_where(couple, plays[:step])}: no queue of the two ends in {world}"
        for step, (played, world) in enumerate(zip(plays, worlds, strict=True), start=1)
        if world not in known.get((played.first, played.rival), [])
    ]


def _where(couple: Couple, plays: list[Played]) -> str:
    return f"{couple}, before statement {len(plays)} ({plays[-1].statement[:60]})"

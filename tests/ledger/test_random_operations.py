"""20,000 random operations against a model of plain dictionaries: 0 violations (M1).

The model knows lines, shares and balances; the real book gets the postings in sets of random size,
some of them twice, some with the reference of another fact. Any difference fails, and so does any
law of the book, asked of the database.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from affiliates.policies import split
from ledger.errors import ReferenceReused
from ledger.models import AccountCode, LedgerAccount, Leg, Transfer
from ledger.services.invariants import violations
from ledger.services.transfers import Posting, post
from settlements.policies import Waterfall, waterfall

OPERATIONS = 20_000
#: Shop and creator are the same person: one reference, two accounts (the seller is the affiliate).
PEOPLE = [f"person-{place}" for place in range(8)]
AGENCIES = ["agency-a", "agency-b"]
START = datetime(2026, 1, 1, tzinfo=UTC)
PAYABLE = (AccountCode.SHOP_PAYABLE, AccountCode.CREATOR_PAYABLE, AccountCode.AGENCY_PAYABLE)


@dataclass
class Line:
    """One sold line, as the model sees it."""

    name: str
    shop: str
    creator: str
    agency: str
    paid: int
    freight: int
    rate_bp: int
    share_bp: int
    refunds: int = 0
    refunded: int = 0
    booked: Waterfall | None = None

    def worth(self) -> Waterfall:
        left = self.paid - self.refunded
        base = max(0, left - self.freight)
        earned = split(base_amount=base, rate_bp=self.rate_bp, agency_share_bp=self.share_bp)
        return waterfall(
            paid_amount=left,
            subsidy_amount=0,
            creator_amount=earned.creator_amount,
            agency_amount=earned.agency_amount,
            fee_rate_bp=500,
        )


@dataclass
class World:
    """The model: what every account must come to."""

    dice: random.Random
    balances: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    lines: list[Line] = field(default_factory=list)
    payouts: list[tuple[str, tuple[str, str], int]] = field(default_factory=list)
    known: list[Posting] = field(default_factory=list)
    waiting: list[Posting] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    clock: datetime = START

    def book(self, kind: str, reference: str, *legs: tuple[AccountCode, str, int]) -> None:
        self.clock += timedelta(seconds=1)
        kept = tuple(leg for leg in legs if leg[2])
        self.waiting.append(
            Posting(reference, kind, "CNY", kept, self.clock, {"n": len(self.known)})
        )
        for code, owner, amount in kept:
            self.balances[code, owner] += amount
        self.known.append(self.waiting[-1])

    # --- what can happen --------------------------------------------------------------------

    def capture(self) -> bool:
        """A buyer pays for one to three lines of different shops."""
        number = len(self.known)
        shops = self.dice.sample(PEOPLE, self.dice.randint(1, 3))
        lines = [
            Line(
                name=f"{number}-{place}",
                shop=shop,
                creator=shop if self.dice.random() < 0.5 else self.dice.choice(PEOPLE),
                agency=self.dice.choice(AGENCIES),
                paid=self.dice.randint(1, 50_000),
                freight=0,
                rate_bp=self.dice.choice([0, 100, 1_234, 5_000]),
                share_bp=self.dice.choice([0, 3_333, 10_000]),
            )
            for place, shop in enumerate(shops)
        ]
        for line in lines:
            line.freight = self.dice.choice([0, self.dice.randint(0, line.paid)])
        self.lines += lines
        self.book(
            "capture",
            f"capture:{number}",
            (AccountCode.GATEWAY_CLEARING, "sandbox", sum(line.paid for line in lines)),
            *((AccountCode.ESCROW, line.shop, -line.paid) for line in lines),
        )
        return True

    def settle(self) -> bool:
        line = self._pick(lambda one: one.booked is None)
        if line is None:
            return False
        line.booked = line.worth()
        if line.booked:
            self.book("settle", f"settle:{line.name}", *self._legs(line, line.booked))
        return bool(line.booked)

    def refund(self) -> bool:
        """A part, or all that is left, goes back; a settled line's parties give theirs back."""
        line = self._pick(lambda one: one.refunded < one.paid)
        if line is None:
            return False
        left = line.paid - line.refunded
        amount = self.dice.choice([left, self.dice.randint(1, left)])
        line.refunded += amount
        line.refunds += 1
        self.book(
            "refund",
            f"refund:{line.name}:{line.refunds}",
            (AccountCode.ESCROW, line.shop, amount),
            (AccountCode.REFUNDS_PAYABLE, line.shop, -amount),
        )
        if line.booked is not None:
            change = line.worth() - line.booked
            line.booked = line.worth()
            legs = self._legs(line, change)
            self.book("reverse", f"reverse:{line.refunds}:{line.name}", *legs)
            self.done["reverse"] += 1
        if line.refunded == line.paid:
            assert not line.worth(), "after a full refund every party is at zero"
        return True

    def send(self) -> bool:
        """The gateway sends what is owed to the buyers of one shop."""
        owed = [shop for shop in PEOPLE if self.balances[AccountCode.REFUNDS_PAYABLE, shop] < 0]
        if not owed:
            return False
        shop = self.dice.choice(owed)
        amount = self.dice.randint(1, -self.balances[AccountCode.REFUNDS_PAYABLE, shop])
        self.book(
            "refund_sent",
            f"refund_sent:{len(self.known)}",
            (AccountCode.REFUNDS_PAYABLE, shop, amount),
            (AccountCode.GATEWAY_CLEARING, "sandbox", -amount),
        )
        return True

    def request_payout(self) -> bool:
        rich = [key for key, value in self.balances.items() if key[0] in PAYABLE and value < 0]
        if not rich:
            return False
        key = self.dice.choice(sorted(rich))
        amount = self.dice.randint(1, -self.balances[key])
        name = f"payout:{len(self.known)}"
        self.payouts.append((name, key, amount))
        legs = ((AccountCode(key[0]), key[1], amount), (AccountCode.PAYOUT_IN_TRANSIT, "", -amount))
        self.book("payout", name, *legs)
        return True

    def finish_payout(self) -> bool:
        if not self.payouts:
            return False
        name, (code, owner), amount = self.payouts.pop(self.dice.randrange(len(self.payouts)))
        is_paid = self.dice.random() < 0.7
        to = (AccountCode.GATEWAY_CLEARING, "bank") if is_paid else (AccountCode(code), owner)
        what = "paid" if is_paid else "refused"
        self.book(
            "payout", f"{name}:{what}", (AccountCode.PAYOUT_IN_TRANSIT, "", amount), (*to, -amount)
        )
        return True

    def repeat(self) -> bool:
        """Somebody tells a fact again: nothing may move."""
        if not self.known:
            return False
        self.waiting.append(self.dice.choice(self.known))
        return True

    def lie(self) -> bool:
        """Somebody tells other amounts under a known reference: refused, nothing written."""
        if not self.known:
            return False
        self.flush()
        truth = self.dice.choice(self.known)
        first, second, *rest = truth.legs
        legs = ((*first[:2], first[2] * 2 or 1), (*second[:2], second[2] - first[2]), *rest)
        if 0 in (legs[0][2], legs[1][2]):
            legs = ((AccountCode.SUBSIDY_EXPENSE, "x", 1), (AccountCode.SUBSIDY_EXPENSE, "y", -1))
        fresh = replace(truth, reference=f"never:{len(self.known)}")
        with pytest.raises(ReferenceReused):
            post([fresh, replace(truth, legs=legs)])
        return True

    # --- how it is booked -------------------------------------------------------------------

    def flush(self) -> None:
        self.dice.shuffle(self.waiting)  # facts arrive in any order
        post(self.waiting)
        self.waiting.clear()

    def _pick(self, fits) -> Line | None:
        for _ in range(20):
            if self.lines and fits(line := self.dice.choice(self.lines[-400:])):
                return line
        return None

    @staticmethod
    def _legs(line: Line, amounts: Waterfall) -> list[tuple[AccountCode, str, int]]:
        return [
            (AccountCode.ESCROW, line.shop, amounts.paid_amount),
            (AccountCode.SHOP_PAYABLE, line.shop, -amounts.shop_amount),
            (AccountCode.CREATOR_PAYABLE, line.creator, -amounts.creator_amount),
            (AccountCode.AGENCY_PAYABLE, line.agency, -amounts.agency_amount),
            (AccountCode.PLATFORM_FEE, "", -amounts.platform_fee_amount),
        ]


def play(world: World, operations: int) -> None:
    acts = {
        world.capture: 26,
        world.settle: 24,
        world.refund: 20,
        world.send: 5,
        world.request_payout: 6,
        world.finish_payout: 6,
        world.repeat: 12,
        world.lie: 1,
    }
    size = 1
    while world.done["all"] < operations:
        (act,) = world.dice.choices(list(acts), weights=list(acts.values()))
        if not act():
            continue
        world.done.update(["all", act.__name__])
        if len(world.waiting) >= size:
            world.flush()
            size = world.dice.randint(1, 120)
    world.flush()


def booked_balances() -> dict[tuple[str, str], int]:
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for code, owner, amount in Leg.objects.values_list("account__code", "account__owner", "amount"):
        sums[code, owner] += amount
    return {key: value for key, value in sums.items() if value}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)  # each set commits, so every trigger fires
def test_twenty_thousand_random_operations_leave_no_violation() -> None:
    world = World(random.Random(20_000))

    play(world, OPERATIONS)

    assert world.done["all"] == OPERATIONS
    assert min(world.done[act] for act in ("repeat", "lie", "reverse", "finish_payout")) > 100
    assert any(line.shop == line.creator and line.booked for line in world.lines)
    expected = {
        (str(code), owner): value for (code, owner), value in world.balances.items() if value
    }
    assert booked_balances() == expected
    kept = LedgerAccount.objects.filter(keeps_balance=True)
    assert {(one.code, one.owner): one.balance_amount for one in kept if one.balance_amount} == {
        key: value for key, value in expected.items() if key[0] in PAYABLE
    }
    assert Transfer.objects.count() == len(world.known)
    assert violations() == []


@pytest.mark.django_db
def test_the_same_seed_plays_the_same_world() -> None:
    worlds = [World(random.Random(7)), World(random.Random(7))]

    play(worlds[0], 300)
    play(worlds[1], 300)

    assert worlds[0].known == worlds[1].known
    assert Transfer.objects.count() == len(worlds[0].known)


@pytest.mark.django_db
def test_the_comparison_sees_a_single_missing_leg() -> None:
    """The control: a model that forgets one fen is found out."""
    world = World(random.Random(8))
    play(world, 200)

    key = next(key for key, value in world.balances.items() if value > 1)
    world.balances[key] -= 1

    expected = {
        (str(code), owner): value for (code, owner), value in world.balances.items() if value
    }
    assert booked_balances() != expected

"""settlements.services.payouts: a balance leaves once."""

from datetime import timedelta

import pytest

from kernel.actors import Actor, Role
from kernel.errors import IllegalTransition
from kernel.models import AuditEntry
from ledger import selectors as book
from ledger.models import AccountCode, Transfer
from orders.enums import OrderStatus
from orders.services.refunds import refund_line
from settlements.enums import PartyKind
from settlements.errors import BalanceTooLow
from settlements.models import Payout, StatementLine
from settlements.selectors import PartyRef, balance_of
from settlements.services import payouts, settling
from settlements.services.invariants import violations
from tests.factories.orders import PLACED_AT, make_order

pytestmark = pytest.mark.django_db

AT = PLACED_AT + timedelta(days=12)
OPERATOR = Actor(role=Role.OPERATOR, label="Desk", permissions=frozenset({"settlements.operate"}))


def earned(price: int = 10_000) -> PartyRef:
    """Return a shop whose balance is `price` less 5 %."""
    order = make_order(OrderStatus.COMPLETED, price=price)
    settling.settle_due(at=AT)
    return PartyRef(PartyKind.SHOP, order.shop_id, order.shop.public_id)


def ask(party: PartyRef, amount: int) -> Payout:
    return payouts.request(party=party, amount=amount, at=AT, actor=OPERATOR)


def test_request_takes_the_amount_out_of_the_balance_at_once() -> None:
    party = earned()

    payout = ask(party, 9_000)

    assert (payout.party, payout.shop_id, payout.status) == ("shop", party.pk, "requested")
    assert payout.number.startswith("W")
    assert balance_of(party).balance_amount == 500
    assert book.balance(AccountCode.PAYOUT_IN_TRANSIT) == -9_000
    assert StatementLine.objects.get(reference=f"payout:{payout.number}").amount == -9_000
    entry = AuditEntry.objects.get(action="settlements.request_payout")
    assert (entry.target_id, entry.after) == (payout.number, {"amount": 9_000, "balance": 500})
    assert violations() == []


@pytest.mark.parametrize("amount", [9_501, 0, -1])
def test_request_refuses_what_the_balance_does_not_hold(amount: int) -> None:
    party = earned()

    with pytest.raises(BalanceTooLow) as refusal:
        ask(party, amount)

    assert refusal.value.extra == {"available": 9_500}
    assert (Payout.objects.count(), balance_of(party).balance_amount) == (0, 9_500)


def test_a_debt_blocks_payouts() -> None:
    party = earned()
    ask(party, 9_500)
    order = make_order(OrderStatus.COMPLETED)  # another shop's: nothing to do with this one
    line = Payout.objects.get().shop.orders.get().lines.get()
    refund_line(line_id=line.pk, amount=10_000, reference="case:1", at=AT)

    with pytest.raises(BalanceTooLow) as refusal:
        ask(party, 1)

    assert refusal.value.extra == {"available": 0}
    assert balance_of(party).balance_amount == -9_500
    assert balance_of(party).available_amount == 0
    assert order.shop_id != party.pk
    assert violations() == []


def test_pay_books_the_bank_and_happens_once() -> None:
    payout = ask(earned(), 9_500)

    payouts.pay(payout=payout, at=AT, actor=OPERATOR)
    with pytest.raises(IllegalTransition):
        payouts.pay(payout=payout, at=AT, actor=OPERATOR)
    with pytest.raises(IllegalTransition):
        payouts.refuse(payout=payout, at=AT, actor=OPERATOR, reason="no")

    payout.refresh_from_db()
    assert (payout.status, payout.finished_at) == ("paid", AT)
    assert book.balance(AccountCode.PAYOUT_IN_TRANSIT) == 0
    assert book.balance(AccountCode.GATEWAY_CLEARING, payouts.BANK) == -9_500
    assert violations() == []


def test_refuse_gives_the_amount_back() -> None:
    party = earned()
    payout = ask(party, 4_000)

    payouts.refuse(payout=payout, at=AT, actor=OPERATOR, reason="wrong bank account")

    assert balance_of(party).balance_amount == 9_500
    assert AuditEntry.objects.get(action="settlements.refuse_payout").reason == "wrong bank account"
    assert list(StatementLine.objects.order_by("pk").values_list("amount", flat=True)) == [
        9_500,
        -4_000,
        4_000,
    ]
    assert Transfer.objects.filter(kind="payout").count() == 2
    assert violations() == []

"""settlements.services.settling: refunds before and after the settlement, debts."""

import pytest

from accounts.models import Creator
from affiliates.models import Commission
from ledger import selectors as book
from ledger.models import AccountCode, Transfer
from orders.enums import OrderStatus
from settlements.models import StatementLine
from settlements.services import settling
from tests.factories.orders import make_order
from tests.settlements.services.lines import AT, all_right, refund, sale, settle, shares

pytestmark = pytest.mark.django_db


def test_refunds_before_settlement_make_the_line_smaller() -> None:
    line = sale()
    refund(line, 3_000, "case:1", freight_amount=1_000)

    settle()

    # 8,000 left, all of it goods: commission 1,600, fee 400
    assert shares(line) == [("settle", 8_000, 6_000, 1_200, 400, 400)]
    assert all_right()


def test_a_line_refunded_in_full_before_is_settled_with_nothing() -> None:
    line = sale()
    refund(line, 11_000, "case:1", freight_amount=1_000, quantity=1)

    assert settle() == 1
    assert settle() == 0

    assert shares(line) == [("settle", 0, 0, 0, 0, 0)]
    assert (StatementLine.objects.count(), Transfer.objects.filter(kind="settle").count()) == (0, 0)
    assert all_right()


def test_after_settlement_each_refund_is_taken_back_from_everybody_to_the_last_fen() -> None:
    line = sale()
    settle()

    for place, (amount, freight) in enumerate([(3_333, 0), (1, 0), (1_333, 667), (6_333, 333)]):
        refund(line, amount, f"case:{place}", freight_amount=freight)
        assert all_right()

    rows = shares(line)
    assert [row[0] for row in rows] == ["settle"] + ["reverse"] * 4
    assert [sum(row[place] for row in rows) for place in range(1, 6)] == [0, 0, 0, 0, 0]
    creator = Creator.objects.get()
    for code, owner in (
        (AccountCode.SHOP_PAYABLE, line.shop.public_id),
        (AccountCode.CREATOR_PAYABLE, creator.public_id),
        (AccountCode.ESCROW, line.shop.public_id),
        (AccountCode.PLATFORM_FEE, ""),
    ):
        assert book.balance(code, owner) == 0
    assert Commission.objects.get().status == "reversed"


def test_taking_back_the_same_refund_twice_does_nothing() -> None:
    line = sale()
    settle()
    refund(line, 2_000, "case:1")
    number = line.line_refunds.get().refund.number
    before = shares(line)

    assert settling.take_back(line_id=line.pk, refund_number=number, at=AT) is None

    assert shares(line) == before


def test_a_debt_is_carried_and_worked_off_by_the_next_line() -> None:
    first = sale(price=10_000, freight=0, share_bp=0)
    creator = Creator.objects.get()
    settle()
    payable = (AccountCode.CREATOR_PAYABLE, creator.public_id)
    assert book.balance(*payable) == -2_000
    from settlements.selectors import PartyRef
    from settlements.services import payouts
    from tests.factories.shops import actor_of

    ref = PartyRef("creator", creator.pk, creator.public_id)
    payouts.request(party=ref, amount=2_000, at=AT, actor=actor_of(first.shop))
    refund(first, 10_000, "case:1")
    assert book.balance(*payable) == 2_000

    second = make_order(
        OrderStatus.COMPLETED,
        items=[(first.sku, 2)],
        pick_code=first.pick_code,
    )
    settle()

    assert shares(second.lines.get())[0][3] == 4_000
    assert book.balance(*payable) == -2_000
    assert all_right()


def test_the_shop_that_is_its_own_creators_payee_gets_both_parts_once() -> None:
    """Seller and creator may be one person; the accounts are two all the same (M1)."""
    line = sale(share_bp=0)
    settle()

    refund(line, 11_000, "case:1", freight_amount=1_000)

    assert all_right()
    assert StatementLine.objects.filter(party="shop").count() == 2
    assert StatementLine.objects.filter(party="creator").count() == 2

"""settlements.services.statements: months that add up to the book."""

from datetime import UTC, date, datetime

import pytest

from orders.enums import OrderStatus
from orders.services.refunds import refund_line
from settlements.enums import PartyKind
from settlements.models import Statement
from settlements.policies import month_of, next_month, starts_at
from settlements.selectors import PartyRef, balance_of
from settlements.services import payouts, settling, statements
from tests.factories.affiliates import ContractFactory, PickFactory
from tests.factories.orders import make_order
from tests.factories.shops import actor_of

pytestmark = pytest.mark.django_db

#: 23:59:59 and 00:00 of the first of August, in China.
JULY = datetime(2025, 7, 31, 15, 59, 59, tzinfo=UTC)
AUGUST = datetime(2025, 7, 31, 16, tzinfo=UTC)


def row(statement: Statement) -> tuple[int, int, int, int, int]:
    return (
        statement.opening_amount,
        statement.settled_amount,
        statement.reversed_amount,
        statement.paid_out_amount,
        statement.closing_amount,
    )


def test_months_begin_at_midnight_in_china() -> None:
    assert (month_of(JULY), month_of(AUGUST)) == (date(2025, 7, 1), date(2025, 8, 1))
    assert (next_month(date(2025, 12, 1)), next_month(date(2025, 1, 1))) == (
        date(2026, 1, 1),
        date(2025, 2, 1),
    )
    assert starts_at(date(2025, 8, 1)) == AUGUST


def test_statements_carry_over_and_close_with_what_the_book_owes() -> None:
    pick = PickFactory()
    contract = ContractFactory(creator=pick.creator, share_bp=5_000)
    sku = pick.product.skus.get()
    first = make_order(OrderStatus.COMPLETED, items=[(sku, 1)], pick_code=pick.pick_code)
    settling.settle_due(at=JULY)
    parties = [
        PartyRef(PartyKind.SHOP, pick.shop_id, pick.shop.public_id),
        PartyRef(PartyKind.CREATOR, pick.creator_id, pick.creator.public_id),
        PartyRef(PartyKind.AGENCY, contract.agency_id, contract.agency.public_id),
    ]
    actor = actor_of(pick.shop)
    payouts.request(party=parties[0], amount=100, at=JULY, actor=actor)
    refused = payouts.request(party=parties[0], amount=50, at=JULY, actor=actor)
    make_order(OrderStatus.COMPLETED, items=[(sku, 2)], pick_code=pick.pick_code)
    settling.settle_due(at=AUGUST)
    payouts.refuse(payout=refused, at=AUGUST, actor=actor, reason="")
    refund_line(line_id=first.lines.get().pk, amount=9_900, reference="case:1", at=AUGUST)

    for _ in range(2):
        assert statements.refresh(month=date(2025, 7, 1), at=AUGUST) == 3
        assert statements.refresh(month=date(2025, 8, 1), at=AUGUST) == 3

    # 9,900: commission 990 in halves, fee 495, the shop's 8,415
    shop = Statement.objects.filter(party=PartyKind.SHOP).order_by("month")
    assert [row(one) for one in shop] == [
        (0, 8_415, 0, 150, 8_265),
        (8_265, 16_830, 8_415, -50, 16_730),
    ]
    agency = Statement.objects.filter(party=PartyKind.AGENCY).order_by("month")
    assert [row(one) for one in agency] == [(0, 495, 0, 0, 495), (495, 990, 495, 0, 990)]
    assert Statement.objects.count() == 6
    latest = Statement.objects.filter(month=date(2025, 8, 1))
    assert {one.party: one.closing_amount for one in latest} == {
        party.kind: balance_of(party).balance_amount for party in parties
    }


def test_a_month_in_which_nothing_happened_has_no_statement() -> None:
    make_order(OrderStatus.COMPLETED)
    settling.settle_due(at=JULY)

    assert statements.refresh(month=date(2025, 8, 1), at=AUGUST) == 0

    assert Statement.objects.count() == 0

"""settlements.services.settling: where a finished line's money goes, and how it comes back."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import Creator
from affiliates.models import Commission, Plan
from affiliates.services.invariants import violations as alliance_violations
from ledger import selectors as book
from ledger.models import AccountCode, Transfer
from ledger.services.invariants import violations as ledger_violations
from orders.enums import OrderStatus
from orders.models import Order, OrderLine
from orders.services import freezing
from orders.services.refunds import refund_line
from settlements.enums import EntryKind
from settlements.models import FeeRate, SettlementEntry, StatementLine
from settlements.services import settling
from settlements.services.invariants import violations
from tests.factories.affiliates import ContractFactory, PickFactory, PlanFactory
from tests.factories.aftersales import open_case
from tests.factories.orders import PLACED_AT, make_order, make_sku

pytestmark = pytest.mark.django_db

AT = PLACED_AT + timedelta(days=12)


def sale(
    *,
    price: int = 10_000,
    freight: int = 1_000,
    rate_bp: int = 2_000,
    share_bp: int = 2_500,
    status: str = OrderStatus.COMPLETED,
    **fields: object,
) -> OrderLine:
    """Return the line of a completed order, sold by a creator with an agency."""
    sku = make_sku(price=price)
    chosen = PickFactory(plan=PlanFactory(product=sku.product, rate_bp=rate_bp))
    if share_bp:
        ContractFactory(creator=chosen.creator, share_bp=share_bp)
    order = make_order(
        status, items=[(sku, 1)], freight=freight, pick_code=chosen.pick_code, **fields
    )
    return order.lines.get()


def settle() -> int:
    return settling.settle_due(at=AT, limit=100)


def refund(line: OrderLine, amount: int, reference: str, **fields: int) -> None:
    refund_line(line_id=line.pk, amount=amount, reference=reference, at=AT, **fields)


def shares(line: OrderLine) -> list[tuple[str, int, int, int, int, int]]:
    rows = SettlementEntry.objects.filter(line=line).order_by("pk")
    return [
        (
            e.kind,
            e.paid_amount,
            e.shop_amount,
            e.creator_amount,
            e.agency_amount,
            e.platform_fee_amount,
        )
        for e in rows
    ]


def all_right() -> bool:
    return not (violations() or alliance_violations() or ledger_violations())


def test_a_finished_line_is_split_in_one_transfer() -> None:
    line = sale()

    assert settle() == 1

    # 11,000 paid; commission 20 % of 10,000, a quarter of it the agency's; fee 5 % of 11,000.
    assert shares(line) == [("settle", 11_000, 8_450, 1_500, 500, 550)]
    name = f"settle:{line.order.number}-1"
    legs = Transfer.objects.get(reference=name).legs.order_by("account__code")
    assert list(legs.values_list("account__code", "amount")) == [
        ("agency_payable", -500),
        ("creator_payable", -1_500),
        ("escrow", 11_000),
        ("platform_fee", -550),
        ("shop_payable", -8_450),
    ]
    mine = StatementLine.objects.order_by("party").values_list("party", "amount", "reference")
    assert list(mine) == [("agency", 500, name), ("creator", 1_500, name), ("shop", 8_450, name)]
    assert Commission.objects.get().status == "settled"
    assert book.balance(AccountCode.ESCROW, line.shop.public_id) == 0
    assert all_right()


def test_settling_again_does_nothing() -> None:
    line = sale()
    settle()

    assert settle() == 0

    assert len(shares(line)) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"aftersales_until_at": datetime(2999, 1, 1, tzinfo=UTC)},
        {"is_frozen": True},
        {"status": OrderStatus.SHIPPED},
    ],
)
def test_what_is_not_due_waits(change: dict[str, object]) -> None:
    line = sale()
    Order.objects.filter(pk=line.order_id).update(**change)

    assert settle() == 0

    assert shares(line) == []


def test_a_line_with_an_open_case_waits_and_the_others_do_not() -> None:
    skus = [make_sku(price=1_000)]
    skus.append(make_sku(skus[0].shop, price=2_000))
    order = make_order(OrderStatus.COMPLETED, items=[(sku, 1) for sku in skus])
    held, free = order.lines.order_by("position")
    open_case(order, at=AT - timedelta(days=5))
    freezing.unfreeze(order_id=order.pk, at=AT)

    assert settle() == 1

    assert (shares(held), len(shares(free))) == ([], 1)
    assert settle() == 0


def test_a_line_that_nobody_brought_has_no_commission() -> None:
    order = make_order(OrderStatus.COMPLETED, price=9_999)

    settle()

    assert shares(order.lines.get()) == [("settle", 9_999, 9_500, 0, 0, 499)]
    assert all_right()


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


def test_the_fee_is_the_one_of_the_nearest_category_when_the_order_was_placed() -> None:
    line = sale(rate_bp=100, share_bp=0)
    category = line.product.category
    for rate_bp, where, days in (
        (900, None, -10),
        (300, category, -10),
        (400, category, -5),
        (3_000, category, 1),
    ):
        FeeRate.objects.create(
            category=where, rate_bp=rate_bp, effective_from=PLACED_AT + timedelta(days=days)
        )

    settle()
    FeeRate.objects.create(category=category, rate_bp=0, effective_from=PLACED_AT)
    refund(line, 1_000, "case:1")

    # 11,000 × 4 %, then 10,000 × 4 %: the rate of the sale, whatever came later
    assert [row[5] for row in shares(line)] == [440, -40]


def test_subsidies_are_paid_by_whoever_bears_them_and_shrink_with_refunds() -> None:
    line = sale(price=10_000, freight=0, rate_bp=1_000, share_bp=0)
    OrderLine.objects.filter(pk=line.pk).update(
        promotion_amount=1_000, promotion_platform_amount=1_000, pay_amount=9_000
    )
    Order.objects.filter(pk=line.order_id).update(promotion_amount=1_000, pay_amount=9_000)

    settle()
    entry = SettlementEntry.objects.get()
    # 9,000 + 1,000 subsidy − 900 commission on what was paid − 500 fee
    assert (entry.subsidy_amount, entry.shop_amount, entry.platform_fee_amount) == (
        1_000,
        8_600,
        500,
    )
    refund(line, 4_500, "case:1")

    back = SettlementEntry.objects.get(kind=EntryKind.REVERSE)
    assert (back.paid_amount, back.subsidy_amount) == (-4_500, -500)
    assert ledger_violations() == []


def test_money_kept_of_an_order_closed_before_shipping_is_the_shops() -> None:
    line = sale(status=OrderStatus.TO_SHIP)
    refund(line, 8_000, "case:1", freight_amount=0, quantity=1)
    assert Order.objects.get().status == OrderStatus.CLOSED

    assert settle() == 1

    assert shares(line) == [("settle", 3_000, 2_850, 0, 0, 150)]
    assert all_right()


def test_orders_closed_before_shipping_with_nothing_left_are_not_looked_at() -> None:
    line = sale(status=OrderStatus.TO_SHIP)
    refund(line, 11_000, "case:1", freight_amount=1_000, quantity=1)

    assert settle() == 0

    assert shares(line) == []
    assert all_right()


def test_since_spares_what_became_due_long_ago() -> None:
    line = sale()

    assert (
        settling.settle_due(at=AT, since=line.order.aftersales_until_at + timedelta(seconds=1)) == 0
    )
    assert settling.settle_due(at=AT, since=line.order.aftersales_until_at) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_a_set_of_orders_is_settled_in_a_constant_number_of_queries(
    count: int, django_assert_num_queries
) -> None:
    for _ in range(count):
        sale()

    with django_assert_num_queries(46):
        assert settle() == count


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
@pytest.mark.parametrize(
    "table", ["settlements_settlemententry", "settlements_statementline", "settlements_feerate"]
)
def test_the_database_refuses_to_change_what_was_settled(table: str, statement: str) -> None:
    sale()
    settle()
    FeeRate.objects.create(category=None, rate_bp=500, effective_from=AT)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement.format(table))


def test_the_database_refuses_a_waterfall_that_does_not_add_up() -> None:
    line = make_order(OrderStatus.COMPLETED).lines.get()

    with pytest.raises(IntegrityError, match="settlemententry_waterfall"), transaction.atomic():
        SettlementEntry.objects.create(
            line=line,
            order_number=line.order.number,
            shop_id=line.shop_id,
            kind=EntryKind.SETTLE,
            reference="x",
            paid_amount=5_000,
            shop_amount=4_700,
            platform_fee_amount=299,
            fee_rate_bp=500,
            at=AT,
        )


def test_the_database_refuses_to_settle_a_line_twice() -> None:
    line = make_order(OrderStatus.COMPLETED).lines.get()
    settle()
    twin = SettlementEntry.objects.get()
    twin.pk, twin.reference = None, "settle:again"

    with pytest.raises(IntegrityError, match="settlemententry_settled_once"), transaction.atomic():
        twin.save()

    assert len(shares(line)) == 1


def test_violations_name_a_line_that_was_refunded_behind_the_books_back() -> None:
    line = sale()
    settle()

    OrderLine.objects.filter(pk=line.pk).update(refunded_amount=1)

    assert violations() == [f"line {line.order.number}-1: settled as 11000, worth 10999"]


def test_violations_name_money_missing_from_escrow() -> None:
    order = make_order(OrderStatus.TO_SHIP, price=700)

    OrderLine.objects.update(refunded_amount=100)

    assert violations() == [
        f"escrow of {order.shop.public_id}: the book holds 700, its unsettled lines are worth 600"
    ]


def test_the_plan_may_change_between_sale_and_settlement() -> None:
    line = sale(rate_bp=2_000)
    Plan.objects.update(status="closed", closes_at=AT)

    settle()

    assert shares(line)[0][3:5] == (1_500, 500)


def test_an_order_that_cannot_be_settled_does_not_keep_the_others_waiting(monkeypatch, caplog):
    bad, good = sale(), sale()
    settle_commissions = settling.commissions.settle

    def fail_for_one(*, line_ids, at):
        earned = settle_commissions(line_ids=line_ids, at=at)
        if bad.pk in line_ids:
            raise ValueError("a row that nobody planned")
        return earned

    with monkeypatch.context() as patch:
        patch.setattr(settling.commissions, "settle", fail_for_one)
        assert settle() == 1

    assert list(SettlementEntry.objects.values_list("line_id", flat=True)) == [good.pk]
    assert not Commission.objects.filter(line=bad).exists()
    assert f"order {bad.order.number}" in caplog.text
    assert settle() == 1
    assert violations() + alliance_violations() + ledger_violations() == []

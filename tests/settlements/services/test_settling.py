"""settlements.services.settling: where a finished line's money goes."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from affiliates.models import Commission, Plan
from affiliates.services.invariants import violations as alliance_violations
from ledger import selectors as book
from ledger.models import AccountCode, Transfer
from ledger.services.invariants import violations as ledger_violations
from orders.enums import OrderStatus
from orders.models import Order, OrderLine
from orders.services import freezing
from orders.services.settled import mark_settled
from settlements.enums import EntryKind
from settlements.models import FeeRate, SettlementEntry, StatementLine
from settlements.services import settling
from settlements.services.invariants import violations
from tests.factories.aftersales import open_case
from tests.factories.orders import PLACED_AT, make_order, make_sku
from tests.settlements.services.lines import AT, all_right, refund, sale, settle, shares

pytestmark = pytest.mark.django_db


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


def test_orders_closed_before_shipping_with_nothing_left_are_looked_at_once() -> None:
    line = sale(status=OrderStatus.TO_SHIP)
    refund(line, 11_000, "case:1", freight_amount=1_000, quantity=1)

    assert (settle(), settle()) == (1, 0)

    assert shares(line) == []
    assert all_right()


def test_only_an_order_of_which_nothing_waits_is_marked() -> None:
    done = sale()
    sku = make_sku()
    held = make_order(OrderStatus.COMPLETED, items=[(sku, 1), (make_sku(sku.shop), 1)])
    open_case(held, at=AT - timedelta(days=5))
    freezing.unfreeze(order_id=held.pk, at=AT)

    assert settle() == 2

    marks = dict(Order.objects.values_list("pk", "settled_at"))
    assert marks == {done.order_id: AT, held.pk: None}
    assert settle() == 0
    assert all_right()


def test_the_audit_finds_an_order_that_is_marked_too_early() -> None:
    line = sale()
    mark_settled(order_ids=[line.order_id], at=AT)

    assert violations() == [
        f"order {line.order.number} is marked as settled, its line {line.position} is not"
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_a_set_of_orders_is_settled_in_a_constant_number_of_queries(
    count: int, django_assert_num_queries
) -> None:
    for _ in range(count):
        sale()

    with django_assert_num_queries(45):
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

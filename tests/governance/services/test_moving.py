"""governance.services: every movement of a deposit is an entry and a transfer."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from governance.enums import DepositStatus
from governance.errors import (
    CasesOpen,
    DepositPaidBack,
    DepositTooLow,
    NothingToAdvance,
    NothingToWithdraw,
    SecondOperatorNeeded,
    ShopNotClosed,
    ViolationDeducted,
    WithdrawnThisWeek,
)
from governance.models import Deposit, DepositAssessment, DepositEntry
from governance.services import deductions, moving, payments
from governance.services.invariants import violations
from kernel.errors import IllegalTransition, InvalidInput, NotFound
from kernel.models import AuditEntry
from ledger import selectors as book
from ledger.models import AccountCode
from orders.services.gateways.port import PaymentFact
from settlements.errors import BalanceTooLow
from settlements.models import Statement, StatementLine
from settlements.policies import month_of
from settlements.selectors import PartyRef, balance_of
from settlements.services import statements
from settlements.services.audit import audit
from shops.enums import ShopStatus
from shops.models import Shop
from tests.factories.aftersales import refunding_case
from tests.factories.orders import make_sku
from tests.factories.shops import ShopFactory, actor_of
from tests.governance.shops import AT, all_right, earned, indebted, operator, paid, staked

pytestmark = pytest.mark.django_db


def numbers(deposit: Deposit) -> tuple[int, int]:
    deposit.refresh_from_db()
    return deposit.balance_amount, deposit.frozen_amount


def in_book(shop) -> tuple[int, int]:
    free = -book.balance(AccountCode.SHOP_DEPOSIT, shop.public_id)
    frozen = -book.balance(AccountCode.SHOP_DEPOSIT_FROZEN, shop.public_id)
    return free + frozen, frozen


def kinds(shop) -> list[tuple[str, int, int]]:
    rows = DepositEntry.objects.filter(shop=shop).order_by("position")
    return list(rows.values_list("kind", "amount", "frozen_amount"))


def test_a_top_up_takes_it_out_of_the_balance_and_onto_the_statement() -> None:
    shop = earned()

    entry = moving.top_up(shop_id=shop.pk, amount=50_000, at=AT, actor=actor_of(shop))

    assert numbers(entry.deposit) == in_book(shop) == (50_000, 0)
    party = PartyRef("shop", shop.pk, shop.public_id)
    assert balance_of(party).balance_amount == 45_000
    line = StatementLine.objects.get(reference=f"deposit:{entry.number}")
    assert line.amount == -50_000
    statements.refresh(month=month_of(AT), at=AT)
    statement = Statement.objects.get(shop=shop, month=month_of(AT))
    assert (statement.deposited_amount, statement.paid_out_amount) == (50_000, 0)
    assert statement.closing_amount == 45_000
    assert {room: found for room, found in audit().items() if found} == {}


@pytest.mark.parametrize("amount", [95_001, 0, -1])
def test_a_top_up_beyond_the_balance_changes_nothing(amount: int) -> None:
    shop = earned()

    with pytest.raises(BalanceTooLow):
        moving.top_up(shop_id=shop.pk, amount=amount, at=AT, actor=actor_of(shop))

    assert DepositEntry.objects.count() == 0
    assert all_right()


def test_money_of_a_gateway_comes_once_whoever_brings_the_news() -> None:
    shop = ShopFactory()
    payment = payments.start(
        shop_id=shop.pk, amount=60_000, gateway="sandbox", at=AT, actor=actor_of(shop)
    )
    fact = PaymentFact("sandbox", payment.number, "sbx_1", 60_000, "CNY", AT)

    assert payments.apply(payment, fact, at=AT)
    assert not payments.apply(payment, fact, at=AT)

    assert in_book(shop) == (60_000, 0)
    assert book.balance(AccountCode.GATEWAY_CLEARING, "sandbox") == 60_000
    assert all_right()


def test_money_of_another_amount_is_not_booked() -> None:
    shop = ShopFactory()
    payment = payments.start(
        shop_id=shop.pk, amount=60_000, gateway="sandbox", at=AT, actor=actor_of(shop)
    )
    fact = PaymentFact("sandbox", payment.number, "sbx_1", 59_999, "CNY", AT)

    assert not payments.apply(payment, fact, at=AT)

    assert in_book(shop) == (0, 0)


def test_the_sweep_opens_asks_and_applies() -> None:
    shop = ShopFactory()
    start = {"shop_id": shop.pk, "gateway": "sandbox", "at": AT, "actor": actor_of(shop)}
    payment = payments.start(amount=60_000, **start)

    assert payments.collect_pending(at=AT) == 0
    payment.refresh_from_db()
    assert payment.pay_url
    payments.pay_in_sandbox(payment=payment, at=AT, actor=actor_of(shop))
    assert payments.collect_pending(at=AT) == 1
    assert payments.collect_pending(at=AT) == 0

    payment.refresh_from_db()
    assert payment.status == "paid"
    assert in_book(shop) == (60_000, 0)
    with pytest.raises(NotFound):
        payments.pay_in_sandbox(payment=payment, at=AT, actor=actor_of(shop))


def test_what_is_not_paid_in_time_is_closed_at_the_gateway_too() -> None:
    shop = ShopFactory()
    payment = payments.start(
        shop_id=shop.pk, amount=60_000, gateway="sandbox", at=AT, actor=actor_of(shop)
    )
    payments.collect_pending(at=AT)

    assert payments.collect_pending(at=AT + timedelta(minutes=30)) == 1

    payment.refresh_from_db()
    assert payment.status == "closed"
    assert in_book(shop) == (0, 0)


def test_a_payment_of_nothing_is_refused() -> None:
    shop = ShopFactory()

    with pytest.raises(InvalidInput):
        payments.start(shop_id=shop.pk, amount=0, gateway="sandbox", at=AT, actor=actor_of(shop))


def test_only_what_is_neither_due_nor_announced_nor_set_aside_is_withdrawn() -> None:
    deposit = staked(100_000, base=50_000)
    shop = deposit.shop
    moving.freeze(shop_id=shop.pk, amount=20_000, reason="case", at=AT, actor=operator())

    for amount in (30_001, 0, -1):
        with pytest.raises(NothingToWithdraw) as refusal:
            moving.withdraw(shop_id=shop.pk, amount=amount, at=AT, actor=actor_of(shop))
        assert refusal.value.extra == {"available": 30_000}
    assert numbers(deposit) == (100_000, 20_000)

    moving.withdraw(shop_id=shop.pk, amount=10_000, at=AT, actor=actor_of(shop))
    assert in_book(shop) == numbers(deposit) == (90_000, 20_000)
    assert balance_of(PartyRef("shop", shop.pk, shop.public_id)).balance_amount == 10_000

    with pytest.raises(WithdrawnThisWeek):
        moving.withdraw(
            shop_id=shop.pk, amount=1, at=AT + timedelta(days=6, hours=23), actor=actor_of(shop)
        )
    moving.withdraw(shop_id=shop.pk, amount=20_000, at=AT + timedelta(days=7), actor=operator())
    assert numbers(deposit) == (70_000, 20_000)
    assert all_right()


def test_a_deduction_within_the_limit_is_done_by_one_and_costs_once() -> None:
    deposit = staked(200_000, base=50_000)
    desk = operator()
    told = {"shop_id": deposit.shop_id, "reason": "fake goods", "at": AT, "actor": desk}

    made = deductions.deduct(violation="V1", amount=100_000, **told)

    assert made.status == "done"
    assert numbers(deposit) == in_book(deposit.shop) == (100_000, 0)
    assert book.balance(AccountCode.DEPOSIT_PENALTY) == -100_000
    assert kinds(deposit.shop)[1:] == [("freeze", 0, 100_000), ("deduct", -100_000, -100_000)]
    with pytest.raises(ViolationDeducted):
        deductions.deduct(violation="V1", amount=1, **told)
    with pytest.raises(DepositTooLow):
        deductions.deduct(violation="V2", amount=100_001, **told)
    assert numbers(deposit) == (100_000, 0)
    assert AuditEntry.objects.filter(action="governance.deposit_deduct").count() == 1
    assert all_right()


def test_above_the_limit_a_second_operator_decides_and_it_waits_set_aside() -> None:
    deposit = staked(300_000)
    first, second = operator(), operator()
    told = {"shop_id": deposit.shop_id, "reason": "fake goods", "at": AT}

    made = deductions.deduct(violation="V1", amount=100_001, actor=first, **told)
    assert (made.status, numbers(deposit)) == ("pending", (300_000, 100_001))
    with pytest.raises(SecondOperatorNeeded):
        deductions.approve(deduction=made, at=AT, actor=first)
    with pytest.raises(DepositTooLow):  # what waits is not set free by hand
        moving.unfreeze(shop_id=deposit.shop_id, amount=1, reason="x", at=AT, actor=first)
    with pytest.raises(NothingToWithdraw):
        moving.withdraw(shop_id=deposit.shop_id, amount=200_000, at=AT, actor=first)
    assert violations() == []

    deductions.approve(deduction=made, at=AT, actor=second)

    assert numbers(deposit) == in_book(deposit.shop) == (199_999, 0)
    with pytest.raises(IllegalTransition):
        deductions.reject(deduction=made, reason="no", at=AT, actor=first)
    assert all_right()


def test_a_rejected_deduction_gives_the_money_free_and_may_be_asked_for_again() -> None:
    deposit = staked(300_000)
    told = {"shop_id": deposit.shop_id, "reason": "fake goods", "at": AT}
    made = deductions.deduct(violation="V1", amount=200_000, actor=operator(), **told)

    deductions.reject(deduction=made, reason="not proven", at=AT, actor=operator())

    assert numbers(deposit) == in_book(deposit.shop) == (300_000, 0)
    deductions.deduct(violation="V1", amount=1_000, actor=operator(), **told)
    assert numbers(deposit) == (299_000, 0)
    assert all_right()


def test_a_second_person_is_a_law_of_the_table() -> None:
    deposit = staked(300_000)
    desk = operator()
    made = deductions.deduct(
        shop_id=deposit.shop_id, violation="V", amount=200_000, reason="r", at=AT, actor=desk
    )

    with pytest.raises(IntegrityError, match="deduction_by_two"), transaction.atomic():
        type(made).objects.filter(pk=made.pk).update(status="done", decided_by_id=desk.user_id)


def case_of(shop, amount: int = 30_000):
    """Return a case of `shop` whose `amount` is booked back to the buyer."""
    sku = make_sku(price=amount, shop=shop)
    return refunding_case(order_items=[(sku, 1)])


def advance(case, amount: int):
    return moving.advance(case=case, amount=amount, reason="no money", at=AT, actor=operator())


def test_an_advance_pays_the_shops_debt_for_a_case_with_its_deposit() -> None:
    shop = indebted()
    deposit = staked(50_000, shop, base=50_000)
    case = case_of(shop)

    entry = advance(case, 30_000)

    assert (entry.kind, entry.amount, entry.reference) == ("advance", -30_000, case.number)
    assert numbers(deposit) == in_book(shop) == (20_000, 0)
    assert balance_of(PartyRef("shop", shop.pk, shop.public_id)).balance_amount == -65_000
    assert (deposit.status, deposit.experience_amount) == ("shortfall", 0)
    with pytest.raises(NothingToAdvance):  # the case gave back no more
        advance(case, 1)
    assert all_right()


def test_nothing_is_advanced_for_a_shop_that_can_pay_or_a_case_without_money() -> None:
    rich = earned()
    staked(50_000, rich)

    with pytest.raises(NothingToAdvance):
        advance(case_of(rich), 1)

    assert kinds(rich) == [("top_up", 50_000, 0)]


def test_an_advance_beyond_what_there_is_makes_the_experience_deposit_due() -> None:
    shop = indebted()
    deposit = staked(20_000, shop, base=50_000)

    advance(case_of(shop), 30_000)

    assert numbers(deposit) == in_book(shop) == (-10_000, 0)
    assert (deposit.status, deposit.experience_amount) == (DepositStatus.ADVANCED, 100_000)
    made = DepositAssessment.objects.get(cause="advanced")
    assert (made.advanced_amount, made.times, made.due_amount) == (30_000, 2, 150_000)
    assert deposit.due_amount == 150_000
    paid(shop, 160_000)
    deposit.refresh_from_db()
    assert (deposit.status, deposit.short_since, deposit.whole_since) == ("ok", None, AT)
    assert all_right()


def test_a_deposit_goes_back_whole_when_the_shop_is_closed() -> None:
    shop = earned()
    deposit = staked(50_000, shop, base=50_000)

    with pytest.raises(ShopNotClosed):
        moving.refund(shop=shop, at=AT, actor=operator())
    Shop.objects.filter(pk=shop.pk).update(status=ShopStatus.CLOSED)
    moving.refund(shop=shop, at=AT, actor=operator())

    assert numbers(deposit) == in_book(shop) == (0, 0)
    assert (deposit.status, deposit.due_amount) == ("refunded", 0)
    with pytest.raises(DepositPaidBack):
        paid(shop, 1)
    assert all_right()


def test_a_deposit_stays_while_a_case_may_still_cost_something() -> None:
    shop = ShopFactory()
    deposit = staked(50_000, shop)
    case_of(shop)
    Shop.objects.filter(pk=shop.pk).update(status=ShopStatus.CLOSED)

    with pytest.raises(CasesOpen):
        moving.refund(shop=shop, at=AT, actor=operator())

    assert numbers(deposit) == (50_000, 0)


def test_an_entry_is_never_changed() -> None:
    deposit = staked(50_000)

    table = DepositEntry._meta.db_table
    for act in (f"UPDATE {table} SET amount = 1", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            connection.cursor().execute(act)

    assert numbers(deposit) == (50_000, 0)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE governance_deposit SET balance_amount = balance_amount + 1", "keeps"),
        (
            "UPDATE ledger_ledgeraccount SET balance_amount = 1 WHERE code = 'shop_deposit'",
            "the book",
        ),
        ("UPDATE governance_deposit SET base_amount = 99999999", "is ok, with"),
    ],
)
def test_the_nightly_check_finds_what_does_not_add_up(sql: str, said: str) -> None:
    staked(50_000)
    assert violations() == []

    connection.cursor().execute(sql)

    assert any(said in breach for breach in violations()), violations()
    assert audit()["governance"] == violations()

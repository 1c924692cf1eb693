"""Threads against threads on deposits and limits; each race with a control that loses it."""

from datetime import timedelta

import pytest
from django.db.models import QuerySet

from governance.models import Deposit, DepositEntry
from governance.services import assessing, deductions, moving, payments
from governance.services.invariants import violations
from ledger.services.invariants import violations as book_violations
from orders.models import Order
from orders.services import limits
from orders.services.gateways.port import PaymentFact
from orders.services.placement import PlaceOrder, Receiver, WantedLine, place_orders
from shops.enums import RestrictionKind, RestrictionReason
from shops.services import restrictions
from tests.factories.accounts import UserFactory
from tests.factories.orders import PLACED_AT, RECEIVER, make_sku
from tests.factories.shops import ShopFactory, actor_of
from tests.governance.shops import AT, operator, staked
from tests.races.racing import ends_of, no_lock, told_late

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
THREADS = 8


def withdraw_and_deduct() -> tuple[Deposit, dict[str, int]]:
    """Let the shop withdraw 80 % while operators deduct 80 %."""
    deposit = staked(100_000)
    shop, desk = deposit.shop, operator()
    owner = actor_of(shop)
    told = {"shop_id": shop.pk, "amount": 80_000, "at": AT}
    acts = [
        lambda place=place: (
            moving.withdraw(actor=owner, **told)
            if place % 2
            else deductions.deduct(violation=f"V{place}", reason="r", actor=desk, **told)
        )
        for place in range(THREADS)
    ]
    ends = ends_of(*acts)
    deposit.refresh_from_db()
    return deposit, dict(ends)


def test_what_is_withdrawn_is_not_deducted_as_well() -> None:
    deposit, ends = withdraw_and_deduct()

    assert ends.pop("ok") == 1, ends
    assert deposit.balance_amount == 20_000
    assert violations() + book_violations() == []


def test_control_without_the_lock_entries_and_balance_part(monkeypatch) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", no_lock)

    _deposit, ends = withdraw_and_deduct()

    # A second entry at a place is what the table still refuses; more than one may pass otherwise.
    assert ends.get("IntegrityError", 0) or ends.get("ok", 0) > 1 or violations(), ends


def test_one_payment_told_by_many_is_in_the_deposit_once() -> None:
    shop = ShopFactory()
    payment = payments.start(
        shop_id=shop.pk, amount=5_000, gateway="sandbox", at=AT, actor=actor_of(shop)
    )
    fact = PaymentFact("sandbox", payment.number, "sbx_1", 5_000, "CNY", AT)

    ends = ends_of(*[lambda: payments.apply(payment, fact, at=AT)] * THREADS)

    assert ends == {"ok": THREADS}
    assert DepositEntry.objects.filter(shop=shop).count() == 1
    assert violations() + book_violations() == []


def test_a_shop_is_assessed_once_however_many_sweeps_run() -> None:
    shop = ShopFactory()

    ends = ends_of(*[lambda: assessing.assess_all(at=AT)] * 4)

    assert ends == {"ok": 4}
    assert Deposit.objects.get(shop=shop).assessments.count() == 1


def press() -> int:
    """Let twelve buyers press in a shop that may take three orders today; return its orders."""
    sku = make_sku(stock=50)
    shop = sku.product.shop
    restrictions.impose(
        shop_id=shop.pk,
        kind=RestrictionKind.DAILY_ORDERS,
        reason=RestrictionReason.SCORE,
        source="scr",
        limit=3,
        at=PLACED_AT,
    )
    wishes = [
        PlaceOrder(
            buyer_id=UserFactory().pk,
            key="k",
            lines=(WantedLine(make_sku(stock=50, shop=shop).public_id, 1),),
            receiver=Receiver(**RECEIVER),
        )
        for _ in range(12)
    ]
    at = AT + timedelta(days=1)
    ends_of(*[lambda wish=wish: place_orders([wish], at=at) for wish in wishes])
    return Order.objects.filter(shop=shop).count()


def test_a_limited_shop_takes_its_orders_one_after_the_other() -> None:
    assert press() == 3


def test_control_without_turns_it_takes_more(monkeypatch) -> None:
    monkeypatch.setattr(limits, "TAKE_SHOP_TURNS", "SELECT %s::int, %s::text")
    monkeypatch.setattr(limits, "COUNT_OF_SHOPS", told_late(limits.COUNT_OF_SHOPS, "unnest"))

    assert press() > 3

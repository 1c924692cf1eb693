"""Two payments for the last piece of what is deducted at payment (CA-11), and a control."""

from collections import Counter
from datetime import timedelta

import pytest

from catalog.enums import DeductMode
from catalog.errors import OutOfStock
from catalog.models import Product, Stock
from catalog.services.invariants import violations as catalog_violations
from ledger.services.invariants import violations as book_violations
from orders.models import Order, Payment, Refund
from orders.services import claiming
from orders.services.capturing import apply_payment
from orders.services.invariants import violations
from tests.factories.orders import PLACED_AT, make_sku
from tests.factories.sales import fact_of, placed_order, started_payment
from tests.races.racing import pause, results_of

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
AT = PLACED_AT + timedelta(minutes=5)


def payments_for(pieces: int, buyers: int):
    """Return acts: the money of `buyers` arrives for a SKU of which there are `pieces`."""
    sku = make_sku(stock=pieces)
    Product.objects.filter(pk=sku.product_id).update(deduct_mode=DeductMode.PAYMENT)
    facts = [fact_of(started_payment(placed_order((sku, 1)).group)) for _ in range(buyers)]
    return [lambda fact=fact: apply_payment(fact, at=AT) for fact in facts]


def ends():
    return Counter(Order.objects.values_list("status", "close_reason"))


def test_the_last_pieces_go_to_as_many_payments_and_the_others_have_their_money_back():
    acts = payments_for(pieces=2, buyers=12)

    results = results_of(*acts)

    assert [one for one in results if isinstance(one, Exception)] == []
    assert ends() == {("to_ship", ""): 2, ("closed", "out_of_stock"): 10}
    assert Refund.objects.filter(reason="shortage").count() == 10
    assert list(Stock.objects.values_list("on_hand", "held")) == [(0, 0)]
    assert violations() + catalog_violations() + book_violations() == []


def test_control_counted_without_the_lock_two_are_promised_the_same_piece(monkeypatch):
    acts = payments_for(pieces=1, buyers=8)

    def looked(sku_ids):
        rows = Stock.objects.filter(pk__in=set(sku_ids))
        found = {row.pk: row.available for row in rows}
        pause()
        return found

    with monkeypatch.context() as patch:
        patch.setattr(claiming.stock, "lock", looked)
        results = results_of(*acts)

    # The table's own guard lets nobody oversell; but money came in that nobody has booked.
    assert any(isinstance(one, OutOfStock) for one in results)
    assert Payment.objects.filter(status="pending").exists()

"""Placing checkouts as a set: keys that come again, stock that runs out, what is refused."""

import pytest

from catalog.enums import ShelfStatus
from orders.services.placement import (
    Placed,
    Refused,
    WantedLine,
    place_orders,
)
from tests.factories.accounts import UserFactory
from tests.factories.orders import RECEIVER, make_sku
from tests.orders.services.checkouts import AT, counters, nothing_written, place, request

pytestmark = pytest.mark.django_db


def test_the_same_key_and_body_returns_the_first_group():
    buyer, sku = UserFactory(), make_sku()
    (first,) = place(request(buyer, (sku, 2)))

    (again,) = place(request(buyer, (sku, 2)))

    assert isinstance(again, Placed)
    assert (again.group, again.is_replay) == (first.group, True)
    assert counters(sku) == (100, 2)


def test_a_replay_is_answered_even_when_everything_is_gone():
    buyer, sku = UserFactory(), make_sku(stock=1)
    (first,) = place(request(buyer, (sku, 1)))
    sku.product.shelf_status = ShelfStatus.OFF
    sku.product.save()

    (again,) = place(request(buyer, (sku, 1)))

    assert again == Placed(first.group, is_replay=True)


def test_the_same_key_with_another_body_is_refused():
    buyer, sku = UserFactory(), make_sku()
    place(request(buyer, (sku, 2)))

    (refused,) = place(request(buyer, (sku, 3)))

    assert isinstance(refused, Refused)
    assert refused.error.code == "idempotency_key_reused"
    assert counters(sku) == (100, 2)


def test_the_same_key_of_two_buyers_is_two_checkouts():
    sku = make_sku()

    results = place(request(UserFactory(), (sku, 1)), request(UserFactory(), (sku, 1)))

    assert [result.is_replay for result in results] == [False, False]
    assert counters(sku) == (100, 2)


def test_one_key_twice_in_a_set_is_placed_once():
    buyer, sku = UserFactory(), make_sku()

    first, again, other = place(
        request(buyer, (sku, 1)), request(buyer, (sku, 1)), request(buyer, (sku, 2))
    )

    assert (again.group, again.is_replay) == (first.group, True)
    assert other.error.code == "idempotency_key_reused"
    assert counters(sku) == (100, 1)


def test_a_set_grants_in_arrival_order_and_each_checkout_whole():
    sku, other = make_sku(stock=5), make_sku(stock=5)

    results = place(
        request(UserFactory(), (sku, 3)),
        request(UserFactory(), (other, 1), (sku, 3)),
        request(UserFactory(), (sku, 2)),
        request(UserFactory(), (sku, 1)),
    )

    assert [type(result) for result in results] == [Placed, Refused, Placed, Refused]
    assert results[1].error.code == "out_of_stock"
    assert [(f.pointer, f.code) for f in results[1].error.errors] == [
        ("/lines/1/sku_id", "out_of_stock")
    ]
    assert (counters(sku), counters(other)) == ((5, 5), (5, 0))


def test_what_is_not_for_sale_is_refused_by_line_and_nothing_is_written():
    sku, hidden = make_sku(), make_sku()
    hidden.product.shelf_status = ShelfStatus.OFF
    hidden.product.save()

    (refused,) = place(request(UserFactory(), (sku, 1), (hidden, 1), WantedLine("sku_unknown", 1)))

    assert refused.error.code == "not_buyable"
    assert [fault.pointer for fault in refused.error.errors] == [
        "/lines/1/sku_id",
        "/lines/2/sku_id",
    ]
    assert nothing_written()
    assert counters(sku) == (100, 0)


def test_an_expected_total_that_is_not_ours_is_refused_with_the_new_quote():
    sku = make_sku(price=5_000)

    (refused,) = place(request(UserFactory(), (sku, 1), expected_pay_amount=5_000))

    assert refused.error.code == "price_changed"
    assert refused.error.extra["quote"] == {
        "goods_amount": {"amount": 5_000, "currency": "CNY"},
        "freight_amount": {"amount": 800, "currency": "CNY"},
        "pay_amount": {"amount": 5_800, "currency": "CNY"},
    }
    assert nothing_written()


def test_an_expected_total_that_is_ours_is_placed():
    (placed,) = place(request(UserFactory(), (make_sku(price=5_000), 1), expected_pay_amount=5_800))

    assert isinstance(placed, Placed)


def test_two_currencies_in_one_checkout_are_refused():
    (refused,) = place(
        request(UserFactory(), (make_sku(), 1), (make_sku(currency="USD"), 1)),
    )

    assert refused.error.code == "mixed_currencies"
    assert nothing_written()


def test_one_sku_on_two_lines_is_refused():
    sku = make_sku()

    (refused,) = place(request(UserFactory(), (sku, 1), (sku, 1)))

    assert refused.error.code == "duplicate_sku"
    assert nothing_written()


def test_more_money_than_a_payment_can_be_is_refused():
    (refused,) = place(request(UserFactory(), (make_sku(price=10**10), 2)))

    assert refused.error.code == "amount_too_large"
    assert nothing_written()


def test_somebody_elses_address_is_not_found():
    from accounts.services.addresses import AddressData, add_address

    mine, other = UserFactory(), UserFactory()
    address = add_address(user_id=other.pk, data=AddressData(**RECEIVER))

    (refused,) = place(request(mine, (make_sku(), 1), receiver=None, address_id=address.public_id))

    assert refused.error.code == "not_found"
    assert nothing_written()


def test_a_set_costs_the_same_number_of_queries_for_one_and_for_five(
    django_assert_max_num_queries,
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    sku = make_sku(stock=1_000)
    place(request(UserFactory(), (sku, 1)))  # the snapshot exists from now on

    with CaptureQueriesContext(connection) as one:
        place(request(UserFactory(), (sku, 1)))
    with CaptureQueriesContext(connection) as five:
        place(*(request(UserFactory(), (sku, 1)) for _ in range(5)))

    users = 5 - 1  # the test itself makes them
    assert len(five) - users == len(one)


def test_an_empty_set_is_nothing():
    assert place_orders([], at=AT) == []

"""CA-17: how many pieces one buyer may take of a product, over SKUs and checkouts."""

from datetime import timedelta

import pytest

from catalog.models import Product
from orders.enums import CloseReason
from orders.errors import OverLimit
from orders.models import OrderGroup
from orders.services import placement
from orders.services.closing import close_order
from orders.services.placement import Placed
from orders.services.quoting import quote
from orders.services.refunds import refund_line
from orders.services.remembering import Book
from tests.factories.accounts import UserFactory
from tests.factories.catalog import product_on_sale, skus_of
from tests.factories.orders import make_order, make_sku
from tests.factories.sales import buyer_actor, paid_order
from tests.orders.services.checkouts import AT, counters, nothing_written, place, request

pytestmark = pytest.mark.django_db


def limit(sku, **limits):
    Product.objects.filter(pk=sku.product_id).update(**limits)


@pytest.fixture
def sku():
    return make_sku()


@pytest.fixture
def buyer():
    return UserFactory()


def codes(results):
    return ["placed" if isinstance(one, Placed) else one.error.code for one in results]


def faults(refused):
    return [(one.pointer, one.code) for one in refused.error.errors]


def test_fewer_than_the_least_or_more_than_the_most_an_order_are_refused(sku, buyer):
    limit(sku, min_per_order=2, max_per_order=3)

    results = [place(request(buyer, (sku, n), key=f"k{n}"))[0] for n in (1, 2, 3, 4)]

    assert codes(results) == ["over_limit", "placed", "placed", "over_limit"]
    assert faults(results[0]) == [("/lines/0/quantity", "below_min_per_order")]
    assert faults(results[3]) == [("/lines/0/quantity", "above_max_per_order")]
    assert counters(sku) == (100, 5)


def test_all_skus_of_a_product_count_together_and_each_line_is_named(buyer):
    first, second = skus_of(product_on_sale(skus=2))
    limit(first, max_per_order=3)

    (refused,) = place(request(buyer, (make_sku(), 9), (first, 2), (second, 2)))

    assert faults(refused) == [
        ("/lines/1/quantity", "above_max_per_order"),
        ("/lines/2/quantity", "above_max_per_order"),
    ]
    assert refused.error.extra["limits"] == [
        {
            "product_id": first.product.public_id,
            "min_per_order": 1,
            "max_per_order": 3,
            "max_per_buyer": None,
            "quantity": 4,
            "bought": 0,
        }
    ]
    assert nothing_written()


def test_a_buyer_has_a_life_and_so_has_each_other_one(sku, buyer):
    limit(sku, max_per_buyer=3)
    place(request(buyer, (sku, 2)))

    results = place(
        request(buyer, (sku, 2), key="k2"),
        request(UserFactory(), (sku, 3), key="k3"),
        request(buyer, (sku, 1), key="k4"),
        request(buyer, (sku, 1), key="k5"),
    )

    assert codes(results) == ["over_limit", "placed", "placed", "over_limit"]
    assert faults(results[0]) == [("/lines/0/quantity", "above_max_per_buyer")]
    assert results[3].error.extra["limits"][0]["bought"] == 3


def test_a_retry_is_no_second_purchase(sku, buyer):
    limit(sku, max_per_buyer=1)

    first, again = place(request(buyer, (sku, 1)), request(buyer, (sku, 1)))
    (later,) = place(request(buyer, (sku, 1)))

    assert [one.group.pk for one in (first, again, later)] == [first.group.pk] * 3
    assert OrderGroup.objects.count() == 1


def test_what_was_bought_before_the_limit_counts(sku, buyer):
    make_order("completed", buyer=buyer, items=[(sku, 2)])
    limit(sku, max_per_buyer=2)

    assert codes(place(request(buyer, (sku, 1)))) == ["over_limit"]


def test_what_is_closed_is_given_back(sku, buyer):
    limit(sku, max_per_buyer=1)
    (placed,) = place(request(buyer, (sku, 1)))
    assert codes(place(request(buyer, (sku, 1), key="k2"))) == ["over_limit"]

    order = placed.group.orders.get()
    assert close_order(order_id=order.pk, reason=CloseReason.BUYER, at=AT)

    assert codes(place(request(buyer, (sku, 1), key="k3"))) == ["placed"]


def test_pieces_that_are_refunded_are_given_back(sku, buyer):
    limit(sku, max_per_buyer=3)
    line = paid_order((sku, 3), buyer=buyer).lines.get()

    refund_line(
        line_id=line.pk,
        amount=line.pay_amount // 3,
        quantity=1,
        reference="case:1",
        at=AT + timedelta(days=1),
    )

    assert codes(place(request(buyer, (sku, 2), key="k2"))) == ["over_limit"]
    assert codes(place(request(buyer, (sku, 1), key="k3"))) == ["placed"]


def test_pieces_that_are_cancelled_with_all_their_money_are_given_back(sku, buyer):
    """Who gets all the money of a line back is sent no piece of it, however few were named."""
    limit(sku, max_per_buyer=3)
    line = paid_order((sku, 3), (make_sku(sku.shop), 1), buyer=buyer).lines.get(position=1)

    refund_line(line_id=line.pk, amount=line.pay_amount, quantity=1, reference="case:1", at=AT)

    assert line.order.status != "closed"
    assert codes(place(request(buyer, (sku, 3), key="k2"))) == ["placed"]
    assert codes(place(request(buyer, (sku, 1), key="k3"))) == ["over_limit"]


def test_a_process_that_remembers_the_product_without_a_limit_counts_all_the_same(
    monkeypatch, sku, buyer
):
    book = Book()
    monkeypatch.setattr(placement, "open_book", lambda: book)
    place(request(buyer, (sku, 1)))

    limit(sku, max_per_buyer=1)

    assert codes(place(request(buyer, (sku, 1), key="k2"))) == ["over_limit"]
    limit(sku, max_per_buyer=None)
    assert codes(place(request(buyer, (sku, 1), key="k3"))) == ["placed"]


def test_a_quote_says_it_before_the_checkout_does(sku, buyer):
    limit(sku, max_per_buyer=2)
    make_order("completed", buyer=buyer, items=[(sku, 1)])
    wanted = request(buyer, (sku, 2)).lines

    with pytest.raises(OverLimit):
        quote(lines=wanted, at=AT, actor=buyer_actor(buyer))

    assert quote(lines=wanted, at=AT, actor=buyer_actor(UserFactory())).pay_amount > 0

"""A shop's list of orders as those who keep a copy ask for it."""

import pytest

from kernel.actors import SYSTEM
from orders.enums import OrderStatus
from orders.models import Order, Refund
from orders.services.settled import mark_settled
from orders.services.shipping import ship_order
from tests.factories.orders import PLACED_AT, make_order, make_sku
from tests.factories.shops import owner_of
from tests.orders.api.checkouts import BASE

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    """A shop with an order in every state."""
    sku = make_sku()
    for status in OrderStatus.values:
        make_order(status, items=[(sku, 1)])
    return sku.shop


@pytest.fixture
def ask(client_for, shop):
    """`ask("status=paid")`: the answer's body."""
    client = client_for(owner_of(shop))
    return lambda query: client.get(f"{BASE}/shops/{shop.public_id}/orders?{query}").json()


def numbers(body):
    """Return the numbers of a page."""
    return [one["number"] for one in body["results"]]


def of(shop):
    """Return the shop's orders."""
    return Order.objects.filter(shop_id=shop.pk)


def test_several_states_are_asked_for_at_once(ask, shop):
    found = ask("statuses=to_ship,partly_shipped&is_frozen=false")

    wanted = of(shop).filter(status__in=["to_ship", "partly_shipped"]).order_by("-placed_at", "-pk")
    assert numbers(found) == [one.number for one in wanted]


def test_the_list_is_sorted_by_placement_either_way(ask, shop):
    newest = [one.number for one in of(shop).order_by("-placed_at", "-pk")]

    assert (numbers(ask("sort=-placed_at")), numbers(ask("sort=placed_at"))) == (
        newest,
        newest[::-1],
    )


def test_a_page_has_a_hundred_orders_at_most(ask):
    assert ask("limit=101")["errors"][0]["code"] == "invalid_limit"


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("statuses=to_ship,gone", "/statuses"),
        ("sort=placed_at&updated_from=2026-01-01T00:00:00Z", "/sort"),
        ("sort=number", "/sort"),
        ("updated_from=yesterday", "/updated_from"),
    ],
)
def test_what_cannot_be_asked_is_named(ask, query, pointer):
    assert [one["pointer"] for one in ask(query)["errors"]] == [pointer]


def test_the_last_page_of_changes_leads_on(ask, shop):
    first = ask("sort=updated_at&limit=100")
    waiting = ask(f"sort=updated_at&cursor={first['next']}")
    changed = of(shop).first()
    of(shop).filter(pk=changed.pk).update(remark="changed")
    after = ask(f"sort=updated_at&cursor={waiting['next']}")

    assert (len(first["results"]), numbers(waiting), numbers(after)) == (
        len(OrderStatus.values),
        [],
        [changed.number],
    )


def test_a_range_of_changes_begins_and_ends_where_asked(ask, shop):
    rows = list(of(shop).order_by("updated_at", "pk"))
    frm, until = (one.updated_at.isoformat().replace("+00:00", "Z") for one in (rows[1], rows[3]))

    found = ask(f"updated_from={frm}&updated_until={until}&statuses={rows[1].status}")

    assert numbers(found) == [rows[1].number]
    assert numbers(ask(f"updated_from={frm}&updated_until={until}")) == [
        rows[1].number,
        rows[2].number,
    ]


def changed_by(order, act) -> bool:
    """Tell whether `act` makes the order one that has changed."""
    before = Order.objects.get(pk=order.pk).updated_at
    act()
    return Order.objects.get(pk=order.pk).updated_at > before


def test_a_parcel_and_a_refund_change_their_order_and_being_settled_does_not():
    order = make_order(OrderStatus.TO_SHIP, items=[(make_sku(), 2)])

    def ship():
        ship_order(
            order_id=order.pk,
            request_id="r1",
            carrier_code="shunfeng",
            tracking_number="SF1234567890",
            at=PLACED_AT,
            actor=SYSTEM,
            pieces={1: 1},
        )

    assert changed_by(order, ship)
    assert not changed_by(order, lambda: mark_settled(order_ids=[order.pk], at=PLACED_AT))
    assert Refund.objects.count() == 0

"""Lists are made of plain rows, pages of instances and serializers: they say the same."""

from datetime import timedelta

import pytest

from accounts.models import Account
from kernel.actors import SYSTEM
from orders.api import rendering
from orders.enums import OrderStatus
from orders.models import Order
from orders.services.freezing import freeze
from orders.services.refunds import refund_line
from orders.services.remembering import Book
from orders.services.shipping import ship_order
from shops.models import Shop
from tests.factories.accounts import AccountFactory
from tests.factories.orders import PLACED_AT, make_order, make_sku
from tests.factories.sales import paid_order
from tests.factories.shops import BindingFactory, owner_of
from tests.orders.api.checkouts import BASE

pytestmark = pytest.mark.django_db
AT = PLACED_AT + timedelta(hours=1)


@pytest.fixture
def shop(buyer):
    """A shop with a face, with an order of `buyer` in every state, and renamed since."""
    shop, creator = BindingFactory().shop, AccountFactory()
    for status in OrderStatus.values:
        make_order(status, shop=shop, buyer=buyer, pick_code="pck1", freight=800)
    touch = {"account_id": creator.public_id, "media_type": "live", "is_live": True}
    many = paid_order((make_sku(shop), 3), (make_sku(shop), 2), buyer=buyer, touch=touch)
    ship_order(
        order_id=many.pk,
        request_id="r1",
        carrier_code="shunfeng",
        tracking_number="SF1234567890",
        pieces={1: 2, 2: 1},
        at=AT,
        actor=SYSTEM,
    )
    line = many.lines.get(position=2)
    refund_line(line_id=line.pk, amount=100, quantity=1, reference="case:1", at=AT)
    freeze(order_id=many.pk, at=AT)
    Order.objects.filter(pk=many.pk).update(remark="fragile", buyer_message="快一点")
    Shop.objects.filter(pk=shop.pk).update(name="Called otherwise")
    return shop


def test_a_buyers_list_says_what_each_page_says(client, shop):
    listed = client.get(f"{BASE}/orders").json()["results"]

    assert len(listed) == len(OrderStatus.values) + 1
    assert listed == [client.get(f"{BASE}/orders/{one['number']}").json() for one in listed]


def test_a_shops_list_says_what_each_page_says(client_for, shop):
    client, base = client_for(owner_of(shop)), f"{BASE}/shops/{shop.public_id}/orders"

    listed = client.get(base).json()["results"]

    assert listed == [client.get(f"{base}/{one['number']}").json() for one in listed]
    many = next(one for one in listed if one["remark"] == "fragile")
    assert many["now_known_as"]["shop"]["name"] == "Called otherwise"
    assert many["packages"][0]["lines"] == [
        {"position": 1, "quantity": 2},
        {"position": 2, "quantity": 1},
    ]
    assert [one["amount"]["amount"] for one in many["refunds"]] == [100]
    assert [line["is_live_scene"] for line in many["lines"]] == [True, True]


def test_a_process_that_remembers_a_shops_face_says_what_each_page_says(client, shop, monkeypatch):
    book = Book()
    monkeypatch.setattr(rendering, "open_book", lambda: book)
    account = Account.objects.get(bindings__shop=shop)
    changes = (
        lambda: Shop.objects.filter(pk=shop.pk).update(name="Called a third name"),
        lambda: Account.objects.filter(pk=account.pk).update(name="Another face"),
        lambda: Shop.objects.filter(pk=shop.pk).update(status="closed"),
        lambda: account.bindings.all().delete(),
    )
    client.get(f"{BASE}/orders")

    for change in changes:
        change()
        listed = client.get(f"{BASE}/orders").json()["results"]
        assert listed == [client.get(f"{BASE}/orders/{one['number']}").json() for one in listed]


def test_pages_by_cursor_are_the_whole_list_forth_and_back(client, shop):
    url = f"{BASE}/orders"
    whole = client.get(url).json()["results"]
    pages = [client.get(f"{url}?limit=2").json()]
    while pages[-1]["next"]:
        pages.append(client.get(f"{url}?limit=2&cursor={pages[-1]['next']}").json())

    assert [one for page in pages for one in page["results"]] == whole
    back = client.get(f"{url}?limit=2&cursor={pages[-1]['previous']}").json()
    assert back["results"] == pages[-2]["results"]

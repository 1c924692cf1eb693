"""The first page of the merchant console: every number leads to exactly its rows."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aftersales.enums import NextActor
from catalog.enums import ReviewStatus, ShelfStatus
from catalog.models import Product, Stock
from insights.models import ShopDay
from insights.services import days
from kernel import money
from orders.enums import OrderStatus
from orders.models import Order
from shops.enums import AdmissionStatus, BindingStatus, StaffRole
from shops.models import Admission
from tests.factories.accounts import UserFactory
from tests.factories.aftersales import open_case
from tests.factories.orders import make_order, make_sku
from tests.factories.shops import BindingFactory, ShopFactory
from tests.insights.trade import give_back, noon, sold

pytestmark = pytest.mark.django_db
#: A Wednesday in China, two in the afternoon.
NOW = datetime(2025, 6, 11, 6, 0, tzinfo=UTC)
TODAY = NOW.date()
YESTERDAY = TODAY - timedelta(days=1)
HOME = "/merchant/"


@pytest.fixture(autouse=True)
def clock():
    """The console's time stands still."""
    with time_machine.travel(NOW, tick=False):
        yield


def add_up(shop) -> None:
    """Mark and add up all that was sold."""
    days.mark_traded(since=noon(TODAY - timedelta(days=800)), shop_id=shop.pk)
    ShopDay.objects.update(due_at=datetime(2020, 1, 1, tzinfo=UTC))
    days.add_up_all()


def cards(page: str) -> dict[str, tuple[str, str]]:
    """Title → (value, address) of the cards and figures of a page."""
    named = r"\s*<span>([^<]+)</span>\s*"
    box = r'<a href="([^"]+)" class="console-box console-card[^>]*>'
    card = rf'{box}{named}<span class="value">([^<]+)'
    figure = rf'insights-figure">{named}<a class="value" href="([^"]+)">([^<]+)'
    found = {title: (value, unescape(url)) for url, title, value in re.findall(card, page)}
    for title, url, value in re.findall(figure, page):
        found.setdefault(title, (value, unescape(url)))
    return found


def rows_of(desk, url: str) -> int:
    """How many rows the list at an address has."""
    answer = desk.get(url)
    assert answer.status_code == 200, url
    assert "e=1" not in answer.get("Location", "")
    return answer.context["cl"].result_count


def trade(shop):
    """Yesterday three orders of two buyers, one of them known; a week before one; one refund."""
    sku, known, new = make_sku(shop, price=1_000), UserFactory(), UserFactory()
    sold(sku, paid_at=noon(YESTERDAY - timedelta(days=7)), buyer=known, status=OrderStatus.SHIPPED)
    first = sold(sku, paid_at=noon(YESTERDAY, 0, 0), buyer=known, quantity=2)
    sold(sku, paid_at=noon(YESTERDAY, 9), buyer=new)
    sold(sku, paid_at=noon(YESTERDAY, 23, 59), buyer=new)
    sold(sku, paid_at=noon(TODAY, 0, 0), buyer=new)
    sold(sku, paid_at=noon(TODAY, 13, 59), buyer=new)
    give_back(first, 300, at=noon(YESTERDAY, 20), reference="case:1")
    return sku


def test_every_figure_of_yesterday_leads_to_its_rows(shop_desk) -> None:
    """A number of the morning page is the number of the rows behind it.

    Page: /merchant/
    """
    shop = ShopFactory()
    trade(shop)
    sold(make_sku(), paid_at=noon(YESTERDAY))  # a neighbour's
    add_up(shop)
    desk = shop_desk(shop)

    found = cards(desk.get(HOME).text)

    values = {title: value for title, (value, _url) in found.items()}
    assert values["GMV"] == money.display(4_000)
    assert values["Net GMV"] == money.display(3_700)
    assert values["Refunds booked"] == money.display(300)
    assert [values[name] for name in ("Orders paid", "New buyers", "Known buyers")] == list("311")
    rows = {
        title: rows_of(desk, found[title][1])
        for title in ("Orders paid", "GMV", "Net GMV", "Refunds booked", "New buyers")
    }
    assert rows == {
        "Orders paid": 3, "GMV": 3, "Net GMV": 3, "Refunds booked": 1, "New buyers": 1,
    }  # fmt: skip
    assert rows_of(desk, found["Known buyers"][1]) == 1


def test_the_rows_behind_an_amount_add_up_to_it(shop_desk) -> None:
    shop = ShopFactory()
    trade(shop)
    add_up(shop)
    desk = shop_desk(shop)
    found = cards(desk.get(HOME).text)

    listed = desk.get(found["Net GMV"][1]).text

    nets = re.findall(r"field-shown_net[^>]*>(?:\s*<[^>]+>)*\s*¥([\d.,]+)", listed)
    assert sum(money.minor(one.replace(",", "")) for one in nets) == 3_700


def test_today_is_compared_up_to_the_last_full_hour(shop_desk) -> None:
    shop = ShopFactory()
    sku = trade(shop)
    sold(sku, paid_at=noon(TODAY, 14, 0))  # in the hour that still runs
    sold(sku, paid_at=noon(TODAY - timedelta(days=7), 13))
    sold(sku, paid_at=noon(TODAY - timedelta(days=7), 15))
    add_up(shop)
    desk = shop_desk(shop)

    page = desk.get(HOME).text

    part = page.partition("Today until 14:00")[2]
    orders = cards(part)["Orders paid"]
    assert orders[0] == "2"
    assert rows_of(desk, orders[1]) == 2
    before = unescape(re.search(r'class="console-note" href="([^"]+)">1 on 06-04', part)[1])
    assert rows_of(desk, before) == 1


def test_what_is_to_be_shipped_stands_by_its_promise_and_leads_to_its_rows(shop_desk) -> None:
    shop = ShopFactory()
    midnight = noon(TODAY, 0) + timedelta(days=1)
    promises = [NOW - timedelta(seconds=1), NOW, midnight - timedelta(seconds=1), midnight]
    for promise in [*promises, midnight + timedelta(days=1)]:
        order = make_order(
            OrderStatus.PARTLY_SHIPPED if promise == NOW else OrderStatus.TO_SHIP, shop=shop
        )
        Order.objects.filter(pk=order.pk).update(ship_by_at=promise)
    make_order(OrderStatus.SHIPPED, shop=shop)
    make_order(OrderStatus.TO_SHIP)
    desk = shop_desk(shop)

    found = cards(desk.get(HOME).text)

    names = ("Shipping late", "To ship today", "To ship later")
    assert [found[name][0] for name in names] == ["1", "2", "2"]
    assert [rows_of(desk, found[name][1]) for name in names] == [1, 2, 2]


def test_cases_stand_by_their_deadline_and_lead_to_their_rows(shop_desk) -> None:
    shop = ShopFactory()
    hours = (-1, 5, 8, 11, 100)  # six hours are near, the day ends in ten
    for hour in hours:
        case = open_case(make_order(OrderStatus.SHIPPED, shop=shop))
        type(case).objects.filter(pk=case.pk).update(due_at=NOW + timedelta(hours=hour))
    other = open_case(make_order(OrderStatus.SHIPPED, shop=shop))
    type(other).objects.filter(pk=other.pk).update(
        due_at=NOW + timedelta(hours=1), next_actor=NextActor.BUYER
    )
    desk = shop_desk(shop)

    found = cards(desk.get(HOME).text)

    names = [f"Cases to answer {when}" for when in ("within 6 hours", "today", "later")]
    assert [found[name][0] for name in names] == ["2", "1", "2"]
    assert [rows_of(desk, found[name][1]) for name in names] == [2, 1, 2]


def test_short_stock_and_rejected_products_lead_to_their_rows(shop_desk) -> None:
    shop = ShopFactory()
    for left in (0, 0, 3, 50):
        make_sku(shop, stock=left)
    hidden = make_sku(shop, stock=2)
    Product.objects.filter(pk=hidden.product_id).update(shelf_status=ShelfStatus.OFF)
    rejected = make_sku(shop)
    Product.objects.filter(pk=rejected.product_id).update(
        review_status=ReviewStatus.REJECTED, shelf_status=ShelfStatus.OFF
    )
    assert Stock.objects.filter(shop=shop).count() == 6
    desk = shop_desk(shop)

    found = cards(desk.get(HOME).text)

    names = ("SKUs sold out", "SKUs nearly sold out", "Products rejected")
    assert [found[name][0] for name in names] == ["2", "1", "1"]
    assert [rows_of(desk, found[name][1]) for name in names] == [2, 1, 1]


def test_bindings_and_applications_that_wait_lead_to_their_rows(shop_desk) -> None:
    shop = ShopFactory()
    for status in (BindingStatus.AWAITING_ACCOUNT, BindingStatus.UNBIND_PENDING):
        BindingFactory(shop=shop, status=status)
    Admission.objects.update_or_create(shop=shop, defaults={"status": AdmissionStatus.REJECTED})
    desk = shop_desk(shop)

    found = cards(desk.get(HOME).text)

    assert found["Bindings not settled"][0] == "2"
    assert rows_of(desk, found["Bindings not settled"][1]) == 2
    assert found["Applications to correct"][0] == "1"
    assert rows_of(desk, found["Applications to correct"][1]) == 1


def test_a_clerk_sees_only_what_the_role_may_see(shop_desk) -> None:
    shop = ShopFactory()
    trade(shop)
    add_up(shop)

    clerk = cards(shop_desk(shop, StaffRole.ORDER_CLERK).get(HOME).text)
    agent = cards(shop_desk(shop, StaffRole.AFTERSALES_AGENT).get(HOME).text)

    assert "Shipping late" in clerk
    assert "Cases to answer within 6 hours" not in clerk
    assert "Cases to answer within 6 hours" in agent


def test_a_shop_without_trade_is_told_what_to_do(shop_desk) -> None:
    page = shop_desk(ShopFactory()).get(HOME).text

    assert "Nothing was sold in the last 30 days." in page
    assert 'href="/merchant/catalog/product/"' in page
    assert "Nothing is urgent" in page


def test_who_may_not_see_products_is_not_sent_to_them(shop_desk) -> None:
    page = shop_desk(ShopFactory(), StaffRole.FINANCE).get(HOME).text

    assert "Nothing was sold in the last 30 days." in page
    assert 'href="/merchant/catalog/product/"' not in page


def test_the_page_costs_the_same_however_much_was_sold(shop_desk) -> None:
    shop = ShopFactory()
    sku = trade(shop)
    add_up(shop)
    desk = shop_desk(shop)
    desk.get(HOME)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            desk.get(HOME)
        counts.append(len(queries))
        for hour in range(8):
            sold(sku, paid_at=noon(YESTERDAY, hour))
        add_up(shop)

    assert counts[0] == counts[1] <= 40


def test_no_figure_reads_an_order(shop_desk) -> None:
    """Roll-ups, not scans: the figures' only table is the one of days."""
    shop = ShopFactory()
    trade(shop)
    add_up(shop)
    desk = shop_desk(shop)
    with CaptureQueriesContext(connection) as queries:
        desk.get(HOME)

    sums = [one["sql"] for one in queries if "SUM(" in one["sql"].upper()]
    reads = [one["sql"] for one in queries if '"orders_order"' in one["sql"]]
    assert sums == []
    assert all("ship_by_at" in one for one in reads)


@pytest.mark.parametrize(
    "asked", ["day=x", "day=2025-13-01", "until=99&day=2025-06-10", "buyers=x"]
)
def test_an_address_that_asks_for_nonsense_is_answered(shop_desk, asked) -> None:
    shop = ShopFactory()
    trade(shop)

    assert shop_desk(shop).get(f"/merchant/insights/paidorder/?{asked}").status_code == 200


def test_the_rows_of_another_shop_are_not_listed(shop_desk) -> None:
    theirs = ShopFactory()
    trade(theirs)
    desk = shop_desk(ShopFactory())

    for page in ("paidorder", "bookedrefund"):
        assert rows_of(desk, f"/merchant/insights/{page}/?day={YESTERDAY}") == 0

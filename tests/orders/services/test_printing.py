"""Paper for the warehouse: labels and pick lists, and who printed them (OR-19)."""

import base64
import re
import zlib
from datetime import timedelta

import pytest

from kernel.errors import NotAllowed
from kernel.models import AuditEntry
from orders.enums import OrderStatus, PrintKind
from orders.errors import NothingToPrint, NotPrintable
from orders.models import Order, PrintedOrder, Printing
from orders.services.freezing import freeze
from orders.services.printing import picking, runs, sheets
from orders.services.shipping import ship_order
from shops.enums import StaffRole
from tests.factories.orders import PLACED_AT, RECEIVER, make_order, make_sku
from tests.factories.shops import ShopFactory, StaffFactory, actor_of

pytestmark = pytest.mark.django_db
AT = PLACED_AT + timedelta(hours=10)
LABELS, PICK_LIST = PrintKind.LABELS, PrintKind.PICK_LIST


@pytest.fixture
def shop():
    return ShopFactory()


def order_of(shop, status=OrderStatus.TO_SHIP, **kwargs):
    return make_order(status, shop=shop, **kwargs)


def started(shop, kind=LABELS, *orders, actor=None):
    numbers = [order.number for order in orders]
    return runs.start(shop=shop, kind=kind, numbers=numbers, actor=actor or actor_of(shop), at=AT)


def content_of(printing, actor=None):
    actor = actor or actor_of(printing.shop)
    download = runs.file(printing=printing, actor=actor, at=AT)
    content = b"".join(download.pieces)
    assert content.startswith(b"%PDF-")
    assert (download.size, download.content_type) == (len(content), "application/pdf")
    return content


def pages(content):
    """Return the texts of a PDF, page by page, as its content streams write them."""
    found = []
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
        drawn = zlib.decompress(base64.a85decode(stream.strip().removesuffix(b"~>")))
        words = re.findall(rb"\(((?:[^()\\]|\\.)*)\) (?:Tj|')", drawn, re.DOTALL)
        found.append("\n".join(_text(one) for one in words))
    return found


def _text(escaped):
    plain = re.sub(
        rb"\\([0-7]{3}|.)",
        lambda m: bytes([int(m[1], 8)]) if len(m[1]) == 3 else _CHARS.get(m[1], m[1]),
        escaped,
        flags=re.DOTALL,
    )
    return plain.decode("utf-16-be")


_CHARS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def printed(orders, printing):
    rows = PrintedOrder.objects.filter(printing=printing).order_by("position")
    return [one.number for one in orders] == list(rows.values_list("order__number", flat=True))


def test_a_label_has_the_receiver_in_clear_the_goods_and_the_number(shop):
    sku = make_sku(shop, title="有机红茶 200g")
    order = order_of(shop, items=[(sku, 2)])
    Order.objects.filter(pk=order.pk).update(buyer_message="请放门卫 🙏")

    (page,) = pages(content_of(started(shop, LABELS, order)))

    for words in (
        RECEIVER["name"],
        RECEIVER["phone"],
        RECEIVER["street"],
        order.number,
        f"× 2 {sku.merchant_code} 有机红茶 200g",
        "请放门卫 □",
        shop.name,
    ):
        assert words in page, words


def test_a_parcel_that_left_has_its_own_label_with_its_number_and_its_goods(shop):
    skus = [make_sku(shop), make_sku(shop)]
    order = order_of(shop, items=[(skus[0], 1), (skus[1], 1)])
    ship_order(
        order_id=order.pk,
        request_id="r",
        carrier_code="zhongtong",
        tracking_number="771234567890",
        pieces={1: 1},
        at=AT,
        actor=actor_of(shop),
    )

    first, second = pages(content_of(started(shop, LABELS, order)))

    for words in ("771234567890", "中通快递", skus[0].merchant_code):
        assert words in first, words
    assert skus[1].merchant_code not in first
    assert ("771234567890" in second, skus[1].merchant_code in second) == (False, True)


def test_a_pick_list_sums_the_goods_and_shows_no_receiver(shop):
    tea, cup = make_sku(shop, title="茶"), make_sku(shop, title="杯")
    orders = [
        order_of(shop, items=[(tea, 2), (cup, 1)]),
        order_of(shop, items=[(tea, 3)]),
        order_of(shop, OrderStatus.PARTLY_SHIPPED, items=[(cup, 4)]),
    ]

    printing = started(shop, PICK_LIST, *orders)

    (page,) = pages(content_of(printing))
    rows = [
        (goods.code, goods.quantity, n)
        for goods, n in picking.goods_of(shop.pk, [o.pk for o in orders])
    ]
    assert rows == [(tea.merchant_code, 5, 2), (cup.merchant_code, 3, 2)]
    assert RECEIVER["name"] not in page
    assert "3 orders, 8 pieces" in page


def test_without_numbers_it_prints_what_waits_and_was_not_printed_by_deadline(shop, settings):
    settings.MAX_PRINTED_ORDERS = 2
    late = order_of(shop)
    first = order_of(shop, placed_at=PLACED_AT - timedelta(hours=5))
    held, other = order_of(shop), order_of(ShopFactory())
    order_of(shop, OrderStatus.UNPAID)
    order_of(shop, OrderStatus.SHIPPED)
    freeze(order_id=held.pk, at=AT)
    later = order_of(shop, placed_at=PLACED_AT + timedelta(hours=1))

    assert printed([first, late], started(shop))
    assert printed([later], started(shop))
    with pytest.raises(NothingToPrint):
        started(shop)
    assert printed([first, late], started(shop, PICK_LIST))
    assert not PrintedOrder.objects.filter(order=other).exists()


@pytest.mark.parametrize("kind", [LABELS, PICK_LIST])
def test_orders_that_are_not_there_or_do_not_wait_are_named_and_nothing_is_kept(shop, kind):
    good, other, unpaid = (
        order_of(shop),
        order_of(ShopFactory()),
        order_of(shop, OrderStatus.UNPAID),
    )

    with pytest.raises(NotPrintable) as refusal:
        started(shop, kind, good, other, unpaid)

    assert refusal.value.extra == {"orders": [other.number, unpaid.number]}
    assert [one.pointer for one in refusal.value.errors] == ["/orders/1", "/orders/2"]
    assert not Printing.objects.exists()


def test_there_is_a_most_of_orders(shop, settings):
    settings.MAX_PRINTED_ORDERS = 1

    with pytest.raises(NotPrintable):
        started(shop, LABELS, order_of(shop), order_of(shop))


def test_labels_are_for_those_who_may_see_receivers(shop):
    order = order_of(shop)
    printing = started(shop, LABELS, order)
    blind = StaffFactory(shop=shop, role=StaffRole.FINANCE)
    actor = actor_of(shop, blind.role)

    with pytest.raises(NotAllowed):
        started(shop, LABELS, order, actor=actor)
    with pytest.raises(NotAllowed):
        runs.file(printing=printing, actor=actor, at=AT)

    assert content_of(started(shop, PICK_LIST, order, actor=actor), actor)
    assert AuditEntry.objects.filter(action="orders.print_orders").count() == 1


def test_or_19_the_trail_says_who_printed_which_orders_fifty_a_line(shop, monkeypatch):
    """Printing receivers is written down, order by order.

    Page: /merchant/orders/printing/
    """
    monkeypatch.setattr(runs, "AUDITED_TOGETHER", 2)
    orders = [order_of(shop) for _ in range(3)]

    content_of(started(shop, LABELS, *orders))

    numbers = [order.number for order in orders]
    for action in ("orders.start_printing", "orders.print_orders"):
        entries = AuditEntry.objects.filter(action=action).order_by("pk")
        assert [one.after["orders"] for one in entries] == [numbers[:2], numbers[2:]]
        assert {one.shop_id for one in entries} == {shop.pk}


def test_paper_of_many_orders_takes_as_many_questions_as_of_one(
    shop, django_assert_max_num_queries
):
    one, many = [order_of(shop)], [order_of(shop) for _ in range(20)]

    for orders in (one, many):
        printing = started(shop, LABELS, *orders)
        with django_assert_max_num_queries(10):
            content_of(printing)


def test_long_texts_are_wrapped_and_cut():
    lines = sheets.wrapped("中" * 60, size=10, width=100, most=2)

    assert (len(lines), lines[1][-1]) == (2, "…")
    assert sheets.wrapped("short", size=10, width=100, most=2) == ["short"]
    assert sheets.wrapped("", size=10, width=100, most=2) == [""]
    assert sheets.plain("a\x00b🙂\n中") == "a□b□ 中"

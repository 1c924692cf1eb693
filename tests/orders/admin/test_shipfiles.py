"""Files of parcels in the merchant console (OP-13)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from orders import tasks
from orders.enums import OrderStatus
from orders.models import Order, ShippingFile
from shops.enums import StaffRole
from tests.factories.orders import make_order
from tests.factories.shops import ShopFactory

pytestmark = pytest.mark.django_db
LIST = "/merchant/orders/shippingfile/"


@pytest.fixture
def shop():
    return ShopFactory()


def line(order, n=1):
    return f"{order.number},顺丰,SF{n:013d}"


def test_op_13_a_clerk_pastes_parcels_looks_first_and_ships_the_good_rows(shop_desk, shop):
    """Pasted lines are looked at, then shipped; the refused rows are a file.

    Page: /merchant/orders/shippingfile/do/upload/
    """
    good, foreign = make_order(OrderStatus.TO_SHIP, shop=shop), make_order(OrderStatus.TO_SHIP)
    desk = shop_desk(shop)
    assert "Ship many orders at once" in desk.get(LIST).text
    assert "圆通速递" in desk.get(f"{LIST}do/upload/").text
    pasted = {"lines": f"{line(good)}\n{line(foreign, 2)}", "is_dry_run": "on"}

    assert desk.post(f"{LIST}do/upload/", pasted).status_code == 302
    tasks.ship_files()

    dry = ShippingFile.objects.get()
    page = desk.get(f"{LIST}{dry.public_id}/change/").text
    assert "unknown_order" in page
    assert "do/ship/" in page
    assert Order.objects.get(pk=good.pk).status == OrderStatus.TO_SHIP
    assert desk.post(f"{LIST}{dry.public_id}/do/ship/", {}).status_code == 302
    tasks.ship_files()
    assert Order.objects.get(pk=good.pk).status == OrderStatus.SHIPPED
    assert Order.objects.get(pk=foreign.pk).status == OrderStatus.TO_SHIP
    assert "do/ship/" not in desk.get(f"{LIST}{dry.public_id}/change/").text
    file = desk.get(f"{LIST}{dry.public_id}/errors/")
    assert foreign.number in file.getvalue().decode()


def test_a_file_is_taken_too_and_one_of_the_two_is_needed(shop_desk, shop):
    order, desk = make_order(OrderStatus.TO_SHIP, shop=shop), shop_desk(shop)
    file = SimpleUploadedFile("parcels.csv", line(order).encode())

    assert desk.post(f"{LIST}do/upload/", {"lines": "1,2,3", "file": file}).status_code == 422
    assert desk.post(f"{LIST}do/upload/", {"lines": " "}).status_code == 422
    empty = desk.post(f"{LIST}do/upload/", {"lines": "order,carrier\n1,2"})
    assert "The first row lacks columns." in empty.text
    assert not ShippingFile.objects.exists()
    file.seek(0)
    assert desk.post(f"{LIST}do/upload/", {"lines": "", "file": file}).status_code == 302
    assert ShippingFile.objects.get().filename == "parcels.csv"


def test_files_of_parcels_are_for_those_who_ship(shop_desk, shop):
    other = ShopFactory()
    shop_desk(other).post(f"{LIST}do/upload/", {"lines": "1,顺丰,SF1234567890123"})
    job = ShippingFile.objects.get()

    assert shop_desk(shop, StaffRole.READ_ONLY).get(LIST).status_code == 403
    for path in ("change", "errors"):
        assert shop_desk(shop).get(f"{LIST}{job.public_id}/{path}/").status_code == 404

"""The merchant's door: many parcels at once (OP-13), and the table of carriers (OR-14)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from orders import tasks
from orders.enums import OrderStatus
from orders.models import Order, Package, ShippingFile
from orders.services.carriers import CARRIERS
from shops.enums import StaffRole
from tests.factories.orders import make_order
from tests.factories.shops import ShopFactory, StaffFactory, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return ShopFactory()


@pytest.fixture
def client(client_for, shop):
    return client_for(owner_of(shop))


def base(shop):
    return f"/api/v1/orders/shops/{shop.public_id}/shipping-files"


def lines(*orders):
    rows = (f"{order.number},顺丰,SF{n:013d}" for n, order in enumerate(orders))
    return "\n".join(rows)


def test_op_13_good_rows_of_a_file_ship_and_the_others_come_back_as_a_file(client, shop):
    """A file is sent, its good rows ship, the report names the rest.

    API: POST /api/v1/orders/shops/{shop_id}/shipping-files
    """
    orders = [make_order(OrderStatus.TO_SHIP, shop=shop) for _ in range(2)]
    foreign = make_order(OrderStatus.TO_SHIP)
    content = f"order,carrier,tracking_number\n{lines(*orders, foreign)}\n"
    file = SimpleUploadedFile("parcels.csv", content.encode())

    sent = client.post(base(shop), {"file": file}, format="multipart")

    assert (sent.status_code, sent.json()["status"]) == (201, "queued")
    tasks.ship_files()
    url = f"{base(shop)}/{sent.json()['id']}"
    job = client.get(url).json()
    assert (job["status"], job["percent"], job["good_count"], job["bad_count"]) == (
        "done",
        100,
        2,
        1,
    )
    (fault,) = client.get(f"{url}/faults").json()["results"]
    assert fault == {
        "row_number": 4,
        "column": "order",
        "code": "unknown_order",
        "fix": "Use the number of an order of this shop.",
        "is_note": False,
        "cells": [foreign.number, "顺丰", "SF0000000000002", "", ""],
    }
    back = client.get(f"{url}/error-file")
    assert (back.status_code, back["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert foreign.number in back.getvalue().decode()
    assert Order.objects.filter(status=OrderStatus.SHIPPED).count() == 2
    assert [one["id"] for one in client.get(base(shop)).json()["results"]] == [job["id"]]


def test_a_dry_run_is_shipped_by_a_second_call_and_once(client, shop):
    order = make_order(OrderStatus.TO_SHIP, shop=shop)
    sent = client.post(base(shop), {"text": lines(order), "is_dry_run": True})
    tasks.ship_files()
    assert (sent.json()["is_dry_run"], Package.objects.count()) == (True, 0)
    url, key = f"{base(shop)}/{sent.json()['id']}/ship", {"Idempotency-Key": "k"}

    first, again = (client.post(url, headers=key) for _ in range(2))
    second = client.post(url, headers={"Idempotency-Key": "other"})

    tasks.ship_files()
    assert (first.status_code, again.json()) == (201, first.json())
    assert (second.status_code, second.json()["code"]) == (409, "nothing_to_ship")
    assert Package.objects.get().order == order


@pytest.mark.parametrize("content", [{}, {"text": "1,2,3", "file": "x"}, {"text": ""}])
def test_a_body_without_one_way_of_sending_lines_is_refused(client, shop, content):
    assert client.post(base(shop), content).status_code == 400
    assert not ShippingFile.objects.exists()


def test_what_is_no_table_is_refused_at_once(client, shop):
    answer = client.post(base(shop), {"text": "order,carrier\n1,2"})

    assert (answer.status_code, answer.json()["code"]) == (400, "missing_columns")
    assert not ShippingFile.objects.exists()


def test_a_form_that_is_too_large_is_refused_by_its_length(client, shop, monkeypatch):
    monkeypatch.setattr("kernel.api.parsers.UploadParser.max_bytes", 10)
    file = SimpleUploadedFile("parcels.csv", b"x" * 100)

    assert client.post(base(shop), {"file": file}, format="multipart").status_code == 413


def test_files_are_for_those_who_ship_and_for_their_shop(client_for, client, shop):
    reader = client_for(StaffFactory(shop=shop, role=StaffRole.READ_ONLY).user)
    other = ShopFactory()
    stranger = client_for(owner_of(other))
    sent = client.post(base(shop), {"text": "1,顺丰,SF1234567890123"}).json()

    assert reader.post(base(shop), {"text": "1,2,3"}).status_code == 403
    for path in ("", "/faults", "/error-file"):
        assert reader.get(f"{base(shop)}/{sent['id']}{path}").status_code == 403
        assert stranger.get(f"{base(shop)}/{sent['id']}{path}").status_code == 404
        assert stranger.get(f"{base(other)}/{sent['id']}{path}").status_code == 404


def test_or_14_everybody_may_read_the_table_of_carriers(anonymous_client):
    """Codes, names, and what numbers look like.

    API: GET /api/v1/orders/carriers
    """
    answer = anonymous_client.get("/api/v1/orders/carriers")

    assert answer.status_code == 200
    assert [one["code"] for one in answer.json()] == [str(code) for code in CARRIERS]
    assert answer.json()[0] == {
        "code": "shunfeng",
        "name": "SF Express",
        "name_zh": "顺丰速运",
        "number_pattern": r"SF\d{13}|\d{12}|\d{15}",
    }

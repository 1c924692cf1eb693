"""The doors of support, operators and gateways."""

import json
from datetime import timedelta

import pytest

from kernel.clock import database_now, now
from kernel.models import AuditEntry
from orders.enums import OrderStatus
from orders.models import GatewayNotice, Order
from orders.services.gateways.sandbox import bank
from orders.services.refunds import refund_line
from tests.factories.accounts import OperatorFactory, SupportFactory, UserFactory
from tests.factories.orders import RECEIVER, make_order
from tests.factories.sales import placed_group, started_payment

pytestmark = pytest.mark.django_db
BASE = "/api/v1/orders"


def test_support_sees_any_order_masked_and_reveals_with_a_trace(client_for):
    client = client_for(SupportFactory())
    order = make_order(OrderStatus.TO_SHIP)

    shown = client.get(f"{BASE}/support/orders/{order.number}")
    revealed = client.post(f"{BASE}/support/orders/{order.number}/receiver", {}, format="json")

    assert shown.json()["receiver"]["phone"] == "138****1234"
    assert revealed.json() == RECEIVER
    entry = AuditEntry.objects.get()
    assert (entry.actor_role, entry.action) == ("support", "orders.reveal_receiver")


def test_an_operator_brings_a_deadline_forward(client_for):
    order = make_order(OrderStatus.SHIPPED)
    Order.objects.update(confirm_by_at=database_now() + timedelta(days=9))

    answer = client_for(OperatorFactory()).post(
        f"{BASE}/operator/sandbox/deadlines",
        {"order": order.number, "deadline": "confirm_by"},
        format="json",
    )

    order.refresh_from_db()
    assert answer.status_code == 200
    assert order.confirm_by_at <= database_now()


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ({"order": "0", "deadline": "confirm_by"}, 404),
        ({"order": "0", "deadline": "ship_by"}, 400),
        ({"order": "0"}, 400),
        ({"order": "0", "deadline": "pay_by", "at": "2020-01-01T00:00:00Z"}, 400),
    ],
)
def test_a_bad_deadline_is_refused(client_for, content, status):
    answer = client_for(OperatorFactory()).post(
        f"{BASE}/operator/sandbox/deadlines", content, format="json"
    )

    assert answer.status_code == status


def test_operators_list_refunds_by_state(client_for):
    order = make_order(OrderStatus.SHIPPED)
    refund = refund_line(
        line_id=order.lines.get().pk, amount=100, reference="case:1", at=order.shipped_at
    )
    client = client_for(OperatorFactory())

    waiting = client.get(f"{BASE}/operator/refunds", {"status": "waiting"}).json()["results"]
    failed = client.get(f"{BASE}/operator/refunds", {"status": "failed"}).json()["results"]

    assert [(one["number"], one["order_number"]) for one in waiting] == [
        (refund.number, order.number)
    ]
    assert failed == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "support/orders/{0}"),
        ("post", "support/orders/{0}/receiver"),
        ("get", "operator/refunds"),
        ("post", "operator/sandbox/deadlines"),
    ],
)
def test_the_platforms_doors_are_not_there_for_others(client_for, method, path):
    order = make_order(OrderStatus.SHIPPED)
    client = client_for(UserFactory())

    answer = getattr(client, method)(f"{BASE}/{path.format(order.number)}")

    assert answer.status_code == 404
    assert AuditEntry.objects.count() == 0


# --- notices --------------------------------------------------------------------------------------


def notice():
    payment = started_payment(placed_group())
    bank.open_payment(number=payment.number, amount=payment.amount, currency="CNY")
    return bank.notice(bank.pay(number=payment.number, at=now()), at=now())


def deliver(client, signed, gateway="sandbox", **changes):
    return client.generic(
        "POST",
        f"{BASE}/notices/{gateway}",
        changes.pop("body", signed.body),
        content_type=changes.pop("content_type", "application/json"),
        headers=signed.headers | changes,
    )


def test_a_signed_notice_is_answered_with_success_each_time(anonymous_client):
    signed = notice()

    first, again = (deliver(anonymous_client, signed) for _ in range(2))

    assert (first.status_code, first.json()) == (200, {"outcome": "applied"})
    assert (again.status_code, again.json()) == (200, {"outcome": "repeated"})
    assert Order.objects.get().status == OrderStatus.TO_SHIP


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "", "a/b; charset=x"])
def test_the_raw_bytes_count_and_not_what_they_are_called(anonymous_client, content_type):
    assert deliver(anonymous_client, notice(), content_type=content_type).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"body": b"{}"},
        {"body": b""},
        {"body": b"\x00\xff"},
        {"X-Sandbox-Signature": ""},
        {"X-Sandbox-Signature": "0" * 64},
        {"X-Sandbox-Timestamp": "0"},
    ],
)
def test_a_forgery_is_401_and_leaves_no_trace(anonymous_client, changes):
    answer = deliver(anonymous_client, notice(), **changes)

    assert (answer.status_code, answer.json()["code"]) == (401, "notice_unverified")
    assert (GatewayNotice.objects.count(), Order.objects.get().status) == (0, "unpaid")


def test_a_signed_notice_that_is_not_ours_is_422_and_kept(anonymous_client):
    signed = notice()
    content = json.dumps(json.loads(signed.body) | {"merchant": "another"}).encode()
    timestamp = str(int(now().timestamp()))
    from orders.services.gateways.sandbox.signing import sign

    answer = deliver(
        anonymous_client,
        signed,
        body=content,
        **{"X-Sandbox-Timestamp": timestamp, "X-Sandbox-Signature": sign(timestamp, content)},
    )

    assert (answer.status_code, answer.json()["reason"]) == (422, "merchant")
    assert GatewayNotice.objects.get().refusal == "merchant"
    assert Order.objects.get().status == OrderStatus.UNPAID


def test_a_notice_of_a_megabyte_is_413(anonymous_client):
    answer = deliver(anonymous_client, notice(), body=b"x" * 100_000)

    assert answer.status_code == 413


def test_an_unknown_gateway_is_400(anonymous_client):
    assert deliver(anonymous_client, notice(), gateway="nobody").status_code == 400


def test_a_notice_is_posted(anonymous_client):
    assert anonymous_client.get(f"{BASE}/notices/sandbox").status_code == 405

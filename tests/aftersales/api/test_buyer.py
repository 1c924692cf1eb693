"""The buyer's door."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aftersales.enums import CaseKind
from aftersales.models import NegotiationRecord, RefundCase
from orders.enums import OrderStatus
from tests.factories.accounts import UserFactory
from tests.factories.aftersales import (
    await_return_case,
    closed_case,
    open_case,
    refunding_case,
    rejected_case,
    requested_case,
)
from tests.factories.orders import make_order

pytestmark = pytest.mark.django_db


def body_for(order, **changes):
    """Return the body of a request for one unshipped piece."""
    return {
        "order_number": order.number,
        "position": 1,
        "kind": "refund_unshipped",
        "quantity": 1,
        "reason": "no_longer_wanted",
    } | changes


def test_options_say_what_is_possible_and_who_sold_it(as_buyer, get):
    order = make_order(OrderStatus.TO_SHIP, quantity=2, price=1_000, freight=800)

    answer = get(as_buyer(order), f"lines/{order.number}/1/options")

    assert answer.status_code == 200
    body = answer.json()
    assert (body["refusal"], body["detail"], body["guarantees"]) == (None, "", [])
    assert body["kinds"] == [
        {
            "kind": "refund_unshipped",
            "max_quantity": 2,
            "max_amount": {"amount": 2_800, "currency": "CNY"},
            "reasons": ["no_longer_wanted", "late", "other"],
        }
    ]
    assert body["identity"]["storefront"]["shop"]["id"] == order.shop.public_id


def test_options_of_an_unpaid_order_say_why_not(as_buyer, get):
    order = make_order(OrderStatus.UNPAID)

    body = get(as_buyer(order), f"lines/{order.number}/1/options").json()

    assert (body["refusal"], body["detail"], body["kinds"]) == (
        "unpaid",
        "The order is not paid.",
        [],
    )


@pytest.mark.parametrize("position", ["0", "2", "-1", "x", "١", "99999", "999999999999"])
def test_a_line_that_is_not_there_is_not_found(position, as_buyer, get):
    order = make_order(OrderStatus.TO_SHIP)

    assert get(as_buyer(order), f"lines/{order.number}/{position}/options").status_code == 404


def test_the_calculator_answers_and_changes_nothing(as_buyer, send):
    order = make_order(OrderStatus.TO_SHIP, quantity=3, price=333, freight=100)

    answer = send(as_buyer(order), "calculations", body_for(order, quantity=3))

    assert answer.status_code == 200
    assert {name: answer.json()[name]["amount"] for name in ("goods_amount", "freight_amount")} == {
        "goods_amount": 999,
        "freight_amount": 100,
    }
    assert RefundCase.objects.count() == 0


def test_the_calculator_still_answers_for_a_rejected_case(as_buyer, send):
    case = rejected_case()
    body = body_for(case.order, kind="refund_shipped", reason="quality")

    assert send(as_buyer(case), "calculations", body).json()["amount"]["amount"] == 5_000


def test_opening_a_case_shows_it_whole(as_buyer, send):
    order = make_order(OrderStatus.TO_SHIP, quantity=2, price=1_000)
    images = ["https://img.example.com/a.png"]

    answer = send(as_buyer(order), "cases", body_for(order, description="Oops.", image_urls=images))

    assert answer.status_code == 201
    body = answer.json()
    case = RefundCase.objects.get()
    assert (body["number"], body["status"], body["version"]) == (case.number, "requested", 1)
    assert body["amount"] == {"amount": 1_000, "currency": "CNY"}
    assert (body["next_actor"], body["overdue_action"]) == ("seller", "approve")
    assert body["due_at"].endswith("Z")
    assert body["identity"]["storefront"] == order.storefront.body
    assert body["acts"] == ["message", "withdraw", "escalate"]
    assert [(record["role"], record["action"], record["text"]) for record in body["records"]] == [
        ("buyer", "requested", "Oops.")
    ]
    assert body["records"][0]["image_urls"] == images


def test_one_key_opens_one_case(as_buyer, send):
    order = make_order(OrderStatus.TO_SHIP)
    client = as_buyer(order)

    first = send(client, "cases", body_for(order), key="once")
    again = send(client, "cases", body_for(order), key="once")
    other = send(client, "cases", body_for(order, reason="late"), key="once")

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert RefundCase.objects.count() == 1


def test_a_case_needs_a_key(as_buyer):
    order = make_order(OrderStatus.TO_SHIP)

    answer = as_buyer(order).post("/api/v1/aftersales/cases", body_for(order), format="json")

    assert (answer.status_code, RefundCase.objects.count()) == (400, 0)


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"quantity": 2}, 409, "quantity_exceeded"),
        ({"quantity": 0}, 400, "invalid"),
        ({"quantity": -1}, 400, "invalid"),
        ({"quantity": True}, 400, "invalid"),
        ({"amount": 5_001}, 409, "amount_exceeded"),
        ({"amount": 0}, 400, "invalid"),
        ({"amount": 10**18}, 400, "invalid"),
        ({"kind": "exchange"}, 400, "invalid"),
        ({"kind": "refund_shipped"}, 409, "kind_not_allowed"),
        ({"reason": "damaged"}, 409, "reason_not_fitting"),
        ({"is_received": "yes"}, 400, "invalid"),
        ({"image_urls": ["javascript:alert(1)"]}, 400, "invalid"),
        ({"image_urls": ["https://img.example.com/1.png"] * 9}, 400, "invalid"),
        ({"freight_amount": 1}, 400, "invalid"),
        ({"description": "x" * 501}, 400, "invalid"),
        ({"position": 2}, 404, "not_found"),
        ({"order_number": "0"}, 404, "not_found"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(changes, status, code, as_buyer, send):
    order = make_order(OrderStatus.TO_SHIP)

    answer = send(as_buyer(order), "cases", body_for(order, **changes))

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert RefundCase.objects.count() == 0


def test_an_ineligible_line_says_why(as_buyer, send):
    case = requested_case(CaseKind.REFUND_UNSHIPPED)

    answer = send(as_buyer(case), "cases", body_for(case.order))

    assert (answer.status_code, answer.json()["code"], answer.json()["reason"]) == (
        409,
        "not_eligible",
        "open_case",
    )


def test_the_list_costs_the_same_for_one_and_three(client_for, get):
    buyer = UserFactory()
    client = client_for(buyer)
    counts = []

    for wanted in (1, 2):
        for _ in range(wanted):
            open_case(make_order(OrderStatus.SHIPPED, buyer=buyer))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = get(client, "cases")
        counts.append((len(answer.json()["results"]), len(queries)))

    assert [rows for rows, _queries in counts] == [1, 3]
    assert counts[0][1] == counts[1][1]


def test_the_list_carries_the_identity_block(as_buyer, get):
    case = requested_case()

    (row,) = get(as_buyer(case), "cases").json()["results"]

    assert row["identity"]["storefront"] == case.order.storefront.body


def test_a_buyer_goes_the_whole_way_back(as_buyer, get, send):
    case = await_return_case()
    client = as_buyer(case)
    shown = get(client, f"cases/{case.number}").json()

    answer = send(
        client,
        f"cases/{case.number}/ship-back",
        {"carrier_code": "shunfeng", "tracking_number": "SF1"},
    )

    assert shown["return_address"]["city"] == "杭州市"
    assert shown["acts"] == ["message", "withdraw", "escalate", "ship-back"]
    assert (answer.status_code, answer.json()["status"]) == (200, "returned")
    assert answer.json()["return_parcel"]["tracking_number"] == "SF1"


def test_a_rejected_buyer_edits_and_calls_support(as_buyer, send):
    case = rejected_case()
    client = as_buyer(case)
    body = {"kind": "refund_shipped", "quantity": 1, "reason": "quality", "amount": 100}

    edited = send(client, f"cases/{case.number}/edit", body)
    called = send(client, f"cases/{case.number}/escalate", {"text": "Please help."})

    assert (edited.status_code, edited.json()["status"]) == (200, "requested")
    assert edited.json()["amount"]["amount"] == 100
    assert (called.status_code, called.json()["arbitration_status"]) == (200, "judging")


def test_a_withdrawn_case_is_closed_and_silent(as_buyer, send):
    case = requested_case()
    client = as_buyer(case)

    withdrawn = send(client, f"cases/{case.number}/withdraw")
    said = send(client, f"cases/{case.number}/message", {"text": "Hello?"})

    assert (withdrawn.status_code, withdrawn.json()["status"]) == (200, "closed")
    assert withdrawn.json()["acts"] == []
    assert (said.status_code, said.json()["code"]) == (409, "case_ended")


def test_the_money_is_shown_apart_from_the_case(as_buyer, get):
    case = refunding_case()

    body = get(as_buyer(case), f"cases/{case.number}").json()

    assert (body["status"], body["refund"]["status"]) == ("refunding", "waiting")


def test_staff_names_stay_on_their_side(as_buyer, as_shop, get):
    case = refunding_case()

    seen = get(as_buyer(case), f"cases/{case.number}").json()["records"]
    own = get(as_shop(case.shop), f"shops/{case.shop.public_id}/cases/{case.number}").json()

    assert [(one["role"], one["by"]) for one in seen] == [("buyer", ""), ("merchant", "")]
    assert own["records"][1]["by"] != ""


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("withdraw", {}),
        ("edit", {"kind": "refund_shipped", "quantity": 1, "reason": "other"}),
        ("ship-back", {"carrier_code": "shunfeng", "tracking_number": "SF1"}),
        ("escalate", {"text": "Mine!"}),
        ("message", {"text": "Mine!"}),
    ],
)
def test_a_foreign_case_is_not_there(path, body, client_for, get, send, stored):
    case = rejected_case()
    stranger = client_for(UserFactory())
    before, entries = stored(case), NegotiationRecord.objects.count()

    answers = [
        send(stranger, f"cases/{case.number}/{path}", body),
        send(stranger, f"cases/A0000000000000000/{path}", body),
        get(stranger, f"cases/{case.number}"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert answers[0].json()["code"] == answers[1].json()["code"] == "not_found"
    assert (stored(case), NegotiationRecord.objects.count()) == (before, entries)


def test_without_a_token_nothing_is_shown(anonymous_client, get):
    case = closed_case()

    assert get(anonymous_client, f"cases/{case.number}").status_code == 401

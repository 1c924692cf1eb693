"""The shop's door."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aftersales.enums import CaseKind
from aftersales.models import RefundCase
from orders.enums import OrderStatus
from orders.models import Package, Refund
from shops.enums import StaffRole
from tests.factories.aftersales import (
    closed_case,
    judged_case,
    refunding_case,
    requested_case,
    returned_case,
)
from tests.factories.shops import ShopFactory

pytestmark = pytest.mark.django_db


def place(case, act=""):
    """Return the shop's address of a case."""
    return f"shops/{case.shop.public_id}/cases/{case.number}{'/' + act if act else ''}"


def test_the_nearest_deadline_comes_first(as_shop, get):
    shop = ShopFactory()
    later = requested_case(CaseKind.RETURN_AND_REFUND, order_shop=shop)  # 48 hours
    sooner = requested_case(CaseKind.REFUND_UNSHIPPED, order_shop=shop)  # 24 hours
    closed_case(order_shop=shop)
    refunding_case(order_shop=shop)

    rows = get(as_shop(shop), f"shops/{shop.public_id}/cases").json()["results"]

    assert [row["number"] for row in rows] == [sooner.number, later.number]


@pytest.mark.parametrize(
    ("query", "make"),
    [
        ("?queue=ended", closed_case),
        ("?queue=refunding", refunding_case),
        ("?queue=arbitration", judged_case),
        ("?kind=refund_unshipped", lambda **kw: requested_case(CaseKind.REFUND_UNSHIPPED, **kw)),
    ],
)
def test_other_queues_hold_the_other_cases(query, make, as_shop, get):
    shop = ShopFactory()
    wanted = make(order_shop=shop)
    requested_case(order_shop=shop)

    rows = get(as_shop(shop), f"shops/{shop.public_id}/cases{query}").json()["results"]

    assert [row["number"] for row in rows] == [wanted.number]


def test_pages_follow_each_other_without_a_gap(as_shop, get):
    shop = ShopFactory()
    numbers = {requested_case(order_shop=shop).number for _ in range(3)}
    client, path = as_shop(shop), f"shops/{shop.public_id}/cases"

    first = get(client, f"{path}?limit=2").json()
    second = get(client, f"{path}?limit=2&cursor={first['next']}").json()

    seen = [row["number"] for row in first["results"] + second["results"]]
    assert (len(first["results"]), set(seen), len(seen)) == (2, numbers, 3)


def test_the_list_costs_the_same_for_one_and_three(as_shop, get):
    shop = ShopFactory()
    client, path = as_shop(shop), f"shops/{shop.public_id}/cases"
    counts = []

    for wanted in (1, 2):
        for _ in range(wanted):
            requested_case(order_shop=shop)
        with CaptureQueriesContext(connection) as queries:
            answer = get(client, path)
        counts.append((len(answer.json()["results"]), len(queries)))

    assert [rows for rows, _queries in counts] == [1, 3]
    assert counts[0][1] == counts[1][1]


def test_counters_count_what_waits(as_shop, get):
    shop = ShopFactory()
    for make in (requested_case, returned_case, judged_case, closed_case, refunding_case):
        make(order_shop=shop)

    body = get(as_shop(shop), f"shops/{shop.public_id}/cases/counters").json()

    assert body == {
        "to_decide": 1,
        "to_inspect": 1,
        "waiting_for_buyer": 0,
        "arbitration": 1,
        "near": 0,
        "overdue": 3,
        "refund_failed": 0,
    }


def test_an_approval_books_the_money_once(as_shop, send):
    case = requested_case(CaseKind.REFUND_SHIPPED)
    client = as_shop(case.shop)

    first = send(client, place(case, "approve"), {"version": 1, "remark": "Sorry."}, key="yes")
    again = send(client, place(case, "approve"), {"version": 1, "remark": "Sorry."}, key="yes")
    late = send(client, place(case, "approve"), {"version": 1}, key="another")

    assert (first.status_code, first.json()["status"]) == (200, "refunding")
    assert (again.status_code, again.json()) == (200, first.json())
    assert (late.status_code, late.json()["code"], late.json()["version"]) == (
        409,
        "stale_version",
        2,
    )
    assert Refund.objects.count() == 1


def test_a_rejection_names_what_is_missing(as_shop, send, stored):
    case = requested_case()
    before = stored(case)
    client = as_shop(case.shop)

    unproven = send(
        client, place(case, "reject"), {"version": 1, "code": "used", "remark": "Worn."}
    )
    misfit = send(
        client, place(case, "reject"), {"version": 1, "code": "shipped_already", "remark": "No."}
    )

    assert [(one.status_code, one.json()["code"]) for one in (unproven, misfit)] == [
        (400, "evidence_required"),
        (400, "reject_code_not_fitting"),
    ]
    assert unproven.json()["errors"][0]["pointer"] == "/image_urls"
    assert stored(case) == before


def test_a_return_is_received_accepted_and_over(as_shop, send):
    case = returned_case()
    client = as_shop(case.shop)

    received = send(client, place(case, "mark-received"))
    accepted = send(
        client,
        place(case, "accept-return"),
        {"version": received.json()["version"], "inspection": "sellable"},
    )

    assert received.json()["acts"] == ["message", "escalate", "accept-return", "reject-return"]
    assert (accepted.status_code, accepted.json()["status"]) == (200, "refunding")
    assert accepted.json()["return_parcel"]["inspection"] == "sellable"
    assert accepted.json()["acts"] == ["message"]


def test_a_return_is_refused_with_a_picture(as_shop, send):
    case = returned_case()

    answer = send(
        as_shop(case.shop),
        place(case, "reject-return"),
        {
            "version": case.version,
            "code": "return_empty",
            "remark": "A brick.",
            "image_urls": ["/media/brick.png"],
        },
    )

    assert (answer.status_code, answer.json()["status"]) == (200, "rejected_second")


def test_a_batch_is_answered_item_by_item(as_shop, send):
    shop = ShopFactory()
    first, second = (requested_case(CaseKind.REFUND_SHIPPED, order_shop=shop) for _ in range(2))
    items = [
        {"number": first.number, "version": 1, "decision": "approve"},
        {
            "number": second.number,
            "version": 1,
            "decision": "reject",
            "code": "used",
            "remark": "Worn.",
        },
        {"number": "A1", "version": 1, "decision": "approve"},
    ]

    answer = send(as_shop(shop), f"shops/{shop.public_id}/cases/decisions", {"decisions": items})

    assert answer.status_code == 200
    assert [
        (row["number"], row["status"], row["version"], row["error"] and row["error"]["code"])
        for row in answer.json()["results"]
    ] == [
        (first.number, "refunding", 2, None),
        (second.number, None, None, "evidence_required"),
        ("A1", None, None, "not_found"),
    ]


@pytest.mark.parametrize(
    "items",
    [
        [],
        [{"number": "A1", "version": 1, "decision": "approve"}] * 21,
        [{"number": "A1", "version": 1, "decision": "reject"}],
        [{"number": "A1", "version": 1, "decision": "maybe"}],
        [{"number": "A1", "decision": "approve"}],
    ],
)
def test_a_batch_that_is_none_is_refused_whole(items, as_shop, send):
    shop = ShopFactory()

    answer = send(as_shop(shop), f"shops/{shop.public_id}/cases/decisions", {"decisions": items})

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_those_who_only_read_do_not_decide(as_shop, send, get, stored):
    case = requested_case()
    reader = as_shop(case.shop, StaffRole.READ_ONLY)
    before = stored(case)

    assert get(reader, place(case)).json()["acts"] == []
    answer = send(reader, place(case, "approve"), {"version": 1})

    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert stored(case) == before


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("approve", {"version": 1}),
        ("reject", {"version": 1, "code": "agreed_otherwise", "remark": "No."}),
        ("mark-received", {}),
        ("accept-return", {"version": 1, "inspection": "sellable"}),
        ("reject-return", {"version": 1, "code": "agreed_otherwise", "remark": "No."}),
        ("inspect", {"inspection": "sellable"}),
        ("escalate", {"text": "Look."}),
        ("message", {"text": "Hello."}),
    ],
)
def test_another_shops_case_is_not_there(act, body, as_shop, send, get, stored):
    case = requested_case()
    other = ShopFactory()
    client = as_shop(other)
    before = stored(case)

    under_own_name = send(client, f"shops/{other.public_id}/cases/{case.number}/{act}", body)
    under_theirs = send(client, place(case, act), body)
    shown = get(client, f"shops/{other.public_id}/cases/{case.number}")

    assert [one.status_code for one in (under_own_name, under_theirs, shown)] == [404, 404, 404]
    assert stored(case) == before
    assert get(client, f"shops/{other.public_id}/cases").json()["results"] == []


def test_a_message_reaches_the_buyer(as_shop, as_buyer, send, get):
    case = requested_case()

    send(as_shop(case.shop), place(case, "message"), {"text": "A photo, please?"})

    records = get(as_buyer(case), f"cases/{case.number}").json()["records"]
    assert [(one["role"], one["text"]) for one in records][1:] == [("merchant", "A photo, please?")]


def test_goods_paid_for_unseen_are_inspected_later(as_shop, send, support_client):
    case = returned_case()
    send(support_client, f"support/cases/{case.number}/escalate", {"text": "Taken up."})
    version = RefundCase.objects.get().version
    send(
        support_client,
        f"support/cases/{case.number}/decide",
        {"version": version, "decision": "buyer", "reason": "Seen."},
    )

    answer = send(as_shop(case.shop), place(case, "inspect"), {"inspection": "damaged"})
    again = send(as_shop(case.shop), place(case, "inspect"), {"inspection": "sellable"})

    assert (answer.status_code, answer.json()["return_parcel"]["inspection"]) == (200, "damaged")
    assert (again.status_code, again.json()["code"]) == (409, "already_inspected")


SHIPPED_ANYWAY = {
    "version": 1,
    "code": "agreed_otherwise",
    "remark": "It is packed already.",
    "carrier": "shunfeng",
    "tracking_number": "SF1300001",
}


def test_rejecting_and_shipping_is_one_act_and_the_same_key_is_the_same_parcel(as_shop, send):
    case = requested_case(CaseKind.REFUND_UNSHIPPED)
    manager = as_shop(case.shop, StaffRole.MANAGER)

    answers = [
        send(manager, place(case, "reject-and-ship"), SHIPPED_ANYWAY, key="anyway")
        for _ in range(2)
    ]

    case.order.refresh_from_db()
    assert [answer.json()["status"] for answer in answers] == ["rejected_first"] * 2
    assert (case.order.status, Package.objects.count()) == (OrderStatus.SHIPPED, 1)


@pytest.mark.parametrize("role", [StaffRole.AFTERSALES_AGENT, StaffRole.ORDER_CLERK])
def test_who_may_do_one_of_the_two_alone_does_neither(role, as_shop, send, stored):
    case = requested_case(CaseKind.REFUND_UNSHIPPED)
    before = stored(case)

    answer = send(as_shop(case.shop, role), place(case, "reject-and-ship"), SHIPPED_ANYWAY)

    assert (answer.status_code, stored(case)) == (403, before)
    assert Package.objects.count() == 0

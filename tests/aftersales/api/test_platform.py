"""The doors of support and operators."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aftersales.services import previews
from orders.models import Refund
from tests.factories.aftersales import closed_case, judged_case, requested_case

pytestmark = pytest.mark.django_db


def test_support_sees_cases_of_all_shops_by_deadline(support_client, get):
    waiting, judged = requested_case(), judged_case()
    closed_case()

    everything = get(support_client, "support/cases").json()["results"]
    theirs = get(support_client, "support/cases?queue=arbitration").json()["results"]

    assert [row["number"] for row in everything] == [waiting.number, judged.number]
    assert [row["number"] for row in theirs] == [judged.number]


def test_the_list_costs_the_same_for_one_and_three(support_client, get):
    counts = []

    for wanted in (1, 2):
        for _ in range(wanted):
            requested_case()
        with CaptureQueriesContext(connection) as queries:
            answer = get(support_client, "support/cases")
        counts.append((len(answer.json()["results"]), len(queries)))

    assert [rows for rows, _queries in counts] == [1, 3]
    assert counts[0][1] == counts[1][1]


def test_counters_are_over_all_shops(support_client, get):
    requested_case()
    judged_case()

    body = get(support_client, "support/counters").json()

    assert (body["to_decide"], body["arbitration"]) == (1, 1)


def test_a_case_shows_who_would_pay_what(support_client, get, monkeypatch):
    monkeypatch.setattr(previews, "_providers", [])
    previews.register(lambda case: [("Shop", case.amount - 500), ("Creator", 500)])
    case = judged_case()

    body = get(support_client, f"support/cases/{case.number}").json()

    assert body["preview"] == {
        "amount": {"amount": 5_000, "currency": "CNY"},
        "bearers": [
            {"bearer": "Shop", "amount": {"amount": 4_500, "currency": "CNY"}},
            {"bearer": "Creator", "amount": {"amount": 500, "currency": "CNY"}},
        ],
    }
    assert body["acts"] == ["note", "message", "decide"]


@pytest.mark.parametrize(
    ("decision", "status", "refunds"), [("buyer", "refunding", 1), ("shop", "closed", 0)]
)
def test_support_decides_for_one_side(decision, status, refunds, support_client, send):
    case = judged_case()
    body = {"version": case.version, "decision": decision, "reason": "The pictures show it."}

    answer = send(support_client, f"support/cases/{case.number}/decide", body)

    assert (answer.status_code, answer.json()["status"]) == (200, status)
    assert Refund.objects.count() == refunds


def test_a_note_is_for_support_alone(support_client, send, get, as_buyer, as_shop):
    case = judged_case()

    noted = send(support_client, f"support/cases/{case.number}/note", {"text": "Check photos."})
    buyer = get(as_buyer(case), f"cases/{case.number}")
    shop = get(as_shop(case.shop), f"shops/{case.shop.public_id}/cases/{case.number}")

    assert (noted.status_code, noted.json()["records"][-1]["is_internal"]) == (201, True)
    assert b"Check photos." in noted.content
    assert b"Check photos." not in buyer.content + shop.content


@pytest.mark.parametrize("path", ["support/cases", "support/counters"])
def test_support_is_a_role(path, client_for, get):
    case = judged_case()

    assert get(client_for(case.buyer), path).status_code == 404


def test_in_a_sandbox_operators_pass_the_time(operator_client, send, settings):
    settings.HAODIAN_SANDBOX = True
    case = requested_case()

    answer = send(operator_client, "operator/sandbox/deadlines", {"case": case.number})

    was = case.due_at
    case.refresh_from_db()
    assert (answer.status_code, answer.json()["number"]) == (200, case.number)
    assert case.due_at > was  # orders of tests are old: now is later


def test_time_passes_by_itself_outside_a_sandbox(operator_client, send, settings, stored):
    settings.HAODIAN_SANDBOX = False
    case = requested_case()
    before = stored(case)

    answer = send(operator_client, "operator/sandbox/deadlines", {"case": case.number})

    assert (answer.status_code, stored(case)) == (404, before)

"""Cases in the consoles of support and operators."""

import pytest
from django.urls import reverse

from aftersales.enums import ArbitrationStatus, CaseStatus
from aftersales.models import RefundCase
from aftersales.services import previews, records
from orders.models import Refund
from tests.factories.aftersales import (
    OPENED_AT,
    SUPPORT,
    judged_case,
    refunding_case,
    requested_case,
    returned_case,
)

pytestmark = pytest.mark.django_db


def address(site, what, case, *more):
    """Return an address of the case in a console."""
    return reverse(f"{site}:aftersales_refundcase_{what}", args=[case.number, *more])


def test_the_list_shows_all_shops_and_finds_by_number(support_desk):
    first, second = requested_case(), judged_case()

    everything = support_desk.get("/support/aftersales/refundcase/")
    found = support_desk.get(f"/support/aftersales/refundcase/?q={second.order.number}")

    assert (first.number in everything.text, second.number in everything.text) == (True, True)
    assert (first.number in found.text, second.number in found.text) == (False, True)
    assert first.shop.name in everything.text


def test_the_page_shows_notes_history_and_who_would_pay_what(support_desk, monkeypatch):
    monkeypatch.setattr(previews, "_providers", [])
    previews.register(lambda case: [("Shop share", case.amount - 500), ("Creator share", 500)])
    case = judged_case()
    records.note(case_id=case.pk, text="Watch this one.", at=OPENED_AT, actor=SUPPORT)

    answer = support_desk.get(address("support", "change", case))

    assert answer.status_code == 200
    for told in ("Watch this one.", "This buyer", "Who pays what", "Shop share", "¥45.00"):
        assert told in answer.text
    assert [one["percent"] for one in answer.context["preview"]["bearers"]] == [90, 10]
    assert "They do not listen." in answer.text


@pytest.mark.parametrize(
    ("act", "status", "refunds"),
    [("decide-for-buyer", CaseStatus.REFUNDING, 1), ("decide-for-shop", CaseStatus.CLOSED, 0)],
)
def test_support_decides(act, status, refunds, support_desk):
    case = judged_case()
    url = address("support", "do", case, act)
    shown = support_desk.get(url)

    answer = support_desk.post(url, {"version": str(case.version), "reason": "Seen."})

    case.refresh_from_db()
    assert (shown.status_code, answer.status_code) == (200, 302)
    assert (case.status, Refund.objects.count()) == (status, refunds)


def test_support_takes_a_case_up_and_notes(support_desk):
    case = requested_case()

    taken = support_desk.post(address("support", "do", case, "escalate"), {"text": "Ours now."})
    noted = support_desk.post(address("support", "do", case, "note"), {"text": "Check stock."})

    case.refresh_from_db()
    assert (taken.status_code, noted.status_code) == (302, 302)
    assert case.arbitration_status == ArbitrationStatus.JUDGING
    assert case.records.filter(is_internal=True).count() == 1


@pytest.mark.parametrize("make", [requested_case, returned_case, refunding_case])
def test_every_page_opens(make, support_desk, operator_desk):
    case = make()

    answers = [
        support_desk.get(address("support", "change", case)),
        operator_desk.get(address("operator", "change", case)),
    ]

    assert [answer.status_code for answer in answers] == [200, 200]


def test_the_workbench_counts(support_desk):
    requested_case()
    judged_case()

    cards = support_desk.get("/support/").context["page"].cards

    assert {str(card.title): card.value for card in cards} == {
        "With support": 1,
        "Overdue": 2,
        "Deadline near": 0,
        "Shops have to decide": 1,
        "Returns to be checked": 0,
        "Waiting for buyers": 0,
        "Refunds that failed": 0,
    }


def test_the_support_console_is_for_support(operator_desk):
    answer = operator_desk.get("/support/aftersales/refundcase/")

    assert (answer.status_code, answer["Location"].startswith("/support/login/")) == (302, True)


def test_operators_pass_the_time_in_a_sandbox(operator_desk, settings):
    settings.HAODIAN_SANDBOX = True
    case = requested_case()

    answer = operator_desk.post(address("operator", "do", case, "bring-forward"))

    assert (answer.status_code, RefundCase.objects.get().due_at > case.due_at) == (302, True)


def test_outside_a_sandbox_they_are_not_offered_it(operator_desk, settings, stored):
    settings.HAODIAN_SANDBOX = False
    case = requested_case()
    before = stored(case)
    url = address("operator", "do", case, "bring-forward")

    shown = operator_desk.get(address("operator", "change", case))
    answer = operator_desk.post(url)

    assert (url in shown.text, answer.status_code) == (False, 404)
    assert stored(case) == before

"""Cases in the merchant console."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aftersales.enums import CaseKind, CaseStatus
from aftersales.services import records
from orders.enums import OrderStatus
from orders.models import Package, Refund
from shops.enums import GuaranteeKind, StaffRole
from tests.factories.aftersales import (
    OPENED_AT,
    SUPPORT,
    closed_case,
    judged_case,
    open_case,
    requested_case,
    returned_case,
)
from tests.factories.orders import make_order, snapshot
from tests.factories.shops import ShopFactory

pytestmark = pytest.mark.django_db
LIST = "/merchant/aftersales/refundcase/"


def page(case):
    """Return the address of the case's page."""
    return reverse("merchant:aftersales_refundcase_change", args=[case.number])


def do(case, act):
    """Return the address of an act."""
    return reverse("merchant:aftersales_refundcase_do", args=[case.number, act])


def test_the_list_shows_what_waits_and_hides_what_ended(shop_desk):
    shop = ShopFactory()
    waiting, over = requested_case(order_shop=shop), closed_case(order_shop=shop)
    desk = shop_desk(shop)

    default, ended = desk.get(LIST), desk.get(f"{LIST}?queue=ended")

    assert (default.status_code, ended.status_code) == (200, 200)
    assert (waiting.number in default.text, over.number in default.text) == (True, False)
    assert (waiting.number in ended.text, over.number in ended.text) == (False, True)
    assert "late" in default.text


def test_the_list_costs_the_same_for_one_and_three(shop_desk):
    shop = ShopFactory()
    desk = shop_desk(shop)
    counts = []

    for wanted in (1, 2):
        for _ in range(wanted):
            requested_case(order_shop=shop)
        desk.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            desk.get(LIST)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_the_page_tells_the_case_whole(shop_desk):
    case = returned_case(description="Too small.", order_freight=800)
    records.note(case_id=case.pk, text="Watch this one.", at=OPENED_AT, actor=SUPPORT)

    answer = shop_desk(case.shop).get(page(case))

    assert answer.status_code == 200
    for told in (
        case.line.title,
        "¥50.00",
        case.order.number,
        case.shop.name,
        "Too small.",
        "Sent the goods back",
        "SF0001",
        "网商路 599 号",
        "Then the money goes back by itself.",
    ):
        assert told in answer.text
    for withheld in ("Watch this one.", "Who pays what", "This buyer", "13800001234"):
        assert withheld not in answer.text


def test_an_approval_is_one_form_and_one_refund(shop_desk):
    case = requested_case(CaseKind.REFUND_SHIPPED)
    desk = shop_desk(case.shop)
    form = desk.get(do(case, "approve"))

    answer = desk.post(do(case, "approve"), {"version": "1", "remark": "Sorry."}, follow=True)

    case.refresh_from_db()
    assert (form.status_code, answer.status_code) == (200, 200)
    assert "The request was approved." in answer.text
    assert (case.status, Refund.objects.count()) == (CaseStatus.REFUNDING, 1)


def test_a_decision_on_an_old_page_is_refused_on_the_form(shop_desk, stored):
    case = judged_case()
    before = stored(case)

    answer = shop_desk(case.shop).post(do(case, "approve"), {"version": "1"})

    assert answer.status_code == 422
    assert "This was changed in the meantime." in answer.text
    assert stored(case) == before


def test_a_rejection_without_its_picture_says_so_at_the_field(shop_desk, stored):
    case = requested_case()
    before = stored(case)

    answer = shop_desk(case.shop).post(
        do(case, "reject"), {"version": "1", "code": "used", "remark": "Worn.", "image_urls": ""}
    )

    assert answer.status_code == 422
    assert "This rejection code needs a picture as evidence." in answer.text
    assert stored(case) == before


@pytest.mark.parametrize("images", ["javascript:alert(1)", "\n".join(["/a.png"] * 9)])
def test_pictures_are_addresses_and_not_too_many(images, shop_desk, stored):
    case = requested_case()
    before = stored(case)

    answer = shop_desk(case.shop).post(
        do(case, "reject"),
        {"version": "1", "code": "used", "remark": "Worn.", "image_urls": images},
    )

    assert (answer.status_code, stored(case)) == (422, before)


@pytest.mark.parametrize(
    ("make", "act", "data", "status"),
    [
        (
            requested_case,
            "reject",
            {"code": "used", "remark": "Worn.", "image_urls": "/media/a.png"},
            CaseStatus.REJECTED_FIRST,
        ),
        (returned_case, "mark-received", {}, CaseStatus.RETURNED),
        (returned_case, "accept-return", {"inspection": "sellable"}, CaseStatus.REFUNDING),
        (
            returned_case,
            "reject-return",
            {"code": "return_empty", "remark": "Empty.", "image_urls": "/media/a.png"},
            CaseStatus.REJECTED_SECOND,
        ),
        (requested_case, "message", {"text": "A photo?"}, CaseStatus.REQUESTED),
        (requested_case, "escalate", {"text": "Fraud."}, CaseStatus.REQUESTED),
    ],
)
def test_each_act_does_its_own(make, act, data, status, shop_desk):
    case = make()
    desk = shop_desk(case.shop)
    shown = desk.get(do(case, act))

    answer = desk.post(do(case, act), {"version": str(case.version), **data})

    case.refresh_from_db()
    assert (shown.status_code, answer.status_code, case.status) == (200, 302, status)


def test_only_what_fits_the_state_is_offered(shop_desk):
    case = requested_case()
    desk = shop_desk(case.shop)

    text = desk.get(page(case)).text

    offered = [act for act in ("approve", "reject", "accept-return") if do(case, act) in text]
    assert offered == ["approve", "reject"]


def test_those_who_only_read_are_offered_nothing(shop_desk, stored):
    case = requested_case()
    desk = shop_desk(case.shop, StaffRole.READ_ONLY)
    before = stored(case)

    answers = [desk.get(page(case)), desk.post(do(case, "approve"), {"version": "1"})]

    assert [answer.status_code for answer in answers] == [200, 403]
    assert do(case, "approve") not in answers[0].text
    assert stored(case) == before


def test_another_shops_case_is_not_there(shop_desk, stored):
    case = requested_case()
    desk = shop_desk(ShopFactory())
    before = stored(case)

    answers = [
        desk.get(page(case)),
        desk.get(do(case, "approve")),
        desk.post(do(case, "approve"), {"version": "1"}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert case.number not in desk.get(LIST).text
    assert stored(case) == before


def test_the_home_page_counts_what_waits(shop_desk):
    case = requested_case()
    requested_case()  # another shop's

    cards = shop_desk(case.shop).get("/merchant/").context["page"].cards

    assert [(str(card.title), card.value) for card in cards if card.order in (20, 21, 22)] == [
        ("Cases to answer within 6 hours", 1),
        ("Cases to answer today", 0),
        ("Cases to answer later", 0),
    ]


def test_or_13_the_refund_is_rejected_and_the_parcel_leaves_as_one_act(shop_desk):
    """Shipping waits for the refund, unless the shop says no to it and ships in one go.

    Page: /merchant/aftersales/refundcase/{number}/do/reject-and-ship/
    """
    case = requested_case(CaseKind.REFUND_UNSHIPPED)
    ship = reverse("merchant:orders_order_do", args=[case.order.number, "ship"])
    parcel = {"carrier": "shunfeng", "tracking_number": "SF1300001", "request_id": "anyway"}
    said = {"version": 1, "code": "agreed_otherwise", "remark": "It is packed already."}
    manager = shop_desk(case.shop, StaffRole.MANAGER)

    manager.post(ship, parcel | {"line_1": 1})  # held by the case
    agent = shop_desk(case.shop, StaffRole.AFTERSALES_AGENT)  # may refuse, may not ship
    agent.post(do(case, "reject-and-ship"), parcel | said)
    case.refresh_from_db()
    before = (case.status, Package.objects.count())
    answer = manager.post(do(case, "reject-and-ship"), parcel | said)

    case.refresh_from_db()
    case.order.refresh_from_db()
    package = Package.objects.get()
    assert before == (CaseStatus.REQUESTED, 0)
    assert (answer.status_code, case.status) == (302, CaseStatus.REJECTED_FIRST)
    assert (case.order.status, case.order.is_frozen) == (OrderStatus.SHIPPED, False)
    assert (package.order_id, package.tracking_number) == (case.order_id, "SF1300001")


def test_sh_10_a_guarantee_of_the_order_decides_what_a_shop_may_answer(shop_desk):
    """A return that a guarantee covers cannot be refused as outside the shop's policy.

    Page: /merchant/aftersales/refundcase/{number}/do/reject/
    """
    order = make_order(OrderStatus.SHIPPED)
    body = snapshot(order.shop).body
    body = body | {"shop": body["shop"] | {"guarantees": [str(GuaranteeKind.SEVEN_DAY_RETURN)]}}
    order.storefront = snapshot(order.shop, body)
    order.save(update_fields=["storefront"])
    covered, bare = open_case(order), requested_case(order_shop=order.shop)
    desk = shop_desk(order.shop)
    no = {"version": 1, "code": "not_in_policy", "remark": "No returns."}

    answers = [desk.post(do(case, "reject"), no).status_code for case in (covered, bare)]

    for case in (covered, bare):
        case.refresh_from_db()
    assert answers == [422, 302]
    assert (covered.status, bare.status) == (CaseStatus.REQUESTED, CaseStatus.REJECTED_FIRST)

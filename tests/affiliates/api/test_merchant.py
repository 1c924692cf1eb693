"""The merchant's door to the alliance."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from affiliates.models import AllianceMembership, Plan, PlanVersion
from affiliates.services import commissions
from orders.enums import OrderStatus
from shops.enums import StaffRole
from tests.factories.affiliates import MembershipFactory, PickFactory, PlanFactory
from tests.factories.catalog import product_on_sale
from tests.factories.orders import PLACED_AT, make_order
from tests.factories.shops import ShopFactory, StaffFactory, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return ShopFactory()


@pytest.fixture
def client(client_for, shop):
    return client_for(owner_of(shop))


def url(shop, path: str) -> str:
    return f"/api/v1/affiliates/shops/{shop.public_id}/{path}"


def sold(shop):
    """Return a pick of the shop with one paid order and its commission."""
    pick = PickFactory(plan=PlanFactory(product=product_on_sale(shop=shop, price=10_000)))
    order = make_order(
        OrderStatus.PAID, items=[(pick.product.skus.get(), 1)], pick_code=pick.pick_code
    )
    commissions.sync(order_ids=[order.pk], at=PLACED_AT)
    return pick, order


def test_membership_is_joined_shown_and_left(client, shop):
    assert client.get(url(shop, "membership")).status_code == 404

    joined = client.post(url(shop, "membership"))
    assert (joined.status_code, joined.json()["status"]) == (200, "joined")
    assert client.post(url(shop, "membership")).json()["code"] == "already_in_alliance"
    assert client.get(url(shop, "membership")).json()["leaves_at"] is None

    left = client.delete(url(shop, "membership")).json()
    assert left["status"] == "leaving"
    assert left["leaves_at"].endswith("T16:00:00Z")


def test_a_plan_is_opened_raised_cut_closed_and_resumed(client, shop):
    MembershipFactory(shop=shop)
    product = product_on_sale(shop=shop, price=10_000)

    made = client.post(url(shop, "plans"), {"product_id": product.public_id, "rate_bp": 1_000})
    assert made.status_code == 201
    plan = made.json()
    assert plan["rates"] == {"rate_bp": 1_000, "announced_rate_bp": None, "announced_from": None}
    assert plan["product"]["price"] == {"amount": 10_000, "currency": "CNY"}

    raised = client.post(url(shop, f"plans/{plan['id']}/rate"), {"rate_bp": 1_500}).json()
    assert raised["rates"]["rate_bp"] == 1_500
    cut = client.post(url(shop, f"plans/{plan['id']}/rate"), {"rate_bp": 1_200}).json()
    assert (cut["rates"]["rate_bp"], cut["rates"]["announced_rate_bp"]) == (1_500, 1_200)
    assert cut["rates"]["announced_from"].endswith("T16:00:00Z")

    assert client.post(url(shop, f"plans/{plan['id']}/close")).json()["status"] == "closing"
    assert client.post(url(shop, f"plans/{plan['id']}/close")).json()["code"] == "plan_closed"
    assert client.post(url(shop, f"plans/{plan['id']}/resume")).json()["status"] == "running"
    assert client.get(url(shop, f"plans/{plan['id']}")).json()["status"] == "running"
    assert len(client.get(url(shop, "plans"), {"status": "running"}).json()["results"]) == 1
    assert client.get(url(shop, "plans"), {"status": "closed"}).json()["results"] == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "invalid"),
        ({"product_id": "prd_x", "rate_bp": "1000"}, 400, "invalid"),
        ({"product_id": "prd_x", "rate_bp": True}, 400, "invalid"),
        ({"product_id": "prd_x", "rate_bp": -1}, 400, "invalid"),
        ({"product_id": "prd_x", "rate_bp": 1_000, "amount": 1}, 400, "invalid"),
        ({"product_id": "prd_x", "rate_bp": 1_000}, 404, "not_found"),
        ({"product_id": "prd\x00x", "rate_bp": 1_000}, 400, "malformed_body"),
    ],
)
def test_bad_plans_are_refused(client, shop, body, status, code):
    MembershipFactory(shop=shop)

    answer = client.post(url(shop, "plans"), body, format="json")

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert Plan.objects.count() == 0


def test_a_rate_out_of_range_names_the_range(client, shop):
    plan = PlanFactory(product=product_on_sale(shop=shop))

    answer = client.post(url(shop, f"plans/{plan.public_id}/rate"), {"rate_bp": 5_001})

    assert (answer.status_code, answer.json()["code"]) == (400, "rate_out_of_range")
    assert answer.json()["detail"] == "The rate of an open plan is 1 % to 50 %."
    assert PlanVersion.objects.count() == 1


def test_what_belongs_to_another_shop_is_not_there(client, shop):
    MembershipFactory(shop=shop)
    foreign, _order = sold(ShopFactory())
    before = (Plan.objects.values().get(), PlanVersion.objects.count())

    mine = foreign.plan.public_id
    answers = [
        client.get(url(shop, f"plans/{mine}")),
        client.post(url(shop, f"plans/{mine}/rate"), {"rate_bp": 2_000}),
        client.post(url(shop, f"plans/{mine}/close")),
        client.post(url(shop, f"plans/{mine}/resume")),
        client.post(
            url(shop, "plans"), {"product_id": foreign.product.public_id, "rate_bp": 1_000}
        ),
        client.post(url(foreign.shop, "membership")),
        client.get(url(foreign.shop, "plans")),
    ]

    assert [answer.status_code for answer in answers] == [404] * 7
    for path in ("plans", "picks", "commissions"):
        assert client.get(url(shop, path)).json()["results"] == []
    assert (Plan.objects.values().get(), PlanVersion.objects.count()) == before


def test_those_who_may_only_look_change_nothing(client_for, shop):
    plan = PlanFactory(product=product_on_sale(shop=shop))
    clerk = client_for(StaffFactory(shop=shop, role=StaffRole.READ_ONLY).user)
    stranger = client_for(StaffFactory(shop=shop, role=StaffRole.ORDER_CLERK).user)

    assert clerk.get(url(shop, "plans")).status_code == 200
    assert stranger.get(url(shop, "plans")).status_code == 403
    for answer in (
        clerk.delete(url(shop, "membership")),
        clerk.post(url(shop, f"plans/{plan.public_id}/close")),
        clerk.post(url(shop, f"plans/{plan.public_id}/rate"), {"rate_bp": 2_000}),
    ):
        assert answer.status_code == 403
    assert AllianceMembership.objects.get().status == "joined"
    assert Plan.objects.get().status == "running"


def test_picks_do_not_show_the_creators_codes(client, shop):
    pick, _order = sold(shop)

    [shown] = client.get(url(shop, "picks")).json()["results"]

    assert (shown["id"], shown["state"]) == (pick.public_id, "active")
    assert shown["creator"]["handle"] == pick.creator.account.handle
    assert pick.pick_code not in str(shown)


def test_commissions_show_what_the_shop_pays(client, shop):
    _pick, order = sold(shop)
    sold(ShopFactory())

    [shown] = client.get(url(shop, "commissions")).json()["results"]

    assert (shown["order_number"], shown["position"], shown["status"]) == (
        order.number,
        1,
        "estimated",
    )
    assert shown["amount"] == {"amount": 1_000, "currency": "CNY"}
    found = client.get(url(shop, "commissions"), {"order_number": order.number, "status": "void"})
    assert found.json()["results"] == []


@pytest.mark.parametrize("path", ["plans", "picks", "commissions"])
def test_lists_cost_the_same_for_one_and_for_three_rows(client, shop, path):
    counts = []
    for more in (1, 2):
        for _ in range(more):
            sold(shop)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url(shop, path)).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]

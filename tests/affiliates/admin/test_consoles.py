"""The alliance in the consoles."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from affiliates.admin.pages import percent
from affiliates.models import AllianceMembership, Plan, PlanVersion
from affiliates.services import commissions
from orders.enums import OrderStatus
from shops.enums import StaffRole
from tests.factories.accounts import OperatorFactory
from tests.factories.affiliates import (
    ContractFactory,
    MembershipFactory,
    PickFactory,
    PlanFactory,
)
from tests.factories.catalog import product_on_sale
from tests.factories.orders import PLACED_AT, make_order
from tests.factories.shops import ShopFactory, StaffFactory

pytestmark = pytest.mark.django_db

PAGES = ("alliancemembership", "plan", "pick", "commission")


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def shop():
    return ShopFactory()


@pytest.fixture
def desk(shop):
    return signed_in(StaffFactory(shop=shop, role=StaffRole.MANAGER).user)


def act(model, name):
    return reverse(f"merchant:affiliates_{model}_act", args=[name])


def do(plan, name):
    return reverse("merchant:affiliates_plan_do", args=[plan.public_id, name])


def listing(model, site="merchant"):
    return reverse(f"{site}:affiliates_{model}_changelist")


def plan_of(shop, **fields):
    return PlanFactory(product=product_on_sale(shop=shop), **fields)


def sold(shop):
    pick = PickFactory(plan=plan_of(shop))
    order = make_order(
        OrderStatus.PAID, items=[(pick.product.skus.get(), 1)], pick_code=pick.pick_code
    )
    commissions.sync(order_ids=[order.pk], at=PLACED_AT)
    return pick, order


@pytest.mark.parametrize(
    ("rate_bp", "text"), [(1_000, "10 %"), (1_250, "12.5 %"), (1_201, "12.01 %"), (0, "0 %")]
)
def test_rates_are_read_in_percent(rate_bp, text):
    assert percent(rate_bp) == text


def test_a_shop_joins_and_leaves(desk, shop):
    assert desk.post(act("alliancemembership", "join")).status_code == 302
    assert AllianceMembership.objects.get(shop=shop).status == "joined"

    page = desk.get(listing("alliancemembership")).text
    assert act("alliancemembership", "leave") in page
    assert act("alliancemembership", "join") not in page
    assert desk.post(act("alliancemembership", "leave")).status_code == 302
    assert AllianceMembership.objects.get(shop=shop).status == "leaving"


def test_a_plan_is_opened_with_a_rate_in_percent(desk, shop):
    MembershipFactory(shop=shop)
    product, foreign = product_on_sale(shop=shop), product_on_sale()
    taken = plan_of(shop).product

    form = desk.get(act("plan", "create")).text
    assert (product.public_id in form, taken.public_id in form, foreign.public_id in form) == (
        True,
        False,
        False,
    )
    made = desk.post(act("plan", "create"), {"product": product.public_id, "rate_bp": "12.5"})

    assert made.status_code == 302
    assert PlanVersion.objects.get(plan__product=product).rate_bp == 1_250


@pytest.mark.parametrize("rate", ["0.99", "50.01", "ten", "", "12.345"])
def test_odd_rates_are_shown_as_faults(desk, shop, rate):
    plan = plan_of(shop)

    assert desk.post(do(plan, "change-rate"), {"rate_bp": rate}).status_code == 422
    assert PlanVersion.objects.count() == 1


def test_a_product_of_another_shop_is_no_choice(desk, shop):
    MembershipFactory(shop=shop)
    foreign = product_on_sale(shop=MembershipFactory().shop)

    answer = desk.post(act("plan", "create"), {"product": foreign.public_id, "rate_bp": "10"})

    assert (answer.status_code, Plan.objects.count()) == (422, 0)
    assert foreign.title not in answer.text


def test_the_form_says_when_a_change_begins_and_the_page_when_it_was_announced(desk, shop):
    plan = plan_of(shop, rate_bp=2_000)

    form = desk.get(do(plan, "change-rate")).text
    assert "A raise begins" in form
    assert "at once" in form
    assert "00:00" in form
    answer = desk.post(do(plan, "change-rate"), {"rate_bp": "15"}, follow=True).text

    assert "The rate is 15 % from" in answer
    assert "Rates over time" in answer
    assert "15 % from" in desk.get(listing("plan")).text


def test_a_plan_is_closed_and_resumed(desk, shop):
    plan = plan_of(shop)

    assert do(plan, "resume") not in desk.get(do(plan, "close")).text
    desk.post(do(plan, "close"))
    plan.refresh_from_db()
    assert plan.status == "closing"
    desk.post(do(plan, "resume"))
    plan.refresh_from_db()
    assert plan.status == "running"


def test_another_shops_plans_are_nowhere(desk):
    pick, order = sold(ShopFactory())

    for model in PAGES:
        page = desk.get(listing(model)).text
        assert (pick.product.title in page, order.number in page) == (False, False)
    for name in ("change-rate", "close", "resume"):
        assert desk.post(do(pick.plan, name), {"rate_bp": "20"}).status_code == 404
    assert Plan.objects.get().status == "running"
    assert PlanVersion.objects.count() == 1


def test_those_who_may_only_look_are_offered_nothing(shop):
    plan = plan_of(shop)
    reader = signed_in(StaffFactory(shop=shop, role=StaffRole.READ_ONLY).user)

    assert act("plan", "create") not in reader.get(listing("plan")).text
    assert reader.post(do(plan, "close")).status_code == 403
    assert Plan.objects.get().status == "running"


@pytest.mark.parametrize("model", PAGES)
def test_lists_cost_the_same_for_one_and_for_three_rows(desk, shop, model):
    counts = []
    for more in (1, 2):
        for _ in range(more):
            sold(shop)
        desk.get(listing(model))
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(listing(model)).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_operators_see_all_shops():
    desk = signed_in(OperatorFactory())
    (first, order), (second, _order) = sold(ShopFactory()), sold(ShopFactory())
    contract = ContractFactory()

    plans = desk.get(listing("plan", "operator")).text
    assert (first.shop.name in plans, second.shop.name in plans) == (True, True)
    assert order.number in desk.get(listing("commission", "operator")).text
    contracts = desk.get(listing("agencycontract", "operator")).text
    assert (contract.agency.name in contracts, "20 %" in contracts) == (True, True)
    page = reverse("operator:affiliates_plan_change", args=[first.plan.public_id])
    assert desk.get(page).status_code == 200
    page = reverse("operator:affiliates_agencycontract_change", args=[contract.public_id])
    assert desk.get(page).status_code == 200

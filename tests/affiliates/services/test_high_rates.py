"""A commission rate above the limit takes two persons of the shop."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from affiliates import selectors
from affiliates.errors import PlanClosed, RateNeedsTwo, RateOutOfRange
from affiliates.models import Plan, PlanVersion
from affiliates.services import plans
from shops.enums import StaffRole
from shops.models import Approval
from shops.services import approvals
from tests.affiliates.services.test_plans import AT, MIDNIGHT
from tests.factories.affiliates import MembershipFactory, PlanFactory
from tests.factories.catalog import product_on_sale
from tests.factories.shops import StaffFactory, actor_of, owner_of

pytestmark = pytest.mark.django_db


def rate_of(plan: Plan) -> int:
    return selectors.rates([plan.pk], at=AT)[plan.pk].rate_bp


def set_rate(plan: Plan, rate_bp: int) -> PlanVersion | Approval:
    return plans.set_rate(plan=plan, rate_bp=rate_bp, at=AT, actor=actor_of(plan.shop))


def test_a_rate_at_the_limit_is_one_persons() -> None:
    plan = PlanFactory()

    assert isinstance(set_rate(plan, 3_000), PlanVersion)
    assert rate_of(plan) == 3_000


def test_a_raise_above_it_waits_and_begins_when_it_is_approved() -> None:
    plan = PlanFactory()
    finance = actor_of(plan.shop, StaffRole.FINANCE)

    asked = set_rate(plan, 3_001)

    assert isinstance(asked, Approval)
    assert (rate_of(plan), asked.takes_effect_at) == (1_000, None)
    approvals.approve(approval=asked, at=AT, actor=finance)
    assert rate_of(plan) == 3_001


def test_a_cut_that_stays_above_it_is_one_persons() -> None:
    plan = PlanFactory(rate_bp=5_000)

    done = set_rate(plan, 4_000)

    assert isinstance(done, PlanVersion)
    assert done.effective_from == MIDNIGHT


def test_an_owner_alone_waits_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = PlanFactory()
    asked = set_rate(plan, 4_000)
    assert isinstance(asked, Approval)
    assert asked.takes_effect_at == AT + timedelta(hours=24)

    monkeypatch.setattr(approvals, "Now", lambda: AT + timedelta(hours=24))
    approvals.finish_due(at=AT)

    assert rate_of(plan) == 4_000


def test_no_plan_is_opened_above_it() -> None:
    product = product_on_sale()
    MembershipFactory(shop=product.shop)

    with pytest.raises(RateNeedsTwo) as refusal:
        plans.create(product=product, rate_bp=3_001, at=AT, actor=actor_of(product.shop))

    assert refusal.value.extra == {"limit_bp": 3_000}
    assert not Plan.objects.exists()


@pytest.mark.parametrize(
    ("status", "rate_bp", "refusal"),
    [("closed", 4_000, PlanClosed), ("running", 5_001, RateOutOfRange)],
)
def test_what_could_not_be_done_is_not_asked_for(
    status: str, rate_bp: int, refusal: type[Exception]
) -> None:
    plan = PlanFactory(status=status)

    with pytest.raises(refusal):
        set_rate(plan, rate_bp)

    assert not Approval.objects.exists()


def test_sh_17_a_high_commission_rate_is_approved_by_a_second_person(client_for: Any) -> None:
    """The call answers with the request and the old rate; finance approves it in the console.

    API: POST /api/v1/affiliates/shops/{shop_id}/plans/{plan_id}/rate
    """
    plan = PlanFactory()
    shop, finance = plan.shop, StaffFactory(shop=plan.shop, role=StaffRole.FINANCE).user
    path = f"/api/v1/affiliates/shops/{shop.public_id}/plans/{plan.public_id}/rate"

    answer = client_for(owner_of(shop)).post(path, {"rate_bp": 4_500})

    assert (answer.status_code, answer.json()["rates"]["rate_bp"]) == (200, 1_000)
    asked = answer.json()["approval"]["id"]
    client = Client()
    client.force_login(finance, backend="django.contrib.auth.backends.ModelBackend")
    page = f"/merchant/shops/approval/{asked}/do/approve/"
    shown = client.get(page).content.decode()
    assert ("10.00 %" in shown, "45.00 %" in shown) == (True, True)
    client.post(page)
    assert (
        plans.selectors.rates([plan.pk], at=Approval.objects.get().decided_at)[plan.pk].rate_bp
        == 4_500
    )

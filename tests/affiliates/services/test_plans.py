"""Membership and plans: what begins now, what tomorrow, and what is refused."""

from datetime import UTC, datetime, timedelta

import pytest

from affiliates import selectors
from affiliates.enums import MembershipStatus, PlanStatus
from affiliates.errors import (
    AlreadyInAlliance,
    CutTooSmall,
    PlanClosed,
    PlanExists,
    ProductOffShelf,
    RateOutOfRange,
    RatesAboveCap,
    RateUnchanged,
    ShopNotInAlliance,
    ShopNotOpen,
)
from affiliates.models import AllianceMembership, Plan, PlanVersion
from affiliates.policies import next_day
from affiliates.selectors import Rates
from affiliates.services import memberships, plans
from kernel.errors import DomainError
from kernel.models import AuditEntry, StatusChange
from settlements.models import FeeRate
from tests.factories.affiliates import MembershipFactory, PlanFactory
from tests.factories.catalog import DraftProductFactory, product_on_sale
from tests.factories.shops import PreparingShopFactory, ShopFactory, actor_of

pytestmark = pytest.mark.django_db

#: 15:30 in China; the next day there begins at MIDNIGHT.
AT = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
MIDNIGHT = datetime(2026, 3, 1, 16, tzinfo=UTC)


def rates_of(plan: Plan, at: datetime = AT) -> Rates:
    return selectors.rates([plan.pk], at=at)[plan.pk]


def change(plan: Plan, rate_bp: int, at: datetime = AT) -> PlanVersion:
    return plans.change_rate(plan=plan, rate_bp=rate_bp, at=at, actor=actor_of(plan.shop))


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (AT, MIDNIGHT),
        (MIDNIGHT - timedelta(microseconds=1), MIDNIGHT),
        (MIDNIGHT, MIDNIGHT + timedelta(days=1)),
    ],
)
def test_the_next_day_begins_at_midnight_in_china(at: datetime, expected: datetime) -> None:
    assert next_day(at) == expected


# --- membership ---------------------------------------------------------------------------------


def test_an_open_shop_joins_once() -> None:
    shop = ShopFactory()

    membership = memberships.join(shop=shop, at=AT, actor=actor_of(shop))

    assert (membership.status, membership.joined_at) == (MembershipStatus.JOINED, AT)
    assert AuditEntry.objects.get().action == "affiliates.join_alliance"
    with pytest.raises(AlreadyInAlliance):
        memberships.join(shop=shop, at=AT, actor=actor_of(shop))
    assert AllianceMembership.objects.count() == 1


def test_a_shop_that_is_not_open_cannot_join() -> None:
    shop = PreparingShopFactory()

    with pytest.raises(ShopNotOpen):
        memberships.join(shop=shop, at=AT, actor=actor_of(shop))

    assert AllianceMembership.objects.count() == 0


def test_a_shop_leaves_the_next_day_with_all_its_plans() -> None:
    plan = PlanFactory()
    foreign = PlanFactory()
    shop = plan.shop

    membership = memberships.leave(shop=shop, at=AT, actor=actor_of(shop))

    assert (membership.status, membership.leaves_at) == (MembershipStatus.LEAVING, MIDNIGHT)
    plan.refresh_from_db()
    foreign.refresh_from_db()
    assert (plan.status, plan.closes_at) == (PlanStatus.CLOSING, MIDNIGHT)
    assert foreign.status == PlanStatus.RUNNING
    assert selectors.is_in_alliance(shop.pk, at=MIDNIGHT - timedelta(seconds=1))
    assert not selectors.is_in_alliance(shop.pk, at=MIDNIGHT)
    with pytest.raises(ShopNotInAlliance):
        memberships.leave(shop=shop, at=AT, actor=actor_of(shop))
    with pytest.raises(ShopNotInAlliance):
        plans.resume(plan=plan, at=AT, actor=actor_of(shop))


def test_leaving_can_be_taken_back_and_a_shop_that_left_can_return() -> None:
    shop = MembershipFactory().shop
    actor = actor_of(shop)
    memberships.leave(shop=shop, at=AT, actor=actor)

    back = memberships.join(shop=shop, at=AT, actor=actor)
    assert (back.status, back.leaves_at) == (MembershipStatus.JOINED, None)

    memberships.leave(shop=shop, at=AT, actor=actor)
    assert memberships.finish_leaving(at=MIDNIGHT) == 1
    assert memberships.finish_leaving(at=MIDNIGHT) == 0
    again = memberships.join(shop=shop, at=MIDNIGHT, actor=actor)
    assert (again.status, again.joined_at) == (MembershipStatus.JOINED, MIDNIGHT)


def test_nobody_is_let_go_before_the_databases_clock_says_so() -> None:
    membership = MembershipFactory()
    far = datetime(2999, 1, 1, tzinfo=UTC)
    memberships.leave(shop=membership.shop, at=far, actor=actor_of(membership.shop))

    assert memberships.finish_leaving(at=far + timedelta(days=2)) == 0
    assert plans.finish_closing(at=far + timedelta(days=2)) == 0


# --- plans --------------------------------------------------------------------------------------


def test_a_plan_begins_at_once() -> None:
    product = product_on_sale(shop=MembershipFactory().shop)
    actor = actor_of(product.shop)

    plan = plans.create(product=product, rate_bp=1_500, at=AT, actor=actor)

    assert (plan.status, plan.shop_id) == (PlanStatus.RUNNING, product.shop_id)
    assert rates_of(plan) == Rates(rate_bp=1_500)
    assert PlanVersion.objects.get().actor_label == actor.label
    assert AuditEntry.objects.get().after == {"product": product.public_id, "rate_bp": 1_500}


@pytest.mark.parametrize("rate_bp", [99, 5_001, 0, -100])
def test_a_rate_outside_of_one_to_fifty_percent_is_refused(rate_bp: int) -> None:
    product = product_on_sale(shop=MembershipFactory().shop)

    with pytest.raises(RateOutOfRange):
        plans.create(product=product, rate_bp=rate_bp, at=AT, actor=actor_of(product.shop))

    assert Plan.objects.count() == 0


@pytest.mark.parametrize("rate_bp", [100, 5_000])
def test_one_and_fifty_percent_are_allowed(rate_bp: int) -> None:
    plan = PlanFactory(rate_bp=2_000)

    change(plan, rate_bp)

    assert rates_of(plan, MIDNIGHT).rate_bp == rate_bp


def test_rates_above_the_cap_with_the_fee_in_force_are_refused(settings) -> None:
    settings.RATES_CAP_BP = 3_000
    product = product_on_sale(shop=MembershipFactory().shop)
    actor = actor_of(product.shop)
    FeeRate.objects.create(category=product.category, rate_bp=1_000, effective_from=AT)

    with pytest.raises(RatesAboveCap):
        plans.create(product=product, rate_bp=2_001, at=AT, actor=actor)
    assert Plan.objects.count() == 0

    plan = plans.create(product=product, rate_bp=2_000, at=AT, actor=actor)
    with pytest.raises(RatesAboveCap):
        change(plan, 2_001)
    assert PlanVersion.objects.count() == 1


def test_refusals_of_a_new_plan_change_nothing() -> None:
    stranger = product_on_sale()
    draft = DraftProductFactory(shop=MembershipFactory().shop)
    planned = PlanFactory().product
    before = (Plan.objects.count(), PlanVersion.objects.count())

    for product, refusal in (
        (stranger, ShopNotInAlliance),
        (draft, ProductOffShelf),
        (planned, PlanExists),
    ):
        with pytest.raises(refusal):
            plans.create(product=product, rate_bp=1_000, at=AT, actor=actor_of(product.shop))

    assert (Plan.objects.count(), PlanVersion.objects.count()) == before


def test_a_raise_begins_now() -> None:
    plan = PlanFactory(rate_bp=1_000)

    change(plan, 1_001)

    assert rates_of(plan) == Rates(rate_bp=1_001)
    assert rates_of(plan, AT - timedelta(microseconds=1)) == Rates(1_000, 1_001, AT)


def test_a_cut_is_announced_for_midnight() -> None:
    plan = PlanFactory(rate_bp=1_000)

    change(plan, 900)

    assert rates_of(plan) == Rates(1_000, 900, MIDNIGHT)
    assert rates_of(plan, MIDNIGHT) == Rates(900)


def test_a_cut_below_one_point_is_refused() -> None:
    plan = PlanFactory(rate_bp=1_000)

    with pytest.raises(CutTooSmall):
        change(plan, 901)

    assert PlanVersion.objects.count() == 1


def test_a_second_cut_replaces_the_announced_one() -> None:
    plan = PlanFactory(rate_bp=2_000)
    change(plan, 1_000)

    change(plan, 1_500)

    assert rates_of(plan) == Rates(2_000, 1_500, MIDNIGHT)
    assert rates_of(plan, MIDNIGHT) == Rates(1_500)


def test_the_rate_in_force_chosen_again_withdraws_the_announced_cut() -> None:
    plan = PlanFactory(rate_bp=2_000)
    change(plan, 1_000)

    change(plan, 2_000)

    assert rates_of(plan) == Rates(2_000)
    assert rates_of(plan, MIDNIGHT) == Rates(2_000)


def test_a_raise_withdraws_the_announced_cut() -> None:
    plan = PlanFactory(rate_bp=2_000)
    change(plan, 1_000)

    change(plan, 2_500)

    assert rates_of(plan) == Rates(2_500)
    assert rates_of(plan, MIDNIGHT) == Rates(2_500)


@pytest.mark.parametrize("announced", [None, 1_000])
def test_the_same_rate_is_refused(announced: int | None) -> None:
    plan = PlanFactory(rate_bp=2_000)
    if announced:
        change(plan, announced)
    before = PlanVersion.objects.count()

    with pytest.raises(RateUnchanged):
        change(plan, announced or 2_000)

    assert PlanVersion.objects.count() == before


def test_a_plan_closes_the_next_day_and_can_run_on_until_then() -> None:
    plan = PlanFactory()
    actor = actor_of(plan.shop)

    plan = plans.close(plan=plan, at=AT, actor=actor)
    assert selectors.running_plan(plan.product_id, at=MIDNIGHT - timedelta(seconds=1)) == plan
    assert selectors.running_plan(plan.product_id, at=MIDNIGHT) is None
    with pytest.raises(PlanClosed):
        plans.resume(plan=plan, at=MIDNIGHT, actor=actor)
    plan = plans.resume(plan=plan, at=AT, actor=actor)
    assert (plan.status, plan.closes_at) == (PlanStatus.RUNNING, None)

    plans.close(plan=plan, at=AT, actor=actor)
    assert plans.finish_closing(at=MIDNIGHT) == 1
    plan.refresh_from_db()
    assert (plan.status, plan.closes_at) == (PlanStatus.CLOSED, MIDNIGHT)
    assert StatusChange.objects.filter(model="affiliates.plan").count() == 4


@pytest.mark.parametrize(
    "act",
    [
        lambda plan, actor: plans.close(plan=plan, at=AT, actor=actor),
        lambda plan, actor: plans.resume(plan=plan, at=AT, actor=actor),
        lambda plan, actor: plans.change_rate(plan=plan, rate_bp=2_000, at=AT, actor=actor),
    ],
)
def test_a_closed_plan_stays_closed(act) -> None:
    plan = PlanFactory(status=PlanStatus.CLOSED, closes_at=AT)

    with pytest.raises(DomainError) as refusal:
        act(plan, actor_of(plan.shop))

    assert refusal.value.code == "plan_closed"
    assert PlanVersion.objects.count() == 1


def test_a_product_whose_plan_closed_can_have_another() -> None:
    old = PlanFactory(status=PlanStatus.CLOSED, closes_at=AT)

    plan = plans.create(product=old.product, rate_bp=300, at=AT, actor=actor_of(old.shop))

    assert selectors.running_plan(old.product_id, at=AT) == plan

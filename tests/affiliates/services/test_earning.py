"""affiliates.services.commissions: who earns on a sale, and how much."""

from datetime import timedelta

import pytest

from accounts.models import Creator
from affiliates.enums import CommissionStatus
from affiliates.models import Commission, Plan
from kernel.models import StatusChange
from orders.enums import OrderStatus
from shops.enums import BindingStatus, EndReason, Relation, StaffRole, StaffStatus
from tests.affiliates.services.sales import PAID_AT, derive, entries, only, sale
from tests.factories.affiliates import (
    ContractFactory,
    PickFactory,
    PlanVersionFactory,
)
from tests.factories.orders import PLACED_AT, make_order
from tests.factories.shops import BindingFactory, StaffFactory

pytestmark = pytest.mark.django_db


def test_a_paid_line_earns_the_rate_of_its_goods_without_freight_rounded_down() -> None:
    order = sale(price=9_999, freight=800, rate_bp=1_234)

    derive(order)

    found = only()
    assert (found.base_amount, found.amount, found.creator_amount) == (9_999, 1_233, 1_233)
    assert (found.status, found.paid_at) == (CommissionStatus.ESTIMATED, PAID_AT)
    assert entries(order) == [("estimate", "estimate", 9_999, 1_233, 0)]


def test_the_agency_gets_its_part_of_the_contract_in_force_when_the_order_was_paid() -> None:
    order = sale(rate_bp=1_001)
    creator = Creator.objects.get(picks__pick_code=order.lines.get().pick_code)
    ContractFactory(creator=creator, share_bp=9_000, status="ended", ends_at=PAID_AT)
    contract = ContractFactory(creator=creator, share_bp=3_333, starts_at=PAID_AT)

    derive(order)

    found = only()
    assert (found.agency_id, found.contract_id) == (contract.agency_id, contract.pk)
    assert (found.amount, found.creator_amount, found.agency_amount) == (1_001, 668, 333)


def test_a_contract_accepted_after_the_payment_takes_nothing() -> None:
    order = sale()
    creator = Creator.objects.get(picks__pick_code=order.lines.get().pick_code)
    ContractFactory(creator=creator, starts_at=PAID_AT + timedelta(seconds=1))

    derive(order)

    assert (only().agency_id, only().agency_amount) == (None, 0)


def test_the_rate_is_the_version_in_force_when_the_order_was_placed() -> None:
    order = sale(rate_bp=1_500)
    plan = Plan.objects.get()
    PlanVersionFactory(plan=plan, rate_bp=2_000, effective_from=PLACED_AT)
    PlanVersionFactory(plan=plan, rate_bp=2_500, effective_from=PLACED_AT)
    PlanVersionFactory(plan=plan, rate_bp=100, effective_from=PLACED_AT + timedelta(seconds=1))

    derive(order)

    assert only().rate_bp == 2_500


def test_nothing_is_earned_once_the_plan_has_closed() -> None:
    before, after = sale(placed_at=PLACED_AT), sale(placed_at=PLACED_AT + timedelta(days=1))
    Plan.objects.update(closes_at=PLACED_AT + timedelta(days=1), status="closed")

    derive(before, after)

    assert only().order_number == before.number


def test_a_pick_of_another_product_and_an_unknown_code_earn_nothing() -> None:
    foreign = PickFactory()
    orders = [
        make_order(OrderStatus.PAID, pick_code=foreign.pick_code),
        make_order(OrderStatus.PAID, pick_code="pnobody"),
        make_order(OrderStatus.PAID),
        sale(OrderStatus.UNPAID),
    ]

    derive(*orders)

    assert Commission.objects.count() == 0


@pytest.mark.parametrize("relation", [Relation.OFFICIAL, Relation.SELF])
def test_the_shops_own_account_never_earns_on_its_own_goods(relation: Relation) -> None:
    order = sale()
    creator = Creator.objects.get(picks__shop=order.shop)
    BindingFactory(shop=order.shop, account=creator.account, relation=relation, bound_at=PLACED_AT)

    derive(order)

    assert Commission.objects.count() == 0


def test_the_binding_of_then_decides_not_the_one_of_now() -> None:
    ended, later, partner = sale(), sale(), sale()
    for order, fields in (
        (
            ended,
            {"status": BindingStatus.ENDED, "ended_at": PLACED_AT, "end_reason": EndReason.UNBOUND},
        ),
        (later, {"bound_at": PLACED_AT + timedelta(seconds=1)}),
        (partner, {"relation": Relation.AWEME_COOPERATOR}),
    ):
        creator = Creator.objects.get(picks__shop=order.shop)
        BindingFactory(shop=order.shop, account=creator.account, **fields)

    derive(ended, later, partner)

    assert Commission.objects.count() == 3


def test_a_sale_before_the_binding_earns_even_beside_one_after_it_in_the_same_set() -> None:
    before = sale()
    line = before.lines.get()
    creator = Creator.objects.get(picks__pick_code=line.pick_code)
    later = PLACED_AT + timedelta(hours=1)
    after = make_order(
        OrderStatus.PAID, items=[(line.sku, 1)], pick_code=line.pick_code, placed_at=later
    )
    BindingFactory(shop=before.shop, account=creator.account, bound_at=later)

    derive(before, after)

    assert only().order_number == before.number


def test_people_of_the_shop_never_earn_on_its_goods() -> None:
    owner_sale, clerk_sale, former_sale, joining_sale = sale(), sale(), sale(), sale()
    for order, role, status in (
        (owner_sale, StaffRole.OWNER, StaffStatus.ACTIVE),
        (clerk_sale, StaffRole.ORDER_CLERK, StaffStatus.REMOVED),
        (former_sale, StaffRole.ORDER_CLERK, StaffStatus.REMOVED),
        (joining_sale, StaffRole.ORDER_CLERK, StaffStatus.ACTIVE),
    ):
        creator = Creator.objects.get(picks__shop=order.shop)
        place = StaffFactory(shop=order.shop, user=creator.user, role=role, status=status)
        times = {
            clerk_sale: (StaffStatus.REMOVED, PLACED_AT + timedelta(seconds=1)),
            former_sale: (StaffStatus.REMOVED, PLACED_AT),
            joining_sale: (StaffStatus.ACTIVE, PLACED_AT + timedelta(seconds=1)),
        }
        if order in times:
            to, at = times[order]
            StatusChange.objects.create(
                model="shops.staff",
                object_id=place.pk,
                field="status",
                from_status="",
                to_status=to,
                at=at,
            )

    derive(owner_sale, clerk_sale, former_sale, joining_sale)

    earned = set(Commission.objects.values_list("order_number", flat=True))
    assert earned == {former_sale.number, joining_sale.number}

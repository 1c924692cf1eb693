"""What a creator may put into the showcase, and the contracts with agencies."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from accounts.enums import CreatorStatus
from affiliates.enums import ContractStatus, PickStatus, PlanStatus
from affiliates.errors import (
    AlreadyInvited,
    ContractNotOpen,
    CreatorHasAgency,
    CreatorSuspended,
    OwnShopProduct,
    ProductOffShelf,
    PromotionClosed,
    ShopNotInAlliance,
)
from affiliates.models import AgencyContract, AllianceMembership, Pick
from affiliates.services import contracts, picks
from catalog.enums import ShelfStatus
from kernel.actors import Actor, Role
from shops.enums import Relation, ShopStatus
from tests.factories.accounts import AgencyFactory, CreatorFactory
from tests.factories.affiliates import ContractFactory, MembershipFactory, PickFactory, PlanFactory
from tests.factories.catalog import product_on_sale
from tests.factories.shops import BindingFactory, StaffFactory

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
ACTOR = Actor(role=Role.CREATOR, label="Creator")


def pick(creator, product) -> Pick:
    return picks.pick(creator=creator, product=product, at=AT, actor=ACTOR)


def test_a_pick_has_a_code_of_its_own_that_nobody_can_guess() -> None:
    plan, creator = PlanFactory(), CreatorFactory()

    chosen = pick(creator, plan.product)
    other = pick(CreatorFactory(), plan.product)

    assert (chosen.plan_id, chosen.product_id, chosen.shop_id) == (
        plan.pk,
        plan.product_id,
        plan.shop_id,
    )
    assert chosen.pick_code != other.pick_code
    assert len(chosen.pick_code) == 25
    assert chosen.pick_code.isalnum()


def test_picking_again_gives_the_first_pick_active_again() -> None:
    chosen = PickFactory()
    assert pick(chosen.creator, chosen.product) == chosen

    removed = picks.remove(pick=chosen, at=AT, actor=ACTOR)
    assert removed.status == PickStatus.REMOVED
    assert picks.remove(pick=chosen, at=AT, actor=ACTOR).status == PickStatus.REMOVED

    again = pick(chosen.creator, chosen.product)
    assert (again.pk, again.status, again.pick_code) == (
        chosen.pk,
        PickStatus.ACTIVE,
        chosen.pick_code,
    )
    assert Pick.objects.count() == 1


def _suspended():
    return CreatorFactory(status=CreatorStatus.SUSPENDED), PlanFactory().product


def _off_shelf():
    plan = PlanFactory()
    plan.product.shelf_status = ShelfStatus.OFF
    plan.product.save(update_fields=["shelf_status"])
    return CreatorFactory(), plan.product


def _shop_suspended():
    plan = PlanFactory()
    plan.shop.status = ShopStatus.SUSPENDED
    plan.shop.save(update_fields=["status"])
    return CreatorFactory(), plan.product


def _not_in_alliance():
    return CreatorFactory(), product_on_sale()


def _left():
    plan = PlanFactory()
    AllianceMembership.objects.filter(shop=plan.shop).update(status="left")
    return CreatorFactory(), plan.product


def _no_plan():
    return CreatorFactory(), product_on_sale(shop=MembershipFactory().shop)


def _plan_closed():
    return CreatorFactory(), PlanFactory(status=PlanStatus.CLOSED, closes_at=AT).product


def _plan_closes_now():
    return CreatorFactory(), PlanFactory(status=PlanStatus.CLOSING, closes_at=AT).product


def _official(relation=Relation.OFFICIAL):
    plan, creator = PlanFactory(), CreatorFactory()
    BindingFactory(shop=plan.shop, account=creator.account, relation=relation)
    return creator, plan.product


def _self():
    return _official(Relation.SELF)


def _staff():
    plan, creator = PlanFactory(), CreatorFactory()
    StaffFactory(shop=plan.shop, user=creator.user)
    return creator, plan.product


@pytest.mark.parametrize(
    ("case", "refusal"),
    [
        (_suspended, CreatorSuspended),
        (_off_shelf, ProductOffShelf),
        (_shop_suspended, ProductOffShelf),
        (_not_in_alliance, ShopNotInAlliance),
        (_left, ShopNotInAlliance),
        (_no_plan, PromotionClosed),
        (_plan_closed, PromotionClosed),
        (_plan_closes_now, PromotionClosed),
        (_official, OwnShopProduct),
        (_self, OwnShopProduct),
        (_staff, OwnShopProduct),
    ],
)
def test_a_refusal_says_exactly_why(case, refusal) -> None:
    creator, product = case()

    with pytest.raises(refusal):
        pick(creator, product)

    assert Pick.objects.count() == 0


def test_a_partner_creator_of_the_shop_may_pick_its_products() -> None:
    creator, product = _official(Relation.AWEME_COOPERATOR)

    assert pick(creator, product).creator == creator


# --- contracts ----------------------------------------------------------------------------------


def invite(creator=None, agency=None) -> AgencyContract:
    return contracts.invite(
        agency=agency or AgencyFactory(),
        creator=creator or CreatorFactory(),
        share_bp=2_000,
        at=AT,
        actor=ACTOR,
    )


def test_a_contract_is_in_force_from_acceptance_to_the_end() -> None:
    contract = invite()
    assert (contract.status, contract.starts_at) == (ContractStatus.INVITED, None)

    contract = contracts.accept(contract=contract, at=AT, actor=ACTOR)
    assert (contract.status, contract.starts_at) == (ContractStatus.ACTIVE, AT)

    contract = contracts.end(contract=contract, at=AT, actor=ACTOR)
    assert (contract.status, contract.ends_at) == (ContractStatus.ENDED, AT)


def test_a_declined_contract_never_begins() -> None:
    contract = contracts.decline(contract=invite(), at=AT, actor=ACTOR)

    assert (contract.status, contract.starts_at, contract.ends_at) == ("declined", None, None)


@pytest.mark.parametrize(
    ("act", "status"),
    [
        (contracts.accept, ContractStatus.ACTIVE),
        (contracts.accept, ContractStatus.DECLINED),
        (contracts.accept, ContractStatus.ENDED),
        (contracts.decline, ContractStatus.ACTIVE),
        (contracts.decline, ContractStatus.DECLINED),
        (contracts.end, ContractStatus.INVITED),
        (contracts.end, ContractStatus.ENDED),
    ],
)
def test_what_is_not_open_any_more_is_refused(act, status) -> None:
    contract = ContractFactory(status=status)

    with pytest.raises(ContractNotOpen):
        act(contract=contract, at=AT, actor=ACTOR)

    contract.refresh_from_db()
    assert contract.status == status


def test_a_creator_has_one_agency_at_a_time() -> None:
    running = ContractFactory()
    contract = invite(creator=running.creator)

    with pytest.raises(CreatorHasAgency):
        contracts.accept(contract=contract, at=AT, actor=ACTOR)
    contract.refresh_from_db()
    assert contract.status == ContractStatus.INVITED
    with pytest.raises(IntegrityError, match="agencycontract_one_active"), transaction.atomic():
        AgencyContract.objects.filter(pk=contract.pk).update(status=ContractStatus.ACTIVE)

    contracts.end(contract=running, at=AT, actor=ACTOR)
    assert contracts.accept(contract=contract, at=AT, actor=ACTOR).status == "active"


@pytest.mark.parametrize("status", [ContractStatus.INVITED, ContractStatus.ACTIVE])
def test_an_agency_invites_a_creator_once(status) -> None:
    contract = ContractFactory(status=status)

    with pytest.raises(AlreadyInvited):
        invite(contract.creator, contract.agency)

    assert AgencyContract.objects.count() == 1

"""Alliance rows for tests: members, plans with a version, picks, contracts."""

import factory
from factory.django import DjangoModelFactory

from affiliates.enums import ContractStatus
from affiliates.models import AgencyContract, AllianceMembership, Pick, Plan, PlanVersion
from affiliates.services.picks import new_code
from tests.factories.accounts import LONG_AGO, AgencyFactory, CreatorFactory
from tests.factories.catalog import product_on_sale
from tests.factories.shops import ShopFactory


class MembershipFactory(DjangoModelFactory):
    """A shop that joined long ago."""

    class Meta:
        model = AllianceMembership

    shop = factory.SubFactory(ShopFactory)
    joined_at = LONG_AGO


class PlanVersionFactory(DjangoModelFactory):
    """10 % since long ago; needs its `plan`."""

    class Meta:
        model = PlanVersion

    shop = factory.SelfAttribute("plan.shop")
    rate_bp = 1_000
    effective_from = LONG_AGO


class PlanFactory(DjangoModelFactory):
    """A running plan of a member at `rate_bp` (10 %) on a product on sale.

    `PlanFactory(product=…, rate_bp=2_000)`.
    """

    class Meta:
        model = Plan
        skip_postgeneration_save = True

    product = factory.LazyFunction(product_on_sale)
    shop = factory.SelfAttribute("product.shop")
    created_at = LONG_AGO

    @factory.post_generation
    def rate_bp(self, create, extracted, **kwargs):
        """Make the membership and the first version."""
        AllianceMembership.objects.get_or_create(shop=self.shop, defaults={"joined_at": LONG_AGO})
        PlanVersionFactory(plan=self, rate_bp=1_000 if extracted is None else extracted)


class PickFactory(DjangoModelFactory):
    """A creator's pick: `PickFactory(plan=…, creator=…)`."""

    class Meta:
        model = Pick

    creator = factory.SubFactory(CreatorFactory)
    plan = factory.SubFactory(PlanFactory)
    product = factory.SelfAttribute("plan.product")
    shop = factory.SelfAttribute("plan.shop")
    pick_code = factory.LazyFunction(new_code)
    created_at = LONG_AGO


class ContractFactory(DjangoModelFactory):
    """A contract in force since long ago: the agency takes 20 %."""

    class Meta:
        model = AgencyContract

    agency = factory.SubFactory(AgencyFactory)
    creator = factory.SubFactory(CreatorFactory)
    share_bp = 2_000
    status = ContractStatus.ACTIVE
    starts_at = LONG_AGO

"""Shops, their people and their bindings for tests."""

from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from kernel import crypto
from kernel.actors import Actor
from kernel.crypto import encrypt
from settlements.enums import PayoutAccountStatus
from settlements.models import PayoutAccount
from shops.enums import (
    BindingStatus,
    DocumentKind,
    GuaranteeKind,
    Relation,
    ShopStatus,
    StaffRole,
    StaffStatus,
)
from shops.models import (
    Admission,
    Binding,
    Checklist,
    FreightTemplate,
    Guarantee,
    Merchant,
    ReturnAddress,
    Shop,
    ShopDocument,
    Staff,
)
from shops.services.actors import merchant_actor
from tests.factories.accounts import LONG_AGO, UserFactory, VerifiedAccountFactory


class MerchantFactory(DjangoModelFactory):
    """A legal entity."""

    class Meta:
        model = Merchant

    legal_name = factory.Sequence(lambda n: f"Merchant {n} Ltd")
    credit_code = factory.Sequence(lambda n: f"91330100SHP{n:07d}")


class StaffFactory(DjangoModelFactory):
    """An active place in a shop: `StaffFactory(shop=…, role=StaffRole.FINANCE)`."""

    class Meta:
        model = Staff

    shop = factory.SubFactory("tests.factories.shops.PreparingShopFactory")
    user = factory.SubFactory(UserFactory)
    email = factory.LazyAttribute(lambda o: o.user.email)
    role = StaffRole.OWNER
    status = StaffStatus.ACTIVE


class ChecklistFactory(DjangoModelFactory):
    """An earlier version of what every application was asked for."""

    class Meta:
        model = Checklist

    number = factory.Sequence(lambda n: n + 1)
    requirements = factory.LazyFunction(
        lambda: [
            {"code": "legal_data", "kind": "legal_data", "label": ""},
            {"code": "manual_review", "kind": "manual_review", "label": ""},
        ]
    )
    starts_at = LONG_AGO
    ends_at = LONG_AGO + timedelta(days=1)
    created_by_label = "operator"


class ShopDocumentFactory(DjangoModelFactory):
    """A PDF of a few bytes."""

    class Meta:
        model = ShopDocument

    shop = factory.SubFactory("tests.factories.shops.PreparingShopFactory")
    kind = DocumentKind.PDF
    digest = factory.Sequence(lambda n: f"{n:064x}")
    filename = "paper.pdf"
    size = 5
    content_sealed = factory.LazyFunction(lambda: crypto.seal(b"%PDF-"))


class FreightTemplateFactory(DjangoModelFactory):
    """¥8.00, free from ¥99.00."""

    class Meta:
        model = FreightTemplate

    shop = factory.SubFactory("tests.factories.shops.PreparingShopFactory")
    flat_amount = 800
    free_from_amount = 9_900


class GuaranteeFactory(DjangoModelFactory):
    """A promise in force."""

    class Meta:
        model = Guarantee

    shop = factory.SubFactory("tests.factories.shops.PreparingShopFactory")
    kind = GuaranteeKind.SEVEN_DAY_RETURN
    starts_at = LONG_AGO


class ReturnAddressFactory(DjangoModelFactory):
    """The default return address."""

    class Meta:
        model = ReturnAddress

    shop = factory.SubFactory("tests.factories.shops.PreparingShopFactory")
    receiver = "Returns desk"
    phone = "057188880000"
    province = "浙江省"
    city = "杭州市"
    district = "滨江区"
    street = "网商路 599 号"
    is_default = True


class PayoutAccountFactory(DjangoModelFactory):
    """The bank account in use, ending 0123."""

    class Meta:
        model = PayoutAccount

    shop = factory.SubFactory("tests.factories.shops.PreparingShopFactory")
    holder = "Somebody Ltd"
    bank = "Bank of Hangzhou"
    number_sealed = factory.LazyFunction(lambda: encrypt({"number": "6222020000000123"}))
    last_four = "0123"
    status = PayoutAccountStatus.ACTIVE
    asked_by = factory.SubFactory(UserFactory)
    active_from = LONG_AGO


class PreparingShopFactory(DjangoModelFactory):
    """A shop that is not open yet, with nothing around it."""

    class Meta:
        model = Shop

    name = factory.Sequence(lambda n: f"Shop {n}")
    logo_url = factory.Sequence(lambda n: f"https://img.example.com/shop{n}.png")
    status = ShopStatus.PREPARING


class AdmissionFactory(DjangoModelFactory):
    """A draft of an application."""

    class Meta:
        model = Admission

    shop = factory.SubFactory(PreparingShopFactory)


class ShopFactory(PreparingShopFactory):
    """An open shop with merchant, owner, promises and a payout account.

    `ShopFactory(owner=user)` says who owns it; `owner_of(shop)` asks.
    """

    class Meta:
        model = Shop
        skip_postgeneration_save = True

    status = ShopStatus.OPEN
    opened_at = LONG_AGO
    merchant = factory.SubFactory(MerchantFactory)

    @factory.post_generation
    def owner(self, create, extracted, **kwargs):
        """Make the owner's place."""
        StaffFactory(shop=self, user=extracted or UserFactory(), role=StaffRole.OWNER)

    @factory.post_generation
    def promises(self, create, extracted, **kwargs):
        """Make what a buyer is promised."""
        FreightTemplateFactory(shop=self)
        ReturnAddressFactory(shop=self)
        PayoutAccountFactory(shop=self, asked_by=self.staff.get().user)
        for kind in GuaranteeKind:
            GuaranteeFactory(shop=self, kind=kind)


class BindingFactory(DjangoModelFactory):
    """An active official binding of a verified account of the same legal entity."""

    class Meta:
        model = Binding

    shop = factory.SubFactory(ShopFactory)
    account = factory.SubFactory(
        VerifiedAccountFactory,
        name=factory.SelfAttribute("..shop.name"),
        avatar_url=factory.SelfAttribute("..shop.logo_url"),
        entity_name=factory.SelfAttribute("..shop.merchant.legal_name"),
        credit_code=factory.SelfAttribute("..shop.merchant.credit_code"),
        official_since=factory.LazyAttribute(
            lambda o: LONG_AGO if o.factory_parent.is_main else None
        ),
    )
    relation = Relation.OFFICIAL
    status = BindingStatus.ACTIVE
    is_main = factory.LazyAttribute(lambda o: o.relation == Relation.OFFICIAL)
    is_same_entity = True
    started_by = factory.LazyAttribute(lambda o: owner_of(o.shop))
    consented_at = LONG_AGO
    bound_at = LONG_AGO
    former_name = "Before the binding"
    former_avatar_url = "https://img.example.com/before.png"


def owner_of(shop):
    """Return the user who owns `shop`; of several the first."""
    owners = shop.staff.filter(role=StaffRole.OWNER, status=StaffStatus.ACTIVE)
    return owners.order_by("pk")[0].user


def actor_of(shop, role=StaffRole.OWNER) -> Actor:
    """Return who acts for `shop` in `role`; the place is made when there is none."""
    place = shop.staff.filter(role=role, status=StaffStatus.ACTIVE).first()
    place = place or StaffFactory(shop=shop, role=role)
    actor = merchant_actor(place.user_id, {"shop_id": shop.public_id})
    assert actor is not None
    return actor

"""The shop of one side: staff, binding, promises, products in every state, an import."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import Account, User
from affiliates.models import Pick, Plan, PlanFile
from affiliates.services import memberships, picks, plans
from affiliates.services.planfiles import jobs as planfiles
from catalog.enums import PaperStatus
from catalog.models import (
    Brand,
    BulkEdit,
    Category,
    ImportJob,
    Product,
    ShopPageVersion,
    Sku,
)
from catalog.services import (
    decoration,
)
from kernel.actors import Actor, Role
from kernel.crypto import encrypt
from settlements.services import payout_accounts
from shops.enums import AdmissionStatus, BindingStatus, EndReason, Relation, StaffRole, StaffStatus
from shops.models import Admission, Approval, Binding, ReturnAddress, Shop, ShopDocument, Staff
from shops.selectors import RegionTerms
from shops.services import documents, freight, names, shipping, staff
from tests.factories.accounts import LONG_AGO, VerifiedAccountFactory
from tests.factories.catalog import BrandGrantFactory, ShopQualificationFactory
from tests.factories.shops import (
    BindingFactory,
    MerchantFactory,
    PreparingShopFactory,
    ShopFactory,
    StaffFactory,
    actor_of,
)
from tests.walks.canaries import canary, canary_email
from tests.walks.goods import make_bulk_edit, make_import, make_products, sell
from tests.walks.people import People


@dataclass
class Storefront:
    """A shop with all that it owns before anybody buys."""

    shop: Shop
    #: Not open yet, of the same owner, and with an application that can be edited.
    preparing: Shop
    actor: Actor
    places: dict[str, Staff]
    token: str
    account: Account
    bindings: dict[str, Binding]
    products: dict[str, Product]
    job: ImportJob
    bulk: BulkEdit
    plan: Plan
    #: Looked at, and not applied yet.
    plan_file: PlanFile
    pick: Pick
    #: One that the owner may approve, one that the owner may withdraw.
    approvals: dict[str, Approval]

    def sku(self, product: str) -> Sku:
        """Return the SKU of a product by its name here."""
        return self.products[product].skus.order_by("pk")[0]


def make_storefront(
    side: str, people: People, former: User, category: Category, at: datetime
) -> Storefront:
    """Open the shop of `side` and fill it; `former` does not work there any more."""
    merchant = MerchantFactory(legal_name=canary(side, "legal-name"))
    shop = ShopFactory(name=f"Shop {side}", owner=people.owner, merchant=merchant)
    places, token = _staff(side, shop, people, former, at)
    actor = actor_of(shop)
    _admission(side, shop, AdmissionStatus.OPEN)
    preparing = PreparingShopFactory(name=canary(side, "preparing"))
    StaffFactory(shop=preparing, user=people.owner)
    _admission(side, preparing, AdmissionStatus.REJECTED)
    ReturnAddress.objects.filter(shop=shop).update(
        receiver=canary(side, "desk"), street=canary(side, "desk-street")
    )
    _sending(side, shop, at)
    bindings = _bindings(side, shop, people)
    goods = make_products(side, shop, actor, category, at)
    names.rename_shop(shop_id=shop.pk, name=canary(side, "renamed"), at=at, actor=actor)
    sell(side, shop, actor, goods, bindings["active"].account, people, at)
    names.rename_shop(shop_id=shop.pk, name=f"Shop {side}", at=at, actor=actor)
    memberships.join(shop=shop, at=at, actor=actor)
    plan = plans.create(product=goods["on_sale"], rate_bp=1_000, at=at, actor=actor)
    creator = Actor(role=Role.CREATOR, user_id=people.creator.user_id, creator_id=people.creator.pk)
    pick = picks.pick(creator=people.creator, product=goods["on_sale"], at=at, actor=creator)
    Pick.objects.filter(pk=pick.pk).update(pick_code=canary(side, "pick"))
    pick.refresh_from_db()
    shop.refresh_from_db()
    return Storefront(
        shop=shop,
        preparing=preparing,
        actor=actor,
        places=places,
        token=token,
        account=bindings["active"].account,
        bindings=bindings,
        products=goods,
        job=make_import(side, shop, category),
        bulk=make_bulk_edit(side, shop, actor, goods["on_sale"], at),
        plan=plan,
        plan_file=_plan_file(side, shop, plan, at),
        pick=pick,
        approvals=_approvals(side, shop, plan, at),
    )


def _plan_file(side: str, shop: Shop, plan: Plan, at: datetime) -> PlanFile:
    """Look at a file of two plans: one can be done, the other names nothing."""
    lines = f"{plan.product.public_id},20\n{canary(side, 'plan-row')},10"
    job = planfiles.start(
        shop=shop,
        filename=canary(side, "plan-file"),
        content=lines.encode(),
        actor=actor_of(shop),
        at=at,
        is_dry_run=True,
    )
    while planfiles.do_part(job_id=job.pk, at=at):
        pass
    job.refresh_from_db()
    return job


def _sending(side: str, shop: Shop, at: datetime) -> None:
    """A document with what it proves, a rule for a region, a promise, special dates to come."""
    later, day, actor = at + timedelta(days=80), timedelta(days=1), actor_of(shop)
    terms = RegionTerms(frozenset({"650000"}), first_amount=1_500)
    documents.take(
        shop_id=shop.pk,
        name=f"{canary(side, 'paper')}.pdf",
        content=f"%PDF-1.4 {canary(side, 'paper-text')} %%EOF".encode(),
        at=at,
        actor=actor,
    )
    paper = ShopDocument.objects.get(shop=shop)
    number = canary(side, "licence-number")
    for status, code in ((PaperStatus.PENDING, "permit"), (PaperStatus.APPROVED, "other")):
        BrandGrantFactory(
            shop=shop, brand=Brand.objects.get(name="Common brand"), document=paper, status=status
        )
        ShopQualificationFactory(shop=shop, document=paper, code=code, number=number, status=status)
    decoration.add_block(
        shop_id=shop.pk,
        block={"kind": "notice", "text": canary(side, "draft-of-page")},
        at=at,
        actor=actor,
    )
    ShopPageVersion.objects.create(
        shop=shop,
        page=shop.page,
        number=1,
        blocks=[{"id": "a", "kind": "notice", "title": "", "text": f"Hello, {side}"}],
        published_at=at,
    )
    freight.add_rule(shop_id=shop.pk, terms=terms, at=at, actor=actor)
    shipping.set_promise(shop_id=shop.pk, speed="hours_48", at=at, actor=actor)
    shipping.add_special_date(
        shop_id=shop.pk,
        paid_from=later,
        paid_to=later + day,
        ship_on=None,
        plus_days=2,
        at=at,
        actor=actor,
    )
    note = f"Back soon, {side}"  # for every buyer to read
    shipping.set_holiday(
        shop_id=shop.pk, closed_from=later, closed_to=later + day, note=note, at=at, actor=actor
    )


def _approvals(side: str, shop: Shop, plan: Plan, at: datetime) -> dict[str, Approval]:
    payout_accounts.set_account(
        shop_id=shop.pk,
        bank=canary(side, "bank"),
        number="6222021234567890",
        at=at,
        actor=actor_of(shop, StaffRole.FINANCE),
    )
    raised = plans.set_rate(plan=plan, rate_bp=4_000, at=at, actor=actor_of(shop))
    assert isinstance(raised, Approval)
    return {"theirs": Approval.objects.get(shop=shop, kind="payout_account"), "own": raised}


def _staff(
    side: str, shop: Shop, people: People, former: User, at: datetime
) -> tuple[dict[str, Staff], str]:
    roles = {"clerk": StaffRole.ORDER_CLERK, "finance": StaffRole.FINANCE}
    places = {
        name: StaffFactory(shop=shop, user=people.users[name], role=role)
        for name, role in roles.items()
    }
    places["former"] = StaffFactory(
        shop=shop,
        user=former,
        email=canary_email(side, "former"),
        role=StaffRole.MANAGER,
        status=StaffStatus.REMOVED,
    )
    invitation = staff.invite_staff(
        shop_id=shop.pk,
        email=canary_email(side, "invited"),
        role=StaffRole.READ_ONLY,
        at=at,
        actor=actor_of(shop),
    )
    places["invited"] = invitation.staff
    return places, invitation.token


def _admission(side: str, shop: Shop, status: str) -> Admission:
    fault = {"field": "licence_url", "code": "unreadable", "message": canary(side, "fault")}
    return Admission.objects.create(
        shop=shop,
        status=status,
        legal_name=canary(side, "applicant"),
        credit_code="91330100APP0000001",
        contact_name=canary(side, "contact"),
        contact_sealed=encrypt({"phone": canary(side, "contact-phone")}),
        licence_url=f"https://files.example.com/{canary(side, 'licence')}.png",
        terms_accepted_at=LONG_AGO,
        submitted_at=LONG_AGO,
        decided_at=LONG_AGO,
        rejections=[fault] if status == AdmissionStatus.REJECTED else [],
    )


def _bindings(side: str, shop: Shop, people: People) -> dict[str, Binding]:
    letter = f"https://files.example.com/{canary(side, 'letter')}.png"
    waiting_account = VerifiedAccountFactory(name=f"Waiting {side}", owner=people.creator.user)
    return {
        "active": BindingFactory(
            shop=shop,
            account__owner=people.owner,
            authorisation_url=letter,
            former_name=canary(side, "former-name"),
        ),
        "waiting": BindingFactory(
            shop=shop,
            account=waiting_account,
            relation=Relation.SELF,
            status=BindingStatus.AWAITING_ACCOUNT,
            authorisation_url=letter,
            bound_at=None,
            consented_at=None,
            consent_due_at=LONG_AGO + timedelta(days=36_500),
        ),
        "ended": BindingFactory(
            shop=shop,
            relation=Relation.SELF,
            status=BindingStatus.ENDED,
            ended_at=LONG_AGO + timedelta(days=30),
            end_reason=EndReason.UNBOUND,
            former_name=canary(side, "gone-name"),
        ),
    }

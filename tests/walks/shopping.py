"""The shop of one side: staff, binding, promises, products in every state, an import."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import Account, User
from affiliates.models import Pick, Plan, PlanFile
from affiliates.services import memberships, picks, plans
from affiliates.services.planfiles import jobs as planfiles
from catalog.enums import BucketKind, ImportFormat, ImportStatus, PaperStatus, SellChannel
from catalog.models import (
    Brand,
    BulkEdit,
    Bundle,
    BundlePart,
    Category,
    ImportJob,
    ImportRowError,
    Product,
    ShopPageVersion,
    ShopPicture,
    Sku,
)
from catalog.services import (
    buckets,
    channels,
    counting,
    decoration,
    prices,
    products,
    reviews,
)
from catalog.services.bulk import preparing
from catalog.services.bulk.reading import Wish
from catalog.services.content import Content
from catalog.services.counting import StockEdit
from catalog.services.variants import SkuSpec
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
from tests.walks.people import People

OPERATOR = Actor(role=Role.OPERATOR, permissions=frozenset(), label="Operator")


#: In minor units: what the sides earn never looks alike.
PRICES = {"A": 5_000, "B": 6_130}


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
    goods = _products(side, shop, actor, category, at)
    names.rename_shop(shop_id=shop.pk, name=canary(side, "renamed"), at=at, actor=actor)
    channels.set_channel(
        product=goods["draft"],
        kind=SellChannel.NAMED,
        accounts=[bindings["active"].account],
        at=at,
        actor=actor,
    )
    loose, part = goods["draft"].skus.order_by("pk")[0], goods["on_sale"].skus.order_by("pk")[0]
    bundle = Bundle.objects.create(sku=loose, shop=shop)
    BundlePart.objects.create(bundle=bundle, shop=shop, part=part, quantity=2, starts_at=at)
    buckets.set_aside(
        sku=goods["on_sale"].skus.order_by("pk")[0],
        kind=BucketKind.CHANNEL,
        account=people.creator.account,
        quantity=5,
        ends_at=None,
        note=canary(side, "bucket"),
        at=at,
        actor=actor,
    )
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
        job=_import(side, shop, category),
        bulk=_bulk_edit(side, shop, actor, goods["on_sale"], at),
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


def _products(
    side: str, shop: Shop, actor: Actor, category: Category, at: datetime
) -> dict[str, Product]:
    def create(name: str, title: str, **kwargs: object) -> Product:
        return products.create(
            shop=shop,
            content=Content(
                category=category,
                title=title,
                merchant_code=canary(side, f"{name}-code"),
                description=title,
                image_urls=("https://img.example.com/p.png",),
                option_names=("size",),
            ),
            skus=[
                SkuSpec(
                    canary(side, f"{name}-sku-{size}"), PRICES[side], stock=1_000, options=(size,)
                )
                for size in ("S", "M")
            ],
            actor=actor,
            at=LONG_AGO,
            **kwargs,
        )

    def listed(name: str, title: str) -> Product:
        product = create(name, title, submit_now=True)
        review = product.reviews.get()
        return reviews.approve(review=review, actor=OPERATOR, at=LONG_AGO)

    goods = {
        "on_sale": listed("sale", f"Towel of {side}"),
        "changed": listed("changed", f"Kettle of {side}"),
        "draft": create("draft", canary(side, "draft-title")),
        "in_review": create("review", canary(side, "review-title"), submit_now=True),
        "rejected": create("rejected", canary(side, "rejected-title"), submit_now=True),
    }
    goods["changed"] = products.edit(
        product=goods["changed"],
        changes={"title": canary(side, "new-title"), "brief": canary(side, "new-brief")},
        actor=actor,
        at=at,
    )
    reason = reviews.Reason(field="title", code="banned_word", message=canary(side, "verdict"))
    goods["rejected"] = reviews.reject(
        review=goods["rejected"].reviews.get(), reasons=[reason], actor=OPERATOR, at=at
    )
    sku = goods["on_sale"].skus.order_by("pk")[0]
    counting.edit(
        edits=[StockEdit(sku, delta=7)], reference=canary(side, "count"), actor=actor, at=at
    )
    prices.set_price(
        sku=sku, price=4_900, effective_from=at + timedelta(days=3), actor=actor, at=at
    )
    for product in goods.values():
        product.refresh_from_db()
    return goods


def _bulk_edit(side: str, shop: Shop, actor: Actor, product: Product, at: datetime) -> BulkEdit:
    sku = product.skus.order_by("pk")[0]
    return preparing.prepare(
        shop=shop,
        wishes=[
            Wish(1, sku.merchant_code, price=PRICES[side] + 7, stock=1_007),
            Wish(2, canary(side, "no-such-code"), price=1),
        ],
        filename=f"{canary(side, 'bulk')}.csv",
        actor=actor,
        at=at,
    )


def _import(side: str, shop: Shop, category: Category) -> ImportJob:
    ShopPicture.objects.create(
        shop=shop, digest="0" * 64, path=f"pictures/{side}.jpg", width=600, height=600, size=1
    )
    job = ImportJob.objects.create(
        shop=shop,
        format=ImportFormat.TEMPLATE,
        filename=f"{canary(side, 'file')}.csv",
        content=canary(side, "content").encode(),
        category=category,
        status=ImportStatus.DONE,
        total_count=2,
        done_count=2,
        good_count=1,
        bad_count=1,
        error=canary(side, "import-error"),
        actor_label=canary(side, "importer"),
    )
    ImportRowError.objects.create(
        job=job,
        shop=shop,
        row_number=3,
        column=canary(side, "column"),
        code="bad_price",
        fix=canary(side, "fix"),
    )
    return job

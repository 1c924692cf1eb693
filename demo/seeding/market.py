"""The demo's shops: admitted, dressed and stocked; half of them bound, most in the alliance."""

from __future__ import annotations

import itertools
from datetime import timedelta

from accounts.enums import AccountKind
from affiliates.services import memberships, picks, plans
from catalog.models import Product, Sku
from catalog.services import papers, products, reviews, taxonomy
from catalog.services.content import Content
from catalog.services.variants import SkuSpec
from demo.data.shops import CATEGORIES, SHOPS, DemoProduct, DemoShop
from demo.seeding import World
from demo.seeding.people import as_role, beginning, person, verified_account
from kernel.actors import Actor, Role
from settlements.services import payout_accounts
from shops.enums import GrantKind, GuaranteeKind, Relation, StaffRole
from shops.models import Shop
from shops.policies import BRAND_TYPES
from shops.services import admissions, bindings, documents, freight, promises, reviewing, staff
from shops.services.admissions import AdmissionData
from shops.services.promises import ReturnAddressData

#: Shops in the alliance, with the rate of each plan in basis points.
ALLIANCE = {"tea": 1_500, "knit": 2_000, "orchard": 1_000, "gadget": 800, "beauty": 3_000}
#: Pieces of a product's SKUs in turn: the first never runs out, some later ones do.
STOCKS = (400, 60, 6, 120)
#: The last two shops stay outside: one waits for its review, one still fills in its papers.
WAITING, DRAFT = "pet", "books"


#: A page without a word, for a trademark's certificate.
TRADEMARK = (
    b"%PDF-1.4\n"
    b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


def seed(world: World) -> None:
    """Make the category tree, the shops and their products, plans and picks."""
    at = beginning(world)
    for (name, name_en), leaves in CATEGORIES.items():
        parent = taxonomy.create_category(
            name=name, name_en=name_en, parent=None, actor=world.operator, at=at
        )
        for leaf in leaves:
            world.categories[leaf] = taxonomy.create_category(
                name=leaf, parent=parent, actor=world.operator, at=at
            )
    for index, plan in enumerate(SHOPS):
        world.report(f"Shop {plan.name}", index, len(SHOPS))
        _seed_shop(world, plan)
    _seed_picks(world)


def _seed_shop(world: World, plan: DemoShop) -> None:
    at = beginning(world)
    key = "merchant" if plan.code == "tea" else f"owner.{plan.code}"
    owner = person(world, key, f"{plan.name.split(' ')[0]}店主")
    shop = admissions.create_shop(
        owner=owner,
        name=plan.name,
        type=plan.type,
        logo_url=f"/static/demo/shop-{plan.code}.svg",
        at=at,
    )
    actor = as_role(world, key, Role.MERCHANT, shop_id=shop.public_id)
    world.shops[plan.code], world.owners[plan.code] = shop, actor
    if plan.code == DRAFT:
        return
    _make_promises(world, shop, plan)
    if plan.type in BRAND_TYPES:
        _prove_brand(world, shop, plan)
    admission = admissions.edit_admission(
        admission_id=shop.admission.pk,
        data=AdmissionData(
            legal_name=plan.legal_name,
            credit_code=plan.credit_code,
            contact_name=owner.name,
            contact_phone="13800001111",
            licence_url=f"/static/demo/shop-{plan.code}.svg",
            accepts_terms=True,
        ),
        version=shop.admission.version,
        at=at,
        actor=actor,
    )
    admission = admissions.submit_admission(admission_id=admission.pk, at=at, actor=actor)
    if plan.code == WAITING:
        return
    reviewing.approve_admission(admission=admission, at=at, actor=world.operator)
    admissions.sign_admission(admission_id=admission.pk, at=at, actor=actor)
    shop.refresh_from_db()
    payout_accounts.set_account(
        shop_id=shop.pk, bank="杭州银行", number=f"62220200000{shop.pk:05}", at=at, actor=actor
    )
    if plan.code == "tea":
        _hire(world, shop)
    if plan.handle:
        _bind(world, shop, plan, key)
    for product in plan.products:
        _seed_product(world, plan, product)
    # One product of each shop is left in the reviewers' queue.
    _seed_product(world, plan, plan.products[-1], suffix="-new", is_approved=False)


def _prove_brand(world: World, shop: Shop, plan: DemoShop) -> None:
    """Let the shop stand on the brand that it is called by, as the owner of it."""
    at, actor = beginning(world), world.owners[plan.code]
    name = plan.name.partition(" ")[0]
    brand = taxonomy.create_brand(name=name, actor=world.operator, at=at)
    paper = documents.take(
        shop_id=shop.pk, name="trademark.pdf", content=TRADEMARK, at=at, actor=actor
    )
    grant = papers.ask_grant(
        shop_id=shop.pk,
        brand=brand,
        kind=GrantKind.OWNER,
        document=paper,
        starts_at=at,
        ends_at=None,
        at=at,
        actor=actor,
    )
    papers.approve(paper=grant, at=at, actor=world.operator)


def _make_promises(world: World, shop: Shop, plan: DemoShop) -> None:
    at, actor = beginning(world), world.owners[plan.code]
    for kind in (GuaranteeKind.SEVEN_DAY_RETURN, GuaranteeKind.SHIP_48H):
        promises.start_guarantee(shop_id=shop.pk, kind=kind, at=at, actor=actor)
    if plan.code in ("orchard", "tea"):
        promises.start_guarantee(
            shop_id=shop.pk, kind=GuaranteeKind.DAMAGED_ON_ARRIVAL, at=at, actor=actor
        )
    freight.set_freight(
        shop_id=shop.pk, flat_amount=800, free_from_amount=9_900, version=0, at=at, actor=actor
    )
    promises.add_return_address(
        shop_id=shop.pk,
        data=ReturnAddressData(
            receiver="售后仓",
            phone="13900002222",
            province="浙江省",
            city="杭州市",
            district="余杭区",
            street="仓前街道 8 号库",
        ),
        is_default=True,
        at=at,
        actor=actor,
    )


def _hire(world: World, shop: Shop) -> None:
    at, actor = beginning(world), world.owners["tea"]
    for key, name, role in (
        ("clerk", "小赵", StaffRole.ORDER_CLERK),
        ("finance", "小钱", StaffRole.FINANCE),  # the owner's second person
    ):
        member = person(world, key, name)
        invitation = staff.invite_staff(
            shop_id=shop.pk, email=member.email, role=role, at=at, actor=actor
        )
        staff.accept_invitation(token=invitation.token, user=member, at=at)


def _bind(world: World, shop: Shop, plan: DemoShop, key: str) -> None:
    at = beginning(world) + timedelta(days=1)
    owner = world.people[key]
    account = verified_account(
        world,
        owner,
        kind=AccountKind.ENTERPRISE,
        handle=plan.handle,
        name=plan.name,
        picture=f"shop-{plan.code}",
        entity=plan.legal_name,
        code=plan.credit_code,
    )
    binding = bindings.start_binding(
        shop_id=shop.pk,
        account=account,
        relation=Relation.OFFICIAL,
        at=at,
        actor=world.owners[plan.code],
    )
    bindings.accept_binding(binding=binding, at=at, actor=_as_account_owner(world, key))
    account.refresh_from_db()
    world.official[plan.code] = account


def _as_account_owner(world: World, key: str) -> Actor:
    return as_role(world, key, Role.BUYER)


def _seed_product(
    world: World, plan: DemoShop, wanted: DemoProduct, *, suffix: str = "", is_approved: bool = True
) -> None:
    at, actor = beginning(world), world.owners[plan.code]
    picture = f"/static/demo/{plan.code}-{wanted.code}.svg"
    title = wanted.title if is_approved else f"{wanted.title} 新包装"
    product = products.create(
        shop=world.shops[plan.code],
        content=Content(
            category=world.categories[wanted.category],
            title=title,
            brief=wanted.brief,
            attributes=[{"name": name, "value": value} for name, value in wanted.attributes],
            image_urls=[picture],
            option_names=[name for name, _values in wanted.options],
            merchant_code=f"{plan.code}-{wanted.code}{suffix}",
        ),
        skus=_specs(world, plan, wanted, suffix, picture),
        actor=actor,
        at=at,
        submit_now=True,
    )
    if not is_approved:
        return
    reviews.approve(review=product.reviews.get(), actor=world.operator, at=at)
    product.refresh_from_db()
    world.products.setdefault(plan.code, []).append(product)
    world.skus.setdefault(plan.code, []).extend(Sku.objects.filter(product=product).order_by("pk"))


def _specs(
    world: World, plan: DemoShop, wanted: DemoProduct, suffix: str, picture: str
) -> list[SkuSpec]:
    specs = []
    values = itertools.product(*(values for _name, values in wanted.options))
    for index, options in enumerate(values):
        price = wanted.price + (index % 3) * (wanted.price // 10 // 100 * 100)
        specs.append(
            SkuSpec(
                merchant_code=f"{plan.code}-{wanted.code}{suffix}-{index + 1}",
                price=price,
                list_price=price * 5 // 4,
                stock=STOCKS[index % len(STOCKS)],
                options=options,
                image_url=picture,
            )
        )
    return specs


def _seed_picks(world: World) -> None:
    at = beginning(world) + timedelta(days=2)
    for code, rate_bp in ALLIANCE.items():
        actor, shop = world.owners[code], world.shops[code]
        memberships.join(shop=shop, at=at, actor=actor)
        for product in world.products[code][:5]:
            plans.create(product=product, rate_bp=rate_bp, at=at, actor=actor)
            _pick(world, product)
    # A cut that begins tomorrow, and a raise that began at once.
    tea = world.products["tea"]
    plans.change_rate(
        plan=tea[0].plans.get(), rate_bp=1_200, at=world.now, actor=world.owners["tea"]
    )
    plans.change_rate(plan=tea[1].plans.get(), rate_bp=1_800, at=at, actor=world.owners["tea"])


def _pick(world: World, product: Product) -> None:
    at = beginning(world) + timedelta(days=3)
    for creator in world.dice.sample(world.creators, k=3):
        actor = as_role(world, creator.user.email.partition("@")[0], Role.CREATOR)
        taken = picks.pick(creator=creator, product=product, at=at, actor=actor)
        world.picks.setdefault(product.pk, []).append(taken)

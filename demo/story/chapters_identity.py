"""Chapters one to five: people, a shop, one identity, a product, the alliance."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from demo.accounts import PASSWORD
from demo.story.people import Person
from demo.story.teller import Teller, check, face


@dataclass
class Stage:
    """The seven people and what they have made so far: public ids and answers of the API."""

    teller: Teller
    owner: Person
    clerk: Person
    buyer: Person
    creator: Person
    agency: Person
    operator: Person
    support: Person
    #: Makes names unique, so the story can be told again on the same system.
    mark: str = field(default_factory=lambda: secrets.token_hex(3))
    shop: str = ""
    shop_name: str = ""
    account: str = ""
    binding: str = ""
    product: str = ""
    skus: list[dict[str, Any]] = field(default_factory=list)
    pick_code: str = ""
    creator_account: str = ""
    order: str = ""
    position: int = 0
    face: dict[str, Any] = field(default_factory=dict)

    def shop_path(self, room: str, rest: str) -> str:
        """Return a merchant's address in `room`."""
        return f"/{room}/shops/{self.shop}{rest}"


def people(stage: Stage) -> None:
    """They sign up; the shop's account and the creator's are verified by an operator."""
    tell = stage.teller.tell
    stage.teller.chapter("1 · People")
    for person in (stage.owner, stage.clerk, stage.buyer, stage.creator, stage.agency):
        person.sign_up(PASSWORD)
    me = stage.buyer.get("/accounts/me")
    tell(
        stage.buyer.name, f"and four others sign up; roles: {[one['role'] for one in me['roles']]}"
    )
    code = _credit_code(stage.mark)
    account = stage.owner.post(
        "/accounts/accounts",
        {
            "kind": "enterprise",
            "handle": f"lingxi_{stage.mark}",
            "name": f"老林家的茶 {stage.mark}",
        },
    )
    stage.account = account["id"]
    _verify(stage, stage.owner, stage.account, f"福建灵溪茶业 {stage.mark}", code)
    tell(stage.operator.name, f"verifies @{account['handle']} as an enterprise account")
    own = stage.creator.post(
        "/accounts/accounts", {"handle": f"amei_{stage.mark}", "name": f"阿梅试吃 {stage.mark}"}
    )
    stage.creator_account = own["id"]
    _verify(stage, stage.creator, own["id"], "梅小花", "")
    creator = stage.creator.post("/accounts/creators", {"account_id": own["id"]})
    tell(stage.creator.name, f"becomes a creator with @{own['handle']}")
    stage.agency.post("/accounts/agencies", {"name": f"星桥机构 {stage.mark}"})
    contract = stage.agency.post(
        "/affiliates/agency/contracts", {"creator_id": creator["id"], "share_bp": 2000}
    )
    stage.creator.post(f"/affiliates/creator/contracts/{contract['id']}/accept")
    tell(stage.agency.name, "signs her for 20 % of her commission, and she accepts")
    stage.buyer.put(f"/accounts/accounts/{stage.account}/follow", {})
    tell(stage.buyer.name, f"follows @{account['handle']}")


def shop(stage: Stage) -> None:
    """Admission with a rejection on one field, staff and promises."""
    tell = stage.teller.tell
    stage.teller.chapter("2 · A shop")
    stage.shop_name = f"灵溪茶铺 {stage.mark}"
    made = stage.owner.post("/shops/shops", {"name": stage.shop_name, "type": "enterprise"})
    stage.shop = made["id"]
    path = stage.shop_path("shops", "")
    refusal = stage.owner.post(f"{path}/admission/submit", refusal="admission_incomplete")
    tell(stage.owner.name, f"applies too early: {refusal['detail']}")
    for kind in ("seven_day_return", "ship_48h", "damaged_on_arrival"):
        stage.owner.post(f"{path}/guarantees/{kind}")
    stage.owner.put(
        f"{path}/freight", {"flat_amount": 800, "free_from_amount": 20_000, "version": 0}
    )
    stage.owner.post(
        f"{path}/return-addresses",
        {
            "receiver": "售后组",
            "phone": "0596-1234567",
            "province": "福建省",
            "city": "漳州市",
            "district": "芗城区",
            "street": "灵溪路 1 号",
            "is_default": True,
        },
    )
    admission = stage.owner.get(f"{path}/admission")
    stage.owner.patch(
        f"{path}/admission",
        {
            "version": admission["version"],
            "legal_name": f"福建灵溪茶业 {stage.mark}",
            "credit_code": _credit_code(stage.mark),
            "contact_name": "林老板",
            "contact_phone": "13800000001",
            "licence_url": "https://files.haodian.example/licence-blurred.jpg",
            "accepts_terms": True,
        },
    )
    admission = stage.owner.post(f"{path}/admission/submit")
    fault = {"field": "licence_url", "code": "unreadable", "message": "照片不清晰，请重新拍摄。"}
    stage.operator.post(
        f"/shops/operator/admissions/{admission['id']}/reject", {"rejections": [fault]}
    )
    tell(stage.operator.name, f"sends the application back: {fault['field']} is {fault['code']}")
    admission = stage.owner.get(f"{path}/admission")
    stage.owner.patch(
        f"{path}/admission",
        {
            "version": admission["version"],
            "licence_url": "https://files.haodian.example/licence.jpg",
        },
    )
    stage.owner.post(f"{path}/admission/submit")
    stage.operator.post(f"/shops/operator/admissions/{admission['id']}/approve")
    stage.owner.post(f"{path}/admission/sign")
    check(stage.owner.get(path)["status"] == "open", "the shop should be open")
    tell(stage.operator.name, f"approves it, the contract is signed: “{stage.shop_name}” is open")
    invitation = stage.owner.post(
        f"{path}/staff", {"email": stage.clerk.email, "role": "order_clerk"}
    )
    stage.clerk.post("/shops/invitations/accept", {"token": invitation["token"]})
    tell(stage.clerk.name, "accepts the invitation as order clerk")


def binding(stage: Stage) -> None:
    """号店一体: the shop asks, the account consents, and both are one face."""
    tell = stage.teller.tell
    stage.teller.chapter("3 · One identity (号店一体)")
    path = stage.shop_path("shops", "/bindings")
    asked = stage.owner.post(path, {"account_id": stage.account, "relation": "OFFICIAL"})
    stage.binding = asked["id"]
    tell(stage.owner.name, "asks the account to become the shop's official account")
    bound = stage.owner.post(f"/shops/bindings/{stage.binding}/accept")
    check(bound["status"] == "active", f"the binding is {bound['status']}")
    tell(stage.owner.name, "consents for the account: same legal entity, bound at once")
    profile = stage.buyer.get(f"/accounts/profiles/{stage.account}")
    check(profile["account"]["name"] == stage.shop_name, "the account should carry the shop's name")
    stage.teller.identity("the profile shows", profile["storefront"])


def product(stage: Stage) -> None:
    """A product with two options, reviewed and found."""
    tell = stage.teller.tell
    stage.teller.chapter("4 · A product")
    leaf = next(one for one in stage.owner.get("/catalog/categories") if one["is_leaf"])
    made = stage.owner.post(
        stage.shop_path("catalog", "/products"),
        {
            "category_id": leaf["id"],
            "title": f"灵溪单丛 鸭屎香 {stage.mark}",
            "brief": "头春手采，花香高扬",
            "option_names": ["规格"],
            "skus": [
                {"merchant_code": "YSX-125", "options": ["125g"], "price": 9_900, "stock": 20},
                {"merchant_code": "YSX-250", "options": ["250g"], "price": 17_900, "stock": 8},
            ],
            "submit": True,
        },
    )
    stage.product = made["id"]
    tell(stage.owner.name, f"submits “{made['title']}” for review")
    queue = stage.operator.get("/catalog/operator/reviews", verdict="pending", limit=100)
    review = next(one for one in queue["results"] if one["product_id"] == stage.product)
    stage.operator.post(
        f"/catalog/operator/reviews/{review['id']}/approve", {"version": review["version"]}
    )
    tell(stage.operator.name, "approves it; it goes on sale")
    found = stage.buyer.get("/catalog/products", q=f"单丛 {stage.mark}")["results"]
    check(
        [one["id"] for one in found] == [stage.product], f"the search found {len(found)} products"
    )
    stage.skus = stage.buyer.get(f"/catalog/products/{stage.product}")["skus"]
    tell(stage.buyer.name, "finds it by 单丛")
    stage.teller.identity("the search shows", found[0])


def alliance(stage: Stage) -> None:
    """An open plan, raised at once, cut tomorrow; the creator picks."""
    tell = stage.teller.tell
    stage.teller.chapter("5 · The alliance (精选联盟)")
    stage.owner.post(stage.shop_path("affiliates", "/membership"))
    plans = stage.shop_path("affiliates", "/plans")
    plan = stage.owner.post(plans, {"product_id": stage.product, "rate_bp": 1_000})
    plan = stage.owner.post(f"{plans}/{plan['id']}/rate", {"rate_bp": 1_500})
    check(plan["rates"]["rate_bp"] == 1_500, "a raise holds at once")
    plan = stage.owner.post(f"{plans}/{plan['id']}/rate", {"rate_bp": 1_200})
    rates = plan["rates"]
    check((rates["rate_bp"], rates["announced_rate_bp"]) == (1_500, 1_200), f"rates are {rates}")
    tell(
        stage.owner.name, "opens a plan at 10 %, raises it to 15 % now, announces 12 % for tomorrow"
    )
    picked = stage.creator.post("/affiliates/creator/picks", {"product_id": stage.product})
    stage.pick_code = picked["pick_code"]
    tell(stage.creator.name, f"picks the product: {stage.pick_code}, from {face(picked)}")
    own = stage.owner.post("/accounts/creators", {"account_id": stage.account})
    check(bool(own["id"]), "the owner is a creator too")
    refusal = stage.owner.post(
        "/affiliates/creator/picks", {"product_id": stage.product}, refusal="own_shop_product"
    )
    tell(stage.owner.name, f"tries to pick the own product: {refusal['detail']}")


def _verify(stage: Stage, owner: Person, account: str, entity: str, code: str) -> None:
    sent = owner.post(
        f"/accounts/accounts/{account}/verifications", {"entity_name": entity, "credit_code": code}
    )
    path = f"/accounts/operator/verifications/{sent['id']}"
    stage.operator.post(f"{path}/start")
    stage.operator.post(f"{path}/approve")


def _credit_code(mark: str) -> str:
    """Return 18 characters as a unified social credit code has them, unique by `mark`."""
    digits = f"{int(mark, 16):08d}"[-8:]
    return f"91350600MA{digits}"

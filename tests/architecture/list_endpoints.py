"""How to fill each list of the API: one recipe an endpoint, used by the query-count test.

A recipe returns a `Scene`: who asks, where, and a function that adds one row which that list shows.
Rows differ where the list joins something (their own shop, buyer, product …), or a query per row
would hide behind a cache.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.enums import VerificationStatus
from accounts.models import Block, Follow, Verification
from accounts.services.addresses import AddressData, add_address
from affiliates.models import PlanFile, PlanRowFault
from aftersales.enums import CaseKind
from orders.enums import ExportPreset, OrderStatus, PrintKind
from orders.models import (
    AddressChange,
    ExportJob,
    OrderView,
    Printing,
    ShippingFile,
    ShippingRowFault,
)
from orders.services.refunds import refund_line
from shops.enums import GuaranteeKind, Relation, StaffRole
from shops.models import Approval, NameChange, Shop
from tests.factories.accounts import (
    LONG_AGO,
    AccountFactory,
    CreatorFactory,
    OperatorFactory,
    SupportFactory,
    UserFactory,
    VerifiedAccountFactory,
)
from tests.factories.aftersales import requested_case
from tests.factories.orders import PLACED_AT, make_order
from tests.factories.shops import (
    AdmissionFactory,
    BindingFactory,
    ChecklistFactory,
    GuaranteeFactory,
    PreparingShopFactory,
    ReturnAddressFactory,
    ShopDocumentFactory,
    ShopFactory,
    StaffFactory,
    owner_of,
)


@dataclass(frozen=True)
class Scene:
    """Who asks for which list, and how it grows by one row."""

    user: Any
    url: str
    add: Callable[[], Any]


Recipe = Callable[[], Scene]
RECIPES: dict[str, Recipe] = {}
ADDRESS = AddressData("王小明", "13800001234", "浙江省", "杭州市", "滨江区", "网商路 599 号")
V1 = "api/v1"


def recipe(route: str) -> Callable[[Recipe], Recipe]:
    """Register the recipe of the endpoint at `route`, as config.urls spells it."""

    def register(make: Recipe) -> Recipe:
        RECIPES[f"{V1}/{route}"] = make
        return make

    return register


# --- accounts -----------------------------------------------------------------------------------


@recipe("accounts/accounts")
def own_accounts() -> Scene:
    owner = UserFactory()
    return Scene(owner, "accounts/accounts", lambda: AccountFactory(owner=owner))


@recipe("accounts/accounts/<str:account_id>/followers")
def followers() -> Scene:
    account = AccountFactory()
    url = f"accounts/accounts/{account.public_id}/followers"
    return Scene(
        account.owner, url, lambda: Follow.objects.create(user=UserFactory(), account=account)
    )


@recipe("accounts/accounts/<str:account_id>/blocks")
def blocks() -> Scene:
    account = AccountFactory()
    url = f"accounts/accounts/{account.public_id}/blocks"
    return Scene(
        account.owner, url, lambda: Block.objects.create(user=UserFactory(), account=account)
    )


@recipe("accounts/accounts/<str:account_id>/verifications")
def own_verifications() -> Scene:
    account = AccountFactory()
    url = f"accounts/accounts/{account.public_id}/verifications"
    return Scene(account.owner, url, lambda: _verification(account))


@recipe("accounts/following")
def following() -> Scene:
    user = UserFactory()
    return Scene(
        user,
        "accounts/following",
        lambda: Follow.objects.create(user=user, account=AccountFactory()),
    )


@recipe("accounts/addresses")
def addresses() -> Scene:
    user = UserFactory()
    return Scene(user, "accounts/addresses", lambda: add_address(user_id=user.pk, data=ADDRESS))


@recipe("accounts/operator/verifications")
def verification_queue() -> Scene:
    return Scene(
        OperatorFactory(),
        "accounts/operator/verifications",
        lambda: _verification(AccountFactory()),
    )


@recipe("accounts/operator/creators")
def creators() -> Scene:
    return Scene(OperatorFactory(), "accounts/operator/creators", CreatorFactory)


def _verification(account: Any) -> Verification:
    return Verification.objects.create(
        account=account,
        kind=account.kind,
        entity_name="Somebody",
        status=VerificationStatus.REJECTED,
        submitted_at=LONG_AGO,
    )


# --- shops --------------------------------------------------------------------------------------


def _of_shop(what: str, add: Callable[[Any], Any]) -> Scene:
    shop = PreparingShopFactory()
    owner = StaffFactory(shop=shop, role=StaffRole.OWNER).user
    return Scene(owner, f"shops/shops/{shop.public_id}/{what}", lambda: add(shop))


@recipe("shops/bindings")
def bindings_of_an_owner() -> Scene:
    user = UserFactory()
    return Scene(
        user,
        "shops/bindings",
        lambda: BindingFactory(account=VerifiedAccountFactory(owner=user)),
    )


@recipe("shops/shops/<str:shop_id>/name-changes")
def name_changes() -> Scene:
    def add(shop: Any) -> NameChange:
        account = VerifiedAccountFactory()
        return NameChange.objects.create(
            shop=shop, account=account, old_name="a", new_name="b", cause="renamed", at=LONG_AGO
        )

    return _of_shop("name-changes", add)


@recipe("shops/shops/<str:shop_id>/documents")
def shop_documents() -> Scene:
    return _of_shop("documents", lambda shop: ShopDocumentFactory(shop=shop))


@recipe("shops/shops/<str:shop_id>/staff")
def staff() -> Scene:
    return _of_shop("staff", lambda shop: StaffFactory(shop=shop, role=StaffRole.READ_ONLY))


@recipe("shops/shops/<str:shop_id>/approvals")
def approvals() -> Scene:
    return _of_shop("approvals", _approval)


def _approval(shop: Shop) -> Approval:
    return Approval.objects.create(
        shop=shop,
        kind="high_rate",
        target=str(Approval.objects.count()),
        asked_by=UserFactory(),
        expires_at=PLACED_AT,
    )


@recipe("shops/shops/<str:shop_id>/guarantees")
def guarantees() -> Scene:
    kinds = iter(GuaranteeKind)
    return _of_shop("guarantees", lambda shop: GuaranteeFactory(shop=shop, kind=next(kinds)))


@recipe("shops/shops/<str:shop_id>/return-addresses")
def return_addresses() -> Scene:
    return _of_shop(
        "return-addresses", lambda shop: ReturnAddressFactory(shop=shop, is_default=False)
    )


@recipe("shops/shops/<str:shop_id>/bindings")
def bindings_of_a_shop() -> Scene:
    shop = ShopFactory()
    url = f"shops/shops/{shop.public_id}/bindings"
    return Scene(
        owner_of(shop), url, lambda: BindingFactory(shop=shop, relation=Relation.AWEME_COOPERATOR)
    )


@recipe("shops/operator/admissions")
def admission_queue() -> Scene:
    return Scene(OperatorFactory(), "shops/operator/admissions", AdmissionFactory)


@recipe("shops/operator/checklists")
def checklists_of_the_platform() -> Scene:
    return Scene(OperatorFactory(), "shops/operator/checklists", ChecklistFactory)


@recipe("shops/operator/bindings")
def binding_queue() -> Scene:
    return Scene(OperatorFactory(), "shops/operator/bindings", BindingFactory)


@recipe("shops/operator/shops")
def shop_list() -> Scene:
    return Scene(OperatorFactory(), "shops/operator/shops", ShopFactory)


# --- orders -------------------------------------------------------------------------------------


@recipe("orders/orders")
def orders_of_a_buyer() -> Scene:
    buyer = UserFactory()
    return Scene(buyer, "orders/orders", lambda: make_order(OrderStatus.SHIPPED, buyer=buyer))


@recipe("orders/shops/<str:shop_id>/orders")
def orders_of_a_shop() -> Scene:
    shop = ShopFactory()
    url = f"orders/shops/{shop.public_id}/orders"
    return Scene(owner_of(shop), url, lambda: make_order(OrderStatus.SHIPPED, shop=shop))


@recipe("orders/shops/<str:shop_id>/exports")
def exports_of_a_shop() -> Scene:
    shop = ShopFactory()
    url = f"orders/shops/{shop.public_id}/exports"
    return Scene(
        owner_of(shop),
        url,
        lambda: ExportJob.objects.create(shop=shop, preset=ExportPreset.ORDERS, language="en"),
    )


@recipe("affiliates/shops/<str:shop_id>/plan-files")
def plan_files_of_a_shop() -> Scene:
    shop = ShopFactory()
    url = f"affiliates/shops/{shop.public_id}/plan-files"
    return Scene(owner_of(shop), url, lambda: PlanFile.objects.create(shop=shop, filename="a.csv"))


@recipe("affiliates/shops/<str:shop_id>/plan-files/<str:plan_file_id>/faults")
def faults_of_a_plan_file() -> Scene:
    shop = ShopFactory()
    file = PlanFile.objects.create(shop=shop, filename="a.csv")
    return Scene(
        owner_of(shop),
        f"affiliates/shops/{shop.public_id}/plan-files/{file.public_id}/faults",
        lambda: PlanRowFault.objects.create(job=file, shop=shop, row_number=1, code="missing"),
    )


@recipe("orders/shops/<str:shop_id>/shipping-files")
def shipping_files_of_a_shop() -> Scene:
    shop = ShopFactory()
    url = f"orders/shops/{shop.public_id}/shipping-files"
    return Scene(
        owner_of(shop), url, lambda: ShippingFile.objects.create(shop=shop, filename="a.csv")
    )


@recipe("orders/shops/<str:shop_id>/shipping-files/<str:shipping_file_id>/faults")
def faults_of_a_shipping_file() -> Scene:
    shop = ShopFactory()
    file = ShippingFile.objects.create(shop=shop, filename="a.csv")
    return Scene(
        owner_of(shop),
        f"orders/shops/{shop.public_id}/shipping-files/{file.public_id}/faults",
        lambda: ShippingRowFault.objects.create(job=file, shop=shop, row_number=1, code="missing"),
    )


@recipe("orders/shops/<str:shop_id>/printings")
def printings_of_a_shop() -> Scene:
    shop = ShopFactory()
    return Scene(
        owner_of(shop),
        f"orders/shops/{shop.public_id}/printings",
        lambda: Printing.objects.create(shop=shop, kind=PrintKind.LABELS, order_count=1),
    )


@recipe("orders/shops/<str:shop_id>/orders/<str:number>/companions")
def companions_of_an_order() -> Scene:
    order = make_order(OrderStatus.TO_SHIP)
    return Scene(
        owner_of(order.shop),
        f"orders/shops/{order.shop.public_id}/orders/{order.number}/companions",
        lambda: make_order(OrderStatus.TO_SHIP, shop=order.shop, buyer=order.buyer),
    )


def _address_change(order: Any) -> AddressChange:
    return AddressChange.objects.create(
        order=order,
        shop=order.shop,
        buyer=order.buyer,
        receiver_sealed=order.receiver_sealed,
        receiver_masked=order.receiver_masked,
        address_hash=order.address_hash,
        status="approved",
        decided_at=PLACED_AT,
    )


@recipe("orders/shops/<str:shop_id>/address-changes")
def address_changes_of_a_shop() -> Scene:
    shop = ShopFactory()
    return Scene(
        owner_of(shop),
        f"orders/shops/{shop.public_id}/address-changes",
        lambda: _address_change(make_order(OrderStatus.TO_SHIP, shop=shop)),
    )


@recipe("orders/orders/<str:number>/address-changes")
def address_changes_of_an_order() -> Scene:
    order = make_order(OrderStatus.TO_SHIP)
    url = f"orders/orders/{order.number}/address-changes"
    return Scene(order.buyer, url, lambda: _address_change(order))


@recipe("orders/shops/<str:shop_id>/order-views")
def views_of_a_shops_orders() -> Scene:
    shop, names = ShopFactory(), itertools.count(1)
    owner = owner_of(shop)
    return Scene(
        owner,
        f"orders/shops/{shop.public_id}/order-views",
        lambda: OrderView.objects.create(shop=shop, user=owner, name=f"View {next(names)}"),
    )


@recipe("orders/operator/refunds")
def refunds() -> Scene:
    references = itertools.count(1)

    def add() -> Any:
        line = make_order(OrderStatus.TO_SHIP).lines.get()
        reference = f"test:{next(references)}"
        return refund_line(line_id=line.pk, amount=100, reference=reference, at=PLACED_AT)

    return Scene(OperatorFactory(), "orders/operator/refunds", add)


# --- aftersales ---------------------------------------------------------------------------------


@recipe("aftersales/cases")
def cases_of_a_buyer() -> Scene:
    buyer = UserFactory()
    return Scene(buyer, "aftersales/cases", lambda: requested_case(order_buyer=buyer))


@recipe("aftersales/shops/<str:shop_id>/cases")
def cases_of_a_shop() -> Scene:
    shop = ShopFactory()
    url = f"aftersales/shops/{shop.public_id}/cases"
    return Scene(owner_of(shop), url, lambda: requested_case(order_shop=shop))


@recipe("aftersales/support/cases")
def cases_of_support() -> Scene:
    return Scene(
        SupportFactory(),
        "aftersales/support/cases",
        lambda: requested_case(CaseKind.REFUND_UNSHIPPED),
    )

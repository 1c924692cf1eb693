"""Two merchants' mornings in a real browser: from the admission to the first product on sale, and
a full desk of parcels, prices and refunds."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from rest_framework.test import APIClient

from aftersales.enums import CaseStatus
from catalog.models import PriceVersion, Product, Sku
from kernel import clock
from orders import tasks
from orders.enums import OrderStatus
from orders.models import Order, Package
from shops.enums import AdmissionStatus, ShopStatus, StaffRole
from shops.models import Admission, Shop
from tests.factories.accounts import OperatorFactory, UserFactory
from tests.factories.aftersales import open_case
from tests.factories.catalog import CategoryFactory, product_on_sale
from tests.factories.orders import make_order, make_sku
from tests.factories.shops import ShopFactory, StaffFactory, owner_of
from tests.journeys.desks import TABLET, Desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PRICE = 10_000


@pytest.fixture
def sit(live_server: Any, tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """`sit("merchant", "zh-CN")`: a desk at a console; closed afterwards, without complaints."""
    desks: list[Desk] = []

    def build(console: str, language: str) -> Desk:
        folder = tmp_path / f"{len(desks) + 1}-{console}"
        folder.mkdir()
        desks.append(Desk(live_server.url, console, language=language, folder=folder))
        return desks[-1]

    yield build
    for desk in desks:
        desk.close()


@pytest.fixture
def _own_media(settings: Any, tmp_path: Path) -> None:
    """Keep uploaded pictures out of the project's folder."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.mark.usefixtures("_own_media")
def test_a_newcomers_morning_from_admission_to_the_first_product_on_sale(
    sit: Any, client_for: Any, anonymous_client: APIClient, tmp_path: Path
) -> None:
    CategoryFactory(name="毛巾", parent=CategoryFactory(name="家纺"))
    owner, operator = UserFactory(name="林晓"), OperatorFactory(name="审核员")
    made = client_for(owner).post("/api/v1/shops/shops", {"name": "晓林家纺"}, format="json")
    assert made.status_code == 201
    shop = Shop.objects.get()
    merchant = sit("merchant", "zh-CN").sign_in(owner)
    desk = sit("operator", "zh-CN").sign_in(operator)

    _apply(merchant, shop)
    _review_admission(desk)
    _sign(merchant, shop)
    _offer_first_product(merchant, tmp_path)
    _review_product(desk)

    product = Product.objects.get()
    merchant.open(f"catalog/product/{product.public_id}/change/").picture("on-sale")
    assert "在售" in merchant.text
    found = anonymous_client.get("/api/v1/catalog/products", {"q": "毛巾"}).json()["results"]
    assert [one["id"] for one in found] == [product.public_id]
    page = anonymous_client.get(f"/api/v1/catalog/products/{product.public_id}").json()
    assert page["title"] == "新疆长绒棉毛巾 加厚吸水"
    assert page["skus"][0]["price"] == {"amount": 1_990, "currency": "CNY"}
    assert [merchant.complaints(), desk.complaints()] == [[], []]


def _apply(merchant: Desk, shop: Shop) -> None:
    """Follow the checklist until nothing is missing, and send the application."""
    admission = Admission.objects.get()
    page = f"shops/admission/{admission.public_id}/change/"
    merchant.picture("first-page")
    assert "清单剩余 6 项" in merchant.text
    merchant.follow("/admission/").picture("checklist")
    assert merchant.text.count("未完成") == 6
    assert merchant.acts() >= {"edit", "submit"}
    merchant.do(
        "edit",
        legal_name="杭州晓林家纺有限公司",
        credit_code="91330106MA2KM2R61Q",
        contact_name="林晓",
        contact_phone="13800001234",
        licence_url="https://img.example.com/licence.png",
        accepts_terms=True,
    )
    merchant.open(page).follow("set-freight").send(flat_amount="8", free_from_amount="99")
    merchant.open(page).follow("start-guarantee").picture("guarantee")
    merchant.send()
    merchant.open(page).follow("/returnaddress/").do(
        "add",
        receiver="退货组",
        phone="057188880000",
        province="浙江省",
        city="杭州市",
        district="滨江区",
        street="网商路 599 号",
        is_default=True,
    )
    merchant.open(page).follow("/do/submit/").picture("submit")
    merchant.send().picture("submitted", is_dark=True)
    admission.refresh_from_db()
    assert admission.status == AdmissionStatus.HUMAN_REVIEW
    assert merchant.acts() == set()


def _review_admission(desk: Desk) -> None:
    """Take what waits, look, approve."""
    desk.open("").picture("home")
    desk.open("shops/admission/").picture("queue")
    desk.open(f"shops/admission/{Admission.objects.get().public_id}/change/")
    desk.do("claim").picture("claimed")
    desk.do("approve").picture("approved", width=TABLET)
    assert Admission.objects.get().status == AdmissionStatus.SIGNING


def _sign(merchant: Desk, shop: Shop) -> None:
    """The contract is the last step: newcomers are on trial, no deposit stands before it."""
    merchant.open(f"shops/admission/{Admission.objects.get().public_id}/change/")
    merchant.picture("to-sign")
    merchant.follow("/do/sign/").picture("sign")
    merchant.send().picture("open")
    assert "林晓（所有者）" in merchant.text
    shop.refresh_from_db()
    assert shop.status == ShopStatus.OPEN
    merchant.open("governance/deposit/").picture("deposit")


def _offer_first_product(merchant: Desk, folder: Path) -> None:
    """Write the first product with a picture, then send it to review."""
    towel = folder / "towel.png"
    Image.linear_gradient("L").resize((800, 800)).convert("RGB").save(towel)
    merchant.open("catalog/product/").picture("no-products")
    merchant.follow("/do/create/").fill(
        title="新疆长绒棉毛巾 加厚吸水",
        new_pictures=towel,
        category=_leaf(merchant),
        merchant_code="TOWEL-1",
        price="19.90",
        stock="50",
        attributes="材质=棉",
    )
    merchant.picture("new-product")
    merchant.send()
    product = Product.objects.get()
    merchant.open(f"catalog/product/{product.public_id}/change/").picture("draft")
    merchant.do("submit", list_when_approved=True).picture("waiting", is_dark=True)
    assert merchant.acts().isdisjoint({"submit", "list"})


def _leaf(merchant: Desk) -> str:
    options = merchant.one('[name="category"]').find_elements("tag name", "option")
    return next(one.get_attribute("value") for one in options if "毛巾" in one.text)


def _review_product(desk: Desk) -> None:
    """Look at the product as it would be sold, and approve it."""
    desk.open("catalog/productreview/").picture("reviews")
    desk.follow("/catalog/productreview/rev_").picture("review")
    desk.do("approve").picture("review-approved")


def test_a_full_desk_parcels_prices_and_who_may_refund(sit: Any, tmp_path: Path) -> None:
    shop = ShopFactory(name="Northern Lights Home")
    orders = _paid_orders(shop, 200)
    skus = list(product_on_sale(shop=shop, title="Linen", skus=50, price=PRICE).skus.all())
    clerk = StaffFactory(shop=shop, role=StaffRole.ORDER_CLERK, user__name="Clara").user
    desk = sit("merchant", "en-US").sign_in(clerk)

    _ship_by_file(desk, orders, tmp_path)
    _change_prices_and_back(desk.sign_in(owner_of(shop)), skus)
    _only_the_agent_refunds(desk, shop, clerk)

    assert [one for one in desk.complaints() if "status of 40" not in one] == []


def _paid_orders(shop: Shop, wanted: int) -> list[Order]:
    sku, buyer = make_sku(shop, stock=1_000), UserFactory()
    at = clock.now() - timedelta(hours=3)
    return [
        make_order(OrderStatus.TO_SHIP, items=[(sku, 1)], buyer=buyer, placed_at=at)
        for _ in range(wanted)
    ]


def _ship_by_file(desk: Desk, orders: list[Order], folder: Path) -> None:
    """200 good rows and 5 bad ones: look first, ship the good, take the bad ones home."""
    good = [[one.number, "顺丰", f"SF{place:013}"] for place, one in enumerate(orders, start=1)]
    bad = [
        ["9999999999999999", "顺丰", "SF9000000000001"],
        [orders[0].number, "no such carrier", "SF9000000000002"],
        [orders[1].number, "顺丰", "wrong"],
        ["", "顺丰", "SF9000000000004"],
        [orders[2].number, "顺丰", ""],
    ]
    file = folder / "parcels.csv"
    with file.open("w", newline="", encoding="utf-8") as lines:
        csv.writer(lines).writerows([*good, *bad])
    desk.picture("clerk-home")
    desk.open("orders/order/").picture("orders")
    desk.open("orders/shippingfile/").follow("/do/upload/").picture("upload")
    desk.send(file=file, is_dry_run=True)
    tasks.ship_files()
    desk.open("orders/shippingfile/").follow("/orders/shippingfile/shf_").picture("dry-run")
    assert Package.objects.count() == 0
    desk.follow("/do/ship/").picture("ship-good-rows")
    desk.send()
    tasks.ship_files()
    desk.open("orders/shippingfile/").picture("files", width=TABLET)
    desk.follow("/orders/shippingfile/shf_").picture("shipped", is_dark=True)
    assert Order.objects.filter(status=OrderStatus.SHIPPED).count() == len(orders)
    desk.one('#content a[href$="/errors/"]').click()
    report = desk.until(lambda: next(desk.folder.glob("*-errors.csv"), None))
    with report.open(encoding="utf-8-sig") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["Row"] for row in rows] == ["201", "202", "203", "204", "205"]
    assert all(row["What to do"] for row in rows)


def _change_prices_and_back(desk: Desk, skus: list[Sku]) -> None:
    """Ten percent less for the whole list, looked at first, and back the same day."""
    desk.open("").picture("owner-home")
    desk.open("catalog/sku/?q=Linen").picture("skus")
    desk.follow("list=").fill(percent="-10")
    desk.picture("change-prices")
    desk.send().picture("looked-at")
    assert _prices(skus) == {PRICE}
    desk.do("apply").picture("applied", is_dark=True)
    assert _prices(skus) == {PRICE * 9 // 10}
    desk.follow("/do/undo/").picture("undo")
    desk.send().picture("undone")
    assert _prices(skus) == {PRICE}
    assert "50" in desk.text


def _prices(skus: list[Sku]) -> set[int]:
    in_force = PriceVersion.objects.in_force().filter(sku__in=skus)
    found = in_force.values_list("price", flat=True)
    assert len(found) == len(skus)
    return set(found)


def _only_the_agent_refunds(desk: Desk, shop: Shop, clerk: Any) -> None:
    """No page offers a refund to a clerk or to who reads only, no form of theirs gives one."""
    order = make_order(OrderStatus.SHIPPED, shop=shop, placed_at=clock.now() - timedelta(days=2))
    case = open_case(order, at=clock.now())
    page = f"aftersales/refundcase/{case.number}/"
    reader = StaffFactory(shop=shop, role=StaffRole.READ_ONLY, user__name="Rita").user
    agent = StaffFactory(shop=shop, role=StaffRole.AFTERSALES_AGENT, user__name="Ann").user

    desk.sign_in(clerk)
    assert "/refundcase/" not in desk.menu()
    assert desk.post(f"{page}do/approve/") == 404  # for a clerk there are no cases at all
    desk.sign_in(reader).open(f"{page}change/").picture("case-of-a-reader")
    assert order.number in desk.text
    assert "/refundcase/" in desk.menu()
    assert desk.acts() == set()
    assert desk.post(f"{page}do/approve/") == 403
    desk.open(f"{page}do/approve/").picture("refused")
    assert "You may not do this" in desk.text
    case.refresh_from_db()
    assert case.status == CaseStatus.REQUESTED
    desk.sign_in(agent).open(f"{page}change/").picture("case-of-the-agent", width=TABLET)
    assert {"approve", "reject"} <= desk.acts()
    desk.follow("/do/approve/").picture("approve")
    desk.send().picture("agreed")
    case.refresh_from_db()
    assert case.status == CaseStatus.AWAIT_RETURN

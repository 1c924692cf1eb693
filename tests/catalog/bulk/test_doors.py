"""Bulk edits in the merchant console and by API."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.enums import BulkStatus
from catalog.models import BulkEdit, Stock
from catalog.policies import may_change_many
from catalog.services import prices
from catalog.services.bulk import applying, preparing
from catalog.services.bulk.reading import Wish
from shops.enums import StaffRole
from shops.policies import PERMISSIONS
from tests.catalog.admin.conftest import signed_in
from tests.factories.catalog import SkuFactory, product_on_sale, skus_of
from tests.factories.shops import ShopFactory, StaffFactory, actor_of, owner_of

pytestmark = pytest.mark.django_db

BULK = "/merchant/catalog/bulkedit/"
CHANGE = f"{BULK}do/change/"
SKUS = "/merchant/catalog/sku/"


@pytest.fixture
def desk(shop):
    return signed_in(owner_of(shop))


@pytest.fixture
def client(shop, client_for):
    return client_for(owner_of(shop))


@pytest.fixture
def base(shop) -> str:
    return f"/api/v1/catalog/shops/{shop.public_id}/bulk-edits"


def page(job: BulkEdit) -> str:
    return f"{BULK}{job.public_id}/change/"


def do(job: BulkEdit, act: str) -> str:
    return f"{BULK}{job.public_id}/do/{act}/"


def fifty(shop) -> list:
    product = product_on_sale(shop=shop, title="Cotton towel", skus=50, price=10_000)
    return skus_of(product)


def price(sku) -> int:
    return sku.prices.in_force().get().price


def test_op_13_fifty_prices_are_looked_at_changed_and_taken_back(desk, shop, merchant, at) -> None:
    """A price change for 50 SKUs with undo: one that was changed since stays as it is.

    Page: /merchant/catalog/bulkedit/
    """
    skus = fifty(shop)
    form = desk.get(CHANGE, {"list": "q=Cotton"}).text
    assert all(f"{sku.merchant_code},100.00,100" in form for sku in skus)
    rows = "\n".join(sku.merchant_code for sku in skus) + "\nNOPE,1"

    answer = desk.post(CHANGE, {"rows": rows, "percent": "-10"})
    job = BulkEdit.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, page(job))
    look = desk.get(page(job)).text
    for words in ("¥100.00", "¥90.00", "NOPE", "Your shop has no SKU", "Cotton towel"):
        assert words in look
    assert price(skus[0]) == 10_000

    assert desk.post(do(job, "apply")).status_code == 302
    assert [price(sku) for sku in skus] == [9_000] * 50
    prices.set_price(sku=skus[7], price=5_000, actor=merchant, at=at)

    assert desk.post(do(job, "undo")).status_code == 302
    after = desk.get(page(job)).text
    assert [price(sku) for sku in skus] == [10_000] * 7 + [5_000] + [10_000] * 42
    assert "Somebody changed the price since" in after
    assert skus[7].merchant_code in after


def test_ticked_skus_come_with_their_prices_into_the_form(desk, shop) -> None:
    chosen, other = SkuFactory(product__shop=shop), SkuFactory(product__shop=shop)
    foreign = SkuFactory(product__shop=ShopFactory())
    assert f'value="{chosen.public_id}" form="chosen"' in desk.get(SKUS).text

    form = desk.get(CHANGE, {"sku": [chosen.public_id, foreign.public_id]}).text

    assert f"{chosen.merchant_code},99.00,100" in form
    assert [one.merchant_code in form for one in (other, foreign)] == [False, False]


def test_a_file_is_looked_at(desk, shop) -> None:
    sku = SkuFactory(product__shop=shop)
    file = SimpleUploadedFile("prices.csv", f"sku_code,stock\n{sku.merchant_code},7\n".encode())

    assert desk.post(CHANGE, {"file": file}).status_code == 302

    job = BulkEdit.objects.get()
    assert (job.filename, job.good_count, job.has_prices) == ("prices.csv", 1, False)


@pytest.mark.parametrize(
    "form", [{}, {"rows": " \n"}, {"rows": "A,1", "percent": "-100"}, {"rows": "price\n1"}]
)
def test_a_bad_form_prepares_nothing(desk, form) -> None:
    assert desk.post(CHANGE, form).status_code == 422
    assert not BulkEdit.objects.exists()


def test_who_may_not_set_prices_changes_stock_alone(shop) -> None:
    sku = SkuFactory(product__shop=shop)
    clerk = signed_in(StaffFactory(shop=shop, role=StaffRole.ORDER_CLERK).user)
    owner = preparing.prepare(
        shop=shop,
        wishes=[Wish(1, sku.merchant_code, price=1)],
        actor=actor_of(shop),
        at=sku.created_at,
    )

    refused = clerk.post(CHANGE, {"rows": f"{sku.merchant_code},1"})
    percent = clerk.post(CHANGE, {"rows": sku.merchant_code, "percent": "1"})
    taken = clerk.post(CHANGE, {"rows": f"{sku.merchant_code},,5"})

    assert (refused.status_code, percent.status_code, taken.status_code) == (422, 422, 302)
    assert clerk.post(do(owner, "apply")).status_code == 422
    owner.refresh_from_db()
    assert owner.status == BulkStatus.PREPARED
    assert clerk.post(do(BulkEdit.objects.latest("pk"), "apply")).status_code == 302
    assert (price(sku), Stock.objects.get(sku=sku).on_hand) == (9_900, 5)


def test_a_reader_sees_no_box_and_may_not_change(shop) -> None:
    SkuFactory(product__shop=shop)
    reader = signed_in(StaffFactory(shop=shop, role=StaffRole.READ_ONLY).user)

    assert 'name="sku"' not in reader.get(SKUS).text
    assert reader.get(CHANGE).status_code == 403


def test_another_shops_bulk_edit_is_not_there(desk) -> None:
    foreign = SkuFactory()
    job = preparing.prepare(
        shop=foreign.shop,
        wishes=[Wish(1, foreign.merchant_code, stock=1)],
        actor=actor_of(foreign.shop),
        at=foreign.created_at,
    )

    answers = [desk.get(page(job)), desk.post(do(job, "apply")), desk.post(do(job, "discard"))]

    assert [answer.status_code for answer in answers] == [404] * 3
    job.refresh_from_db()
    assert job.status == BulkStatus.PREPARED


def test_its_page_costs_the_same_for_one_row_and_many(desk, shop, merchant, at) -> None:
    skus = fifty(shop)
    counts = []
    for wanted in (1, 50):
        job = preparing.prepare(
            shop=shop,
            wishes=[
                Wish(place, sku.merchant_code, stock=1)
                for place, sku in enumerate(skus[:wanted], start=1)
            ],
            actor=merchant,
            at=at,
        )
        desk.get(page(job))
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(page(job)).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert counts[1] <= 20


def test_it_goes_by_api_from_look_to_undo(client, base, shop) -> None:
    sku = SkuFactory(product__shop=shop, merchant_code="A")
    body = {"rows": [{"merchant_code": "A", "price": 8_000, "stock": 90}, {"merchant_code": "X"}]}

    def post(url: str, data=None, key: str = "key"):
        return client.post(url, data or {}, HTTP_IDEMPOTENCY_KEY=key)

    made = post(base, body, "1").json()
    url = f"{base}/{made['id']}"
    rows = client.get(f"{url}/rows").json()["results"]
    bad = client.get(f"{url}/rows", {"state": "bad"}).json()["results"]
    applied = post(f"{url}/apply", key="2")
    again = post(f"{url}/apply", key="2")
    second = post(f"{url}/apply", key="3")
    prices_then = price(sku)
    undone = post(f"{url}/undo", key="4").json()

    assert (made["status"], made["good_count"], made["bad_count"]) == ("prepared", 1, 1)
    assert (rows[0]["old_price"], rows[0]["new_price"]) == (
        {"amount": 9_900, "currency": "CNY"},
        {"amount": 8_000, "currency": "CNY"},
    )
    assert (rows[0]["sku_id"], rows[0]["new_on_hand"]) == (sku.public_id, 90)
    assert [(one["merchant_code"], one["code"]) for one in bad] == [("X", "unknown_sku")]
    assert applied.json()["status"] == "applied"
    assert again["Idempotent-Replayed"] == "true"
    assert second.status_code == 409
    assert prices_then == 8_000
    assert (undone["status"], undone["undone_count"], price(sku)) == ("undone", 1, 9_900)
    assert client.get(base).json()["results"][0]["id"] == made["id"]
    assert client.get(url).json()["status"] == "undone"


def test_the_api_asks_for_the_permission_of_prices(client_for, base, shop) -> None:
    sku = SkuFactory(product__shop=shop)
    clerk = client_for(StaffFactory(shop=shop, role=StaffRole.ORDER_CLERK).user)
    by_price = {"rows": [{"merchant_code": sku.merchant_code, "price": 1}]}
    by_percent = {"rows": [{"merchant_code": sku.merchant_code}], "price_change_bp": -1}
    by_stock = {"rows": [{"merchant_code": sku.merchant_code, "stock": 1}]}
    owner = preparing.prepare(
        shop=shop,
        wishes=[Wish(1, sku.merchant_code, price=1)],
        actor=actor_of(shop),
        at=sku.created_at,
    )

    answers = [
        clerk.post(base, body, HTTP_IDEMPOTENCY_KEY=str(place))
        for place, body in enumerate((by_price, by_percent, by_stock))
    ]
    applied = clerk.post(f"{base}/{owner.public_id}/apply", {}, HTTP_IDEMPOTENCY_KEY="a")

    assert [one.status_code for one in answers] == [403, 403, 201]
    assert applied.status_code == 403
    assert price(sku) == 9_900


def test_a_discarded_one_stays_as_it_is(client, desk, base, shop, merchant, at) -> None:
    sku = SkuFactory(product__shop=shop)
    made = [
        preparing.prepare(
            shop=shop, wishes=[Wish(1, sku.merchant_code, stock=1)], actor=merchant, at=at
        )
        for _ in range(2)
    ]

    assert client.post(f"{base}/{made[0].public_id}/discard", {}).json()["status"] == "discarded"
    assert desk.post(do(made[1], "discard")).status_code == 302

    assert Stock.objects.get(sku=sku).on_hand == 100
    assert set(BulkEdit.objects.values_list("status", flat=True)) == {BulkStatus.DISCARDED}


def test_a_page_of_one_at_work_shows_how_far_it_is(desk, shop, merchant, at, monkeypatch) -> None:
    monkeypatch.setattr(applying, "AT_ONCE", 0)
    sku = SkuFactory(product__shop=shop)
    job = preparing.prepare(
        shop=shop, wishes=[Wish(1, sku.merchant_code, stock=1)], actor=merchant, at=at
    )

    answer = desk.post(do(job, "apply"), follow=True)

    assert "It is on its way" in answer.text
    assert '<progress class="w-full" max="100" value="0">' in answer.text
    assert timedelta(0) < BulkEdit.objects.get().undo_until_at - job.created_at


def test_who_may_change_many_is_who_may_change_one():
    shop = ShopFactory()
    actors = {role: actor_of(shop, role) for role in StaffRole}

    for has_prices, asked in (
        (False, {"catalog.stock"}),
        (True, {"catalog.stock", "catalog.price"}),
    ):
        may = {role for role, one in actors.items() if may_change_many(one, has_prices=has_prices)}
        assert may == {role for role in StaffRole if asked <= set(PERMISSIONS[role])}
        assert may < set(StaffRole)

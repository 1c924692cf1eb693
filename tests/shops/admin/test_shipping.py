"""Freight rules, promise and special dates in the merchant console."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from shops.models import FreightRule, ShippingPromise, SpecialDate
from tests.factories.shops import ShopFactory, owner_of

pytestmark = pytest.mark.django_db

RULES = "/merchant/shops/freightrule/"
FORM = {
    "provinces": ["650000"],
    "others": "浙江省舟山市，460300",
    "is_delivered": "on",
    "first_pieces": "1",
    "first_amount": "15",
    "further_pieces": "2",
    "further_amount": "5",
}


@pytest.fixture
def shop() -> Any:
    return ShopFactory()


@pytest.fixture
def client(shop: Any) -> Client:
    client = Client()
    client.force_login(owner_of(shop), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_freight_rule_is_added_tried_edited_and_removed(shop: Any, client: Client) -> None:
    """By checkboxes for provinces and names or codes for what is smaller.

    Page: /merchant/shops/freightrule/
    """
    client.post(f"{RULES}do/add/", FORM)

    rule = FreightRule.objects.get(shop=shop)
    assert rule.region_codes == ["330900", "460300", "650000"]
    assert (rule.first_amount, rule.further_pieces, rule.further_amount) == (1_500, 2, 500)
    order = {"province": "新疆", "city": "", "district": "", "goods_amount": "20", "pieces": "3"}
    said = client.post(f"{RULES}do/preview/", order, follow=True).content.decode()
    assert "Freight to 新疆维吾尔自治区: ¥20.00" in said
    listed = client.get(RULES).content.decode()
    assert "浙江省舟山市" in listed

    page = f"{RULES}{rule.public_id}/"
    form = client.get(f"{page}do/edit/").content.decode()
    assert "浙江省舟山市, 海南省三沙市" in form
    client.post(f"{page}do/edit/", FORM | {"is_delivered": "", "others": ""})
    rule.refresh_from_db()
    assert (rule.region_codes, rule.is_delivered) == (["650000"], False)
    said = client.post(f"{RULES}do/preview/", order, follow=True).content.decode()
    assert "Nothing is sent to 新疆维吾尔自治区." in said
    client.post(f"{page}do/remove/")
    assert not FreightRule.objects.exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"provinces": [], "others": ""}, "Choose at least one region."),
        ({"others": "Atlantis"}, "No such region: Atlantis."),
        ({"others": "鼓楼区"}, "No such region: 鼓楼区."),
        ({"first_pieces": "0"}, "greater than or equal to 1"),
    ],
)
def test_a_form_that_names_no_rule_adds_none(client: Client, change: Any, said: str) -> None:
    answer = client.post(f"{RULES}do/add/", FORM | change)

    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert not FreightRule.objects.exists()


def test_sh_11_promise_and_special_dates_in_the_console(shop: Any, client: Client) -> None:
    """The shop's page names the promise; special dates have a page of their own.

    Page: /merchant/shops/specialdate/
    """
    client.post(f"/merchant/shops/shop/{shop.public_id}/do/set-promise/", {"speed": "next_day"})
    assert ShippingPromise.objects.get(shop=shop).speed == "next_day"
    page = client.get(f"/merchant/shops/shop/{shop.public_id}/", follow=True)
    assert "the next day" in page.content.decode()

    now = timezone.localtime()
    window = {
        "paid_from": (now + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"),
        "paid_to": (now + timedelta(days=4)).strftime("%Y-%m-%dT%H:%M"),
    }
    client.post("/merchant/shops/specialdate/do/add/", window | {"plus_days": "3"})
    row = SpecialDate.objects.get(shop=shop)
    client.post(f"/merchant/shops/specialdate/{row.public_id}/do/call-off/")
    row.refresh_from_db()
    assert (row.plus_days, row.called_off_at is None) == (3, False)


def test_regions_are_listed_level_by_level(client: Client) -> None:
    provinces = client.get("/api/v1/shops/regions").json()
    cities = client.get("/api/v1/shops/regions", {"within": "330000"}).json()
    districts = client.get("/api/v1/shops/regions", {"within": "330900"}).json()

    assert (len(provinces), len(cities)) == (34, 11)
    assert districts[0] == {
        "code": "330902",
        "name": "定海区",
        "full_name": "浙江省舟山市定海区",
        "level": 3,
    }
    assert client.get("/api/v1/shops/regions", {"within": "999999"}).status_code == 404

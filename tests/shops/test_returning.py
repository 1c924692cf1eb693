"""Where something that was sold goes back to (SH-18)."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from kernel.models import AuditEntry
from shops.errors import BoundElsewhere, RegionUnknown
from shops.models import ReturnAddress
from shops.selectors import return_address
from shops.services import promises
from tests.factories.aftersales import requested_case
from tests.factories.shops import ReturnAddressFactory, ShopFactory, actor_of, owner_of

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
HANGZHOU = {"province": "浙江省", "city": "杭州市", "district": "上城区"}


@pytest.fixture
def shop():
    return ShopFactory()


def another(shop, street):
    return ReturnAddressFactory(shop=shop, is_default=False, street=street)


def bind(address, products=(), regions=()):
    return promises.bind_return_address(
        address=address,
        product_ids=products,
        region_codes=regions,
        at=AT,
        actor=actor_of(address.shop),
    )


def street(shop, product="prd_1", **buyer):
    found = return_address(shop.pk, product_id=product, buyer=buyer or HANGZHOU)
    return found.street if found else None


def test_a_product_comes_before_a_region_and_the_smallest_region_before_a_larger(shop):
    bind(another(shop, "repairs"), products=["prd_1"])
    bind(another(shop, "province"), regions=["330000"])
    bind(another(shop, "city"), regions=["330100"])

    assert street(shop) == "repairs"
    assert street(shop, "prd_2") == "city"
    assert street(shop, "prd_2", province="浙江省", city="宁波市") == "province"
    assert street(shop, "prd_2", province="北京市", city="北京市") == "网商路 599 号"
    assert street(shop, "prd_2", province="Nowhere") == "网商路 599 号"


def test_a_shop_without_an_address_has_none(shop):
    ReturnAddress.objects.filter(shop=shop).delete()

    assert street(shop) is None


def test_another_shops_strategy_says_nothing_here(shop):
    bind(another(ShopFactory(), "foreign"), products=["prd_1"], regions=["330000"])

    assert street(shop) == "网商路 599 号"


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        ({"products": ["prd_1", "prd_9"]}, BoundElsewhere),
        ({"regions": ["330000"]}, BoundElsewhere),
        ({"regions": ["999999"]}, RegionUnknown),
    ],
)
def test_each_goes_back_to_one_address(shop, wanted, refusal):
    bind(another(shop, "first"), products=["prd_1"], regions=["330000"])
    second = another(shop, "second")

    with pytest.raises(refusal):
        bind(second, **wanted)

    second.refresh_from_db()
    assert (second.product_ids, second.region_codes) == ([], [])
    assert AuditEntry.objects.count() == 1


def test_sh_18_an_agreed_return_goes_where_the_strategy_says(client_for: Any) -> None:
    """Bound in the console or by the API; the case keeps its copy whatever changes later.

    Page: /merchant/shops/returnaddress/
    """
    case = requested_case(kind="return_and_refund")
    shop, owner = case.shop, owner_of(case.shop)
    address = another(shop, "repairs")
    console = Client()
    console.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    page = f"/merchant/shops/returnaddress/{address.public_id}/"
    console.post(f"{page}do/bind/", {"product_ids": "", "region_codes": "浙江省"})
    assert "浙江省" in console.get(page, follow=True).content.decode()
    path = f"/api/v1/shops/shops/{shop.public_id}/return-addresses/{address.public_id}/strategy"
    product = case.line.product.public_id
    answer = client_for(owner).put(path, {"product_ids": [product], "region_codes": []})
    assert (answer.json()["product_ids"], answer.json()["region_codes"]) == ([product], [])

    approved = client_for(owner).post(
        f"/api/v1/aftersales/shops/{shop.public_id}/cases/{case.number}/approve",
        {"version": case.version},
        headers={"Idempotency-Key": "k"},
    )

    assert approved.status_code == 200, approved.json()
    bind(address)
    case.refresh_from_db()
    assert case.return_address["street"] == "repairs"

"""The editor of a shop's page in the merchant console."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.models import ShopPage, ShopPageVersion
from shops.enums import StaffRole
from tests.catalog.admin.conftest import signed_in
from tests.factories.catalog import product_on_sale
from tests.factories.shops import ShopFactory, StaffFactory, owner_of

pytestmark = pytest.mark.django_db

LIST = "/merchant/catalog/shoppage/"


@pytest.fixture
def shop() -> Any:
    return ShopFactory()


@pytest.fixture
def client(shop: Any) -> Any:
    client = signed_in(owner_of(shop))
    client.post(f"{LIST}do/begin/")
    return client


@pytest.fixture
def page(client: Any) -> str:
    return f"{LIST}{ShopPage.objects.get().public_id}"


def kinds() -> list[str]:
    return [one["kind"] for one in ShopPage.objects.get().blocks]


def test_sh_20_a_merchant_adds_moves_and_removes_blocks_looks_and_publishes(
    client: Any, shop: Any, page: str
) -> None:
    """The preview shows the draft as buyers would see it; an earlier version comes back.

    Page: /merchant/catalog/shoppage/
    """
    product = product_on_sale(shop=shop)
    chosen = {"source": "chosen", "products": [product.public_id]}

    client.post(f"{page}/do/add-products/", chosen)
    client.post(f"{page}/do/add-notice/", {"text": "Back on Monday"})
    client.post(f"{page}/do/publish/")
    shown = client.get(f"{page}/change/").content.decode()
    last = ShopPage.objects.get().blocks[1]["id"]
    client.post(f"{page}/do/move/", {"block": last, "place": 1})
    moved = kinds()
    client.post(f"{page}/do/remove/", {"block": last})
    client.post(f"{page}/do/publish/")
    client.post(f"{page}/do/restore/", {"number": 1})
    after = client.get(f"{page}/change/").content.decode()

    assert product.title in shown
    assert "Back on Monday" in shown
    assert (moved, kinds()) == (["notice", "product_grid"], ["product_grid"])
    counts = [len(one.blocks) for one in ShopPageVersion.objects.order_by("number")]
    assert counts == [2, 1, 2]
    assert "brings 1 back" in after


def test_who_may_only_read_edits_nothing(client: Any, shop: Any, page: str) -> None:
    clerk = signed_in(StaffFactory(shop=shop, role=StaffRole.ORDER_CLERK).user)

    shown = clerk.get(f"{page}/change/")
    refused = clerk.post(f"{page}/do/add-notice/", {"text": "Mine"}).status_code

    assert (shown.status_code, refused, kinds()) == (200, 403, [])


def test_a_product_of_another_shop_is_no_choice(client: Any, page: str) -> None:
    foreign = product_on_sale(shop=ShopFactory())

    answer = client.post(
        f"{page}/do/add-products/", {"source": "chosen", "products": [foreign.public_id]}
    )

    assert (answer.status_code, kinds()) == (422, [])

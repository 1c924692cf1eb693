"""Stock set aside, in the merchant console (CA-10)."""

from datetime import timedelta

import pytest

from catalog.models import Stock, StockBucket
from kernel import clock
from tests.factories.accounts import AccountFactory
from tests.factories.catalog import product_on_sale

pytestmark = pytest.mark.django_db


def test_ca_10_a_merchant_sets_pieces_aside_for_a_live_session(shop, shop_desk):
    """On the page of the SKU; the bucket's page takes more, and sets free what is left.

    Page: /merchant/catalog/stockbucket/
    """
    desk = shop_desk(shop)
    sku = product_on_sale(shop=shop).skus.get()
    Stock.objects.filter(pk=sku.pk).update(on_hand=20)
    account = AccountFactory()
    page = f"/merchant/catalog/sku/{sku.public_id}"
    form = {
        "kind": "live",
        "account_id": account.handle,
        "quantity": "12",
        "ends_at": (clock.now() + timedelta(hours=9)).strftime("%Y-%m-%dT%H:%M"),
        "note": "tonight",
    }

    assert desk.post(f"{page}/do/set-aside/", form | {"ends_at": ""}).status_code == 422
    assert desk.post(f"{page}/do/set-aside/", form).status_code == 302

    bucket = StockBucket.objects.get()
    shown = desk.get(f"{page}/change/").text
    assert f"Set aside for the live session of @{account.handle}" in shown
    own = f"/merchant/catalog/stockbucket/{bucket.public_id}"
    assert own in shown
    assert f"@{account.handle}" in desk.get("/merchant/catalog/stockbucket/").text
    assert desk.post(f"{own}/do/change-pieces/", {"delta": "0"}).status_code == 422
    assert desk.post(f"{own}/do/change-pieces/", {"delta": "-2"}).status_code == 302
    assert "tonight" in desk.get(f"{own}/change/").text
    assert desk.post(f"{own}/do/end/", {}).status_code == 302
    bucket.refresh_from_db()
    assert (bucket.quantity, bucket.freed, bucket.remaining) == (10, 10, 0)
    assert Stock.objects.get(pk=sku.pk).available == 20
    assert "do/end" not in desk.get(f"{own}/change/").text

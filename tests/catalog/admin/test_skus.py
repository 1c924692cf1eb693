"""SKUs that exist, and bundles, in the merchant console (CA-09)."""

from datetime import timedelta

import pytest

from catalog.models import BundlePart, Sku, Stock
from orders.models import Order
from orders.services.printing.picking import goods_of
from tests.factories.orders import PLACED_AT, make_sku
from tests.factories.sales import paid_order

pytestmark = pytest.mark.django_db


def page(sku, what="change/"):
    return f"/merchant/catalog/sku/{sku.public_id}/{what}"


def test_ca_09_a_merchant_puts_a_bundle_together(shop, shop_desk):
    """Parts by their codes; the page, the order and the pick list say what is inside.

    Page: /merchant/catalog/sku/
    """
    desk = shop_desk(shop)
    tea, cup = make_sku(shop=shop, stock=10), make_sku(shop=shop, stock=5)
    gift = make_sku(shop=shop, stock=0)
    parts = f"{tea.merchant_code} × 2\n{cup.merchant_code}\n"

    unknown = desk.post(page(gift, "do/bundle/"), {"parts": "NOBODY x 2"})
    assert unknown.status_code == 422
    assert "NOBODY" in unknown.text
    assert desk.post(page(gift, "do/bundle/"), {"parts": parts}).status_code == 302
    assert desk.post(page(gift, "do/put-together/"), {"count": "4"}).status_code == 302
    assert Stock.objects.get(pk=gift.pk).on_hand == 4
    assert Stock.objects.get(pk=tea.pk).on_hand == 2
    text = desk.get(page(gift)).text
    assert tea.merchant_code in text
    assert "do/take-apart/" in text
    assert "do/take-apart/" not in desk.get(page(tea)).text

    BundlePart.objects.update(starts_at=PLACED_AT - timedelta(days=1))
    order: Order = paid_order((gift, 1))
    inside = f"2 × {tea.merchant_code}, 1 × {cup.merchant_code}"
    assert inside in desk.get(f"/merchant/orders/order/{order.number}/change/").text
    ((goods, _count),) = goods_of(shop.pk, [order.pk])
    assert goods.contains == inside


def test_ca_09_a_merchant_edits_a_sku(shop, shop_desk):
    """Its codes, whether it is sold; the pick list has the supplier's code.

    Page: /merchant/catalog/sku/{sku_id}/do/change/
    """
    desk = shop_desk(shop)
    sku = make_sku(shop=shop)
    form = {"merchant_code": "T-1", "supplier_code": "F-9", "image_url": "", "is_active": "on"}

    assert desk.post(page(sku, "do/change/"), form).status_code == 302
    assert "F-9" in desk.get(page(sku)).text
    assert sku.merchant_code not in desk.get(page(sku, "do/change/")).text
    ((goods, _count),) = goods_of(shop.pk, [paid_order((sku, 1)).pk])
    assert (goods.code, goods.supplier_code) == ("T-1", "F-9")

    del form["is_active"]
    assert desk.post(page(sku, "do/change/"), form).status_code == 422
    assert Sku.objects.get(pk=sku.pk).is_active

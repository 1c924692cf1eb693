"""Through whom a product is sold, in the merchant console (CA-19)."""

import pytest
from django.utils.html import escape

from catalog.enums import SellChannel
from catalog.models import Product, ProductChannel
from catalog.selectors.channels import channel_of
from tests.factories.accounts import CreatorFactory
from tests.factories.catalog import product_on_sale

pytestmark = pytest.mark.django_db

PRODUCTS = "/merchant/catalog/product/"


@pytest.fixture
def desk(shop, shop_desk):
    return shop_desk(shop)


def act(product, name):
    return f"{PRODUCTS}{product.public_id}/do/{name}/"


def page(desk, product):
    return desk.get(f"{PRODUCTS}{product.public_id}/change/").text


def test_ca_19_a_merchant_says_who_sells_a_product(shop, desk):
    """Everywhere, by named accounts; the page of the product says it.

    Page: /merchant/catalog/product/{public_id}/do/set-channel/
    """
    product, creator = product_on_sale(shop=shop), CreatorFactory()
    seller = f"@{creator.account.handle}"
    assert seller not in page(desk, product)

    named = {"kind": "named", "accounts": f"{creator.account.handle}\n"}
    answer = desk.post(act(product, "set-channel"), named)

    assert answer.status_code == 302
    assert channel_of(product).accounts == [creator.account]
    assert escape(seller) in page(desk, product)
    assert creator.account.handle in desk.get(act(product, "set-channel")).text

    refused = desk.post(act(product, "set-channel"), named | {"accounts": "nobody-at-all"})
    assert refused.status_code == 422
    assert "nobody-at-all" in refused.text
    assert channel_of(product).accounts == [creator.account]

    # What still stands in the field says nothing about a product that is sold everywhere.
    assert desk.post(act(product, "set-channel"), named | {"kind": "all"}).status_code == 302
    assert channel_of(product).kind == SellChannel.ALL


def test_ca_19_a_merchant_makes_a_channel_product(shop, desk):
    """Each SKU of the main product at a price and with stock of its own.

    Page: /merchant/catalog/product/{public_id}/do/channel-product/
    """
    product, creator = product_on_sale(shop=shop), CreatorFactory()
    form = {
        "kind": "exclusive",
        "accounts": creator.account.handle,
        "code_suffix": "-EX",
        "price": "7.50",
        "stock": "4",
    }

    assert desk.post(act(product, "channel-product"), form).status_code == 302

    made = Product.objects.exclude(pk=product.pk).get()
    sku = made.skus.get()
    assert (made.min_price, sku.stock.on_hand) == (750, 4)
    assert sku.merchant_code == product.skus.get().merchant_code + "-EX"
    assert f"{PRODUCTS}{product.public_id}/change/" in page(desk, made)
    kinds = desk.get(act(made, "set-channel")).context["form"].fields["kind"].choices
    assert [value for value, _label in kinds] == ["named", "exclusive", "all_creators"]
    assert "channel-product" not in page(desk, made)

    two = form | {"accounts": f"{creator.account.handle}\n{CreatorFactory().account.handle}"}
    assert desk.post(act(product, "channel-product"), two).status_code == 422
    assert (Product.objects.count(), ProductChannel.objects.count()) == (2, 1)

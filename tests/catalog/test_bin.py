"""The recycle bin: out of sight for buyers, read from orders, taken back within thirty days."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from catalog.enums import DisplayState
from catalog.errors import RestoreTooLate
from catalog.models import Product
from catalog.services import shelf
from tests.catalog.admin.conftest import signed_in
from tests.factories.accounts import UserFactory
from tests.factories.catalog import product_on_sale, skus_of
from tests.factories.shops import owner_of
from tests.orders.api.checkouts import body, check_out

pytestmark = pytest.mark.django_db

PRODUCTS = "/merchant/catalog/product/"


@pytest.fixture
def desk(shop):
    return signed_in(owner_of(shop))


def test_ca_23_a_deleted_product_stays_readable_and_is_restored_from_its_page(
    desk, shop, client_for
) -> None:
    """Its orders and its page still show it; the list does not, the recycle bin does.

    Page: /merchant/catalog/product/?state=deleted
    """
    product, other = product_on_sale(shop=shop, title="Old towel"), product_on_sale(shop=shop)
    buyer = client_for(UserFactory())
    order = check_out(buyer, body((skus_of(product)[0], 1))).json()["orders"][0]
    page = f"{PRODUCTS}{product.public_id}"

    assert desk.post(f"{page}/do/delete/").status_code == 302

    listed, binned = desk.get(PRODUCTS).text, desk.get(PRODUCTS, {"state": "deleted"}).text
    assert ["Old towel" in listed, other.title in listed, "Recycle bin" in listed] == [
        False, True, True,
    ]  # fmt: skip
    assert ["Old towel" in binned, other.title in binned] == [True, False]
    assert buyer.get(f"/api/v1/catalog/products/{product.public_id}").status_code == 404
    told = buyer.get(f"/api/v1/orders/orders/{order['number']}").json()
    assert told["lines"][0]["title"] == "Old towel"
    assert "Can be restored until" in desk.get(f"{page}/change/").text

    assert desk.post(f"{page}/do/restore/").status_code == 302
    product.refresh_from_db()
    assert (product.display_state, product.deleted_at) == (DisplayState.IN_WAREHOUSE, None)


def test_after_thirty_days_it_stays_to_be_read(shop, merchant, at) -> None:
    product = shelf.delete(product=product_on_sale(shop=shop), actor=merchant, at=at)

    with pytest.raises(RestoreTooLate):
        shelf.restore(product=product, actor=merchant, at=at + timedelta(days=30, seconds=1))

    product.refresh_from_db()
    assert (product.display_state, product.deleted_at) == (DisplayState.DELETED, at)


def test_the_bin_knows_since_when_by_constraint(shop) -> None:
    product = product_on_sale(shop=shop)

    with pytest.raises(IntegrityError), transaction.atomic():
        Product.objects.filter(pk=product.pk).update(shelf_status="deleted")

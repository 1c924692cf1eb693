"""The single status that programs read (CA-21)."""

import pytest
from django.utils import timezone

from catalog.enums import ApiStatus
from catalog.models import Product
from catalog.selectors.statuses import of_status, with_status
from shops.enums import RestrictionKind, RestrictionReason, ShopStatus
from shops.services import restrictions
from tests.factories.catalog import product_on_sale
from tests.factories.shops import ShopFactory, owner_of

pytestmark = pytest.mark.django_db

#: shelf, review, draft → status, as the table of catalog.selectors.statuses says.
AXES = {
    ("off", "not_submitted", "unsubmitted"): "DRAFT",
    ("off", "pending", "pending"): "PENDING",
    ("off", "rejected", "unsubmitted"): "FAILED",
    ("on", "approved", "none"): "ACTIVATE",
    ("on", "approved", "unsubmitted"): "ACTIVATE",
    ("on", "approved", "pending"): "ACTIVATE",
    ("off", "approved", "none"): "SELLER_DEACTIVATED",
    ("off", "awaiting_listing", "none"): "SELLER_DEACTIVATED",
    ("off", "banned", "none"): "PLATFORM_DEACTIVATED",
    ("deleted", "banned", "none"): "DELETED",
    ("deleted", "approved", "none"): "DELETED",
}


@pytest.fixture
def shop(db):
    return ShopFactory()


@pytest.fixture
def made(shop):
    """Return the expected status of each product by its public id: one of each combination."""
    expected = {}
    for (shelf, review, draft), status in AXES.items():
        product = product_on_sale(shop=shop)
        Product.objects.filter(pk=product.pk).update(
            shelf_status=shelf,
            review_status=review,
            draft_status=draft,
            deleted_at=timezone.now() if shelf == "deleted" else None,
        )
        expected[product.public_id] = status
    return expected


def test_ca_21_programs_read_one_status_and_filter_by_it(client_for, shop, made) -> None:
    """Computed from the three axes, in the list and on the page of a product.

    API: GET /api/v1/catalog/shops/{shop_id}/products
    """
    client, base = client_for(owner_of(shop)), f"/api/v1/catalog/shops/{shop.public_id}/products"

    def listed(**query):
        rows = client.get(base, query).json()["results"]
        return {one["id"]: one["status"] for one in rows}

    assert listed() == made
    for status in ApiStatus.values:
        assert listed(status=status) == {key: one for key, one in made.items() if one == status}
    for key, status in made.items():
        assert client.get(f"{base}/{key}").json()["status"] == status


def statuses():
    return dict(with_status(Product.objects.all()).values_list("public_id", "status"))


@pytest.mark.parametrize("reason", ["closed", "restricted"])
def test_what_its_shop_may_not_sell_is_frozen_and_nothing_else(shop, made, reason) -> None:
    other = product_on_sale()
    if reason == "closed":
        shop.status = ShopStatus.SUSPENDED
        shop.save()
    else:
        restrictions.impose(
            shop_id=shop.pk,
            kind=RestrictionKind.SALES,
            reason=next(iter(RestrictionReason)),
            source="test",
            at=timezone.now(),
        )

    frozen = {key: "FREEZE" if one == "ACTIVATE" else one for key, one in made.items()}

    assert statuses() == frozen | {other.public_id: "ACTIVATE"}
    for status in ApiStatus:
        found = of_status(Product.objects.all(), status).values_list("public_id", flat=True)
        assert set(found) == {key for key, one in statuses().items() if one == status}

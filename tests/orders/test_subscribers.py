"""What the orders room does when it hears its own facts."""

import pytest

from kernel.delivery import deliver_all
from tests.factories.orders import make_sku
from tests.factories.sales import paid_order

pytestmark = pytest.mark.django_db


def test_pieces_that_were_paid_are_counted_once():
    sku = make_sku()
    paid_order((sku, 3))

    deliver_all()
    deliver_all()

    sku.product.refresh_from_db()
    assert sku.product.sales_count == 3

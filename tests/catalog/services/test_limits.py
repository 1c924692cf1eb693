"""CA-17: what a merchant says about how many pieces a buyer may take."""

import pytest
from django.db import IntegrityError

from catalog.errors import LimitsCannotBeMet
from catalog.models import Product
from catalog.policies import PurchaseLimits
from catalog.selectors.offers import buyable
from catalog.services import shelf
from catalog.services.limits import set_limits
from kernel.actors import SYSTEM
from kernel.errors import IllegalTransition
from kernel.models import AuditEntry
from tests.factories.catalog import LONG_AGO, product_on_sale, skus_of

pytestmark = pytest.mark.django_db
AT = LONG_AGO


@pytest.fixture
def product():
    return product_on_sale()


def test_limits_hold_at_once_and_are_written_down(product):
    limits = PurchaseLimits(2, 4, 6)

    set_limits(product=product, limits=limits, actor=SYSTEM, at=AT)

    (sku,) = skus_of(product)
    assert buyable([sku.pk], at=AT)[sku.pk].limits == limits
    entry = AuditEntry.objects.get(action="catalog.set_limits")
    assert (entry.before["max_per_order"], entry.after["max_per_order"]) == (None, 4)
    assert Product.objects.get(pk=product.pk).version == product.version  # no review is asked


@pytest.mark.parametrize("limits", [(0, None, None), (3, 2, None), (3, None, 2), (1, 0, None)])
def test_limits_that_nobody_could_meet_are_refused_by_code_and_database(product, limits):
    with pytest.raises(LimitsCannotBeMet):
        set_limits(product=product, limits=PurchaseLimits(*limits), actor=SYSTEM, at=AT)

    least, most, ever = limits
    rows = Product.objects.filter(pk=product.pk)
    with pytest.raises(IntegrityError):
        rows.update(min_per_order=least, max_per_order=most, max_per_buyer=ever)


def test_a_product_in_the_bin_keeps_its_limits(product):
    shelf.delete(product=product, actor=SYSTEM, at=AT)

    with pytest.raises(IllegalTransition):
        set_limits(product=product, limits=PurchaseLimits(2), actor=SYSTEM, at=AT)

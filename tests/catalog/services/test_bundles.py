"""What bundles are put together from, and keeping some ready (CA-09)."""

from datetime import timedelta

import pytest

from catalog.models import Stock
from catalog.selectors.bundles import parts_of
from catalog.services import bundles
from catalog.services.bundles import Part
from catalog.services.invariants import violations
from catalog.tasks import fill_bundles
from kernel import clock
from kernel.actors import SYSTEM
from kernel.models import AuditEntry
from tests.factories.orders import make_sku
from tests.factories.shops import ShopFactory

pytestmark = pytest.mark.django_db


def bundle(*parts, keep=None, stock=0):
    sku = make_sku(shop=parts[0][0].shop, stock=stock)
    bundles.set_parts(
        sku=sku,
        parts=[Part(part, pieces) for part, pieces in parts],
        keep=keep,
        actor=SYSTEM,
        at=clock.now(),
    )
    return sku


def test_as_many_are_kept_ready_as_the_parts_last():
    shop = ShopFactory()
    tea, cup = make_sku(shop=shop, stock=9), make_sku(shop=shop, stock=50)
    gift = bundle((tea, 2), (cup, 1), keep=3)

    fill_bundles()
    fill_bundles()
    assert Stock.objects.get(pk=gift.pk).available == 3
    assert Stock.objects.get(pk=tea.pk).available == 3

    Stock.objects.filter(pk=gift.pk).update(held=3)  # three are sold
    fill_bundles()
    Stock.objects.filter(pk=gift.pk).update(held=0)

    assert Stock.objects.get(pk=gift.pk).on_hand == 4
    assert Stock.objects.get(pk=tea.pk).available == 1
    assert violations() == []
    assert AuditEntry.objects.filter(action="catalog.put_together").count() == 2


def test_an_order_shows_what_its_bundle_was_put_together_from_then():
    shop = ShopFactory()
    tea, cup = make_sku(shop=shop, stock=9), make_sku(shop=shop, stock=9)
    gift = bundle((tea, 2))
    before, later = clock.now(), clock.now() + timedelta(hours=1)
    bundles.set_parts(sku=gift, parts=[Part(cup, 3)], keep=None, actor=SYSTEM, at=later)

    found = parts_of([(gift.pk, before), (gift.pk, later), (tea.pk, before)])

    told = {key: [(one.part_id, one.quantity) for one in rows] for key, rows in found.items()}
    assert told == {(gift.pk, before): [(tea.pk, 2)], (gift.pk, later): [(cup.pk, 3)]}

"""Guarantees, freight and return addresses."""

from datetime import UTC, datetime, timedelta

import pytest

from kernel.errors import NotFound, StaleVersion
from kernel.models import AuditEntry, OutboxMessage
from shops.enums import GuaranteeKind
from shops.errors import GuaranteeRunning, LastReturnAddress, TooManyReturnAddresses
from shops.models import FreightTemplate, Guarantee
from shops.selectors import freight_terms, storefronts
from shops.services import freight, promises
from shops.services.promises import ReturnAddressData
from tests.factories.shops import PreparingShopFactory, actor_of

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)
DESK = ReturnAddressData(
    receiver="Returns desk",
    phone="057188880000",
    province="浙江省",
    city="杭州市",
    district="滨江区",
    street="网商路 599 号",
)


@pytest.fixture
def shop():
    return PreparingShopFactory()


@pytest.fixture
def actor(shop):
    return actor_of(shop)


def test_a_guarantee_begins_ends_and_begins_again_as_rows(shop, actor):
    kind = GuaranteeKind.SHIP_48H
    promises.start_guarantee(shop_id=shop.pk, kind=kind, at=AT, actor=actor)
    promises.end_guarantee(shop_id=shop.pk, kind=kind, at=AT + DAY, actor=actor)
    promises.start_guarantee(shop_id=shop.pk, kind=kind, at=AT + 2 * DAY, actor=actor)

    periods = Guarantee.objects.order_by("pk").values_list("starts_at", "ends_at")
    assert list(periods) == [(AT, AT + DAY), (AT + 2 * DAY, None)]
    assert OutboxMessage.objects.filter(topic="shops.storefront.changed.v1").count() == 3
    assert AuditEntry.objects.count() == 3
    shown = storefronts([shop.pk], at=AT + DAY)[shop.pk]["shop"]["guarantees"]
    assert shown == []


def test_a_running_guarantee_is_not_started_twice(shop, actor):
    kind = GuaranteeKind.SHIP_48H
    promises.start_guarantee(shop_id=shop.pk, kind=kind, at=AT, actor=actor)

    with pytest.raises(GuaranteeRunning):
        promises.start_guarantee(shop_id=shop.pk, kind=kind, at=AT + DAY, actor=actor)

    assert Guarantee.objects.count() == 1
    assert OutboxMessage.objects.count() == 1


def test_what_does_not_run_does_not_end(shop, actor):
    with pytest.raises(NotFound):
        promises.end_guarantee(shop_id=shop.pk, kind=GuaranteeKind.SHIP_48H, at=AT, actor=actor)

    assert not AuditEntry.objects.exists()


def _freight(shop, actor, flat, version, free_from=None):
    return freight.set_freight(
        shop_id=shop.pk,
        flat_amount=flat,
        free_from_amount=free_from,
        version=version,
        at=AT,
        actor=actor,
    )


def test_freight_is_set_and_changed_with_a_trace(shop, actor):
    _freight(shop, actor, 800, 0)
    _freight(shop, actor, 500, 1, free_from=9_900)

    entry = AuditEntry.objects.order_by("pk").last()
    terms = freight_terms([shop.pk])[shop.pk]
    assert (terms.of(100), terms.of(9_900)) == (500, 0)
    assert entry.before == {"flat_amount": 800, "free_from_amount": None, "rules": 0}
    assert entry.after == {"flat_amount": 500, "free_from_amount": 9_900, "rules": 0}


@pytest.mark.parametrize("version", [0, 2])
def test_freight_is_not_set_over_somebody_elses_change(shop, actor, version):
    _freight(shop, actor, 800, 0)

    with pytest.raises(StaleVersion):
        _freight(shop, actor, 1, version)

    assert FreightTemplate.objects.get().flat_amount == 800


def _address(shop, actor, is_default=False):
    return promises.add_return_address(
        shop_id=shop.pk, data=DESK, is_default=is_default, at=AT, actor=actor
    )


def test_one_return_address_is_the_default(shop, actor):
    first, second = _address(shop, actor), _address(shop, actor)
    before = (first.is_default, second.is_default)

    promises.change_return_address(address=second, data=DESK, is_default=True, at=AT, actor=actor)

    assert before == (True, False)
    assert shop.return_addresses.get(is_default=True) == second


def test_the_default_passes_on_and_the_last_address_stays(shop, actor):
    first, second = _address(shop, actor), _address(shop, actor)

    promises.remove_return_address(address=first, at=AT, actor=actor)
    with pytest.raises(LastReturnAddress):
        promises.remove_return_address(address=second, at=AT, actor=actor)

    assert list(shop.return_addresses.values_list("pk", "is_default")) == [(second.pk, True)]


def test_the_book_of_return_addresses_is_bounded(shop, actor, monkeypatch):
    monkeypatch.setattr(promises, "MAX_RETURN_ADDRESSES", 1)
    _address(shop, actor)

    with pytest.raises(TooManyReturnAddresses):
        _address(shop, actor)

    assert shop.return_addresses.count() == 1

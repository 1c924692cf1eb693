"""Fans, strangers and the end of a session at once (CA-10), and a control."""

from collections import Counter
from datetime import timedelta

import pytest

from catalog.enums import BucketKind
from catalog.models import BucketDraw, Stock, StockBucket
from catalog.services import buckets
from catalog.services.invariants import violations as catalog_violations
from kernel import clock
from kernel.actors import SYSTEM
from orders.models import Order
from orders.services.invariants import violations
from tests.factories.accounts import AccountFactory, UserFactory
from tests.factories.orders import make_sku
from tests.factories.sales import placed_order
from tests.races.racing import pause, results_of

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def session(pieces: int, set_aside: int):
    sku, account = make_sku(stock=pieces), AccountFactory()
    bucket = buckets.set_aside(
        sku=sku,
        kind=BucketKind.LIVE,
        account=account,
        quantity=set_aside,
        ends_at=clock.now() + timedelta(hours=1),
        actor=SYSTEM,
        at=clock.now(),
    )
    touch = {"account_id": account.public_id, "is_live": True, "media_type": "live"}
    return sku, bucket, touch


def buyers(count: int, sku, touch=None):
    people = [UserFactory() for _one in range(count)]
    return [
        lambda one=one: placed_order((sku, 1), buyer=one, touch=touch, at=clock.now())
        for one in people
    ]


def test_fans_get_all_and_strangers_what_is_for_everybody():
    sku, bucket, touch = session(pieces=8, set_aside=5)

    results = results_of(*buyers(8, sku, touch), *buyers(8, sku))

    assert Counter(isinstance(one, Order) for one in results) == {True: 8, False: 8}
    strangers = [one for one in results[8:] if isinstance(one, Order)]
    assert len(strangers) <= 3
    row, bucket = Stock.objects.get(pk=sku.pk), StockBucket.objects.get(pk=bucket.pk)
    assert (row.on_hand, row.held, row.set_aside) == (8, 8, 0)
    assert bucket.drawn == BucketDraw.objects.count() == 5
    assert violations() + catalog_violations() == []


def test_a_session_ends_while_its_fans_press():
    sku, bucket, touch = session(pieces=6, set_aside=6)

    def end():
        return buckets.end(bucket=bucket, actor=SYSTEM, at=clock.now())

    results = results_of(*buyers(6, sku, touch), end, *buyers(6, sku))

    assert sum(isinstance(one, Order) for one in results) <= 6
    row, bucket = Stock.objects.get(pk=sku.pk), StockBucket.objects.get(pk=bucket.pk)
    assert bucket.drawn + bucket.freed == 6
    assert (row.set_aside, row.held) == (0, Order.objects.count())
    assert violations() + catalog_violations() == []


def test_control_without_the_lock_what_was_drawn_is_set_free_as_well(monkeypatch):
    sku, bucket, touch = session(pieces=6, set_aside=6)

    def unlocked(bucket):
        fresh = StockBucket.objects.select_related("sku", "account").get(pk=bucket.pk)
        for _one in range(10):
            pause()
        return fresh

    def end():
        return buckets.end(bucket=bucket, actor=SYSTEM, at=clock.now())

    with monkeypatch.context() as patch:
        patch.setattr(buckets, "_locked", unlocked)
        results = results_of(end, *buyers(6, sku, touch))

    # The tables' own guards let nothing through: what reads without the lock fails.
    assert any(isinstance(one, Exception) for one in results)

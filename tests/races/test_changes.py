"""Keeping a copy of a shop's orders while they change: each last state is told once (OR-24).

The guard is `settled_until`. Without it a change that is committed late, with a time that the
reader has passed, is never told.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from threading import Event, Thread

import pytest
from django.db import connection, transaction
from django.utils import timezone

from orders.enums import OrderStatus
from orders.models import Order
from tests.factories.orders import make_order, make_sku
from tests.factories.shops import owner_of
from tests.races.racing import PATIENCE, results_of

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

WRITERS, ROUNDS = 6, 15


class Reader:
    """Somebody who keeps a copy: what was told, page by page, from the last `next` on."""

    def __init__(self, client, shop) -> None:
        self.client, self.cursor = client, ""
        self.base = f"/api/v1/orders/shops/{shop.public_id}/orders?sort=updated_at"
        self.told: list[tuple[str, str]] = []

    def read(self, limit: int = 3) -> list[str]:
        """Take all pages there are, and return the numbers told."""
        numbers: list[str] = []
        while True:
            body = self.client.get(f"{self.base}&limit={limit}{self.cursor}").json()
            rows = [(one["number"], one["updated_at"]) for one in body["results"]]
            numbers += [number for number, _at in rows]
            self.told += rows
            self.cursor = f"&cursor={body['next']}" if body["next"] else ""
            if len(rows) < limit:
                return numbers


@pytest.fixture
def orders():
    """Five orders of one shop."""
    sku = make_sku()
    return [make_order(OrderStatus.TO_SHIP, items=[(sku, 1)]) for _ in range(5)]


@pytest.fixture
def reader(client_for, orders):
    """Somebody of the shop who has read all there is."""
    found = Reader(client_for(owner_of(orders[0].shop)), orders[0].shop)
    assert sorted(found.read()) == sorted(order.number for order in orders)
    return found


def remark(order, text="changed"):
    """Change an order, as any door does: one UPDATE."""
    Order.objects.filter(pk=order.pk, shop_id=order.shop_id).update(remark=text)


def one_late_commit(reader, slow, quick) -> list[list[str]]:
    """Change `slow`, then `quick`, and commit them the other way round; return what is read when.

    The reader looks when the quick one is committed, and once more when both are.
    """
    changed, go = Event(), Event()

    def linger():
        with transaction.atomic():
            remark(slow)
            changed.set()
            assert go.wait(PATIENCE)
        connection.close()

    late = Thread(target=linger, daemon=True)
    late.start()
    assert changed.wait(PATIENCE)
    time.sleep(0.01)
    remark(quick)
    first = reader.read()
    go.set()
    late.join(PATIENCE)
    return [first, reader.read()]


def test_or_24_a_change_that_is_committed_late_is_told(reader, orders):
    """Changes are told in the order of their time; none is passed by, none comes twice.

    API: GET /api/v1/orders/shops/{shop_id}/orders
    """
    slow, quick, *_others = orders

    first, second = one_late_commit(reader, slow, quick)

    assert (first, second) == ([], [slow.number, quick.number])
    assert reader.read() == []


def test_control_without_the_horizon_it_is_lost(reader, orders, monkeypatch):
    slow, quick, *_others = orders
    monkeypatch.setattr("orders.api.merchant.settled_until", timezone.now)

    first, second = one_late_commit(reader, slow, quick)

    assert (first, second) == ([quick.number], [])


def test_a_copy_is_whole_after_many_changed_many_orders(reader, orders):
    chance = random.Random(24)
    plans = [[chance.choice(orders) for _ in range(ROUNDS)] for _ in range(WRITERS)]
    done = Event()

    def write(plan):
        for order in plan:
            with transaction.atomic():
                remark(order)
                time.sleep(0.003)

    def follow():
        while not done.is_set():
            reader.read()

    following = Thread(target=follow, daemon=True)
    following.start()
    ends = results_of(*(lambda plan=plan: write(plan) for plan in plans))
    done.set()
    following.join(PATIENCE)
    reader.read()

    stored = Order.objects.filter(shop_id=orders[0].shop_id).order_by("number")
    copy = dict(sorted(reader.told))
    times = [at for _number, at in reader.told]
    assert set(ends) == {None}
    assert copy == {one.number: one.updated_at.isoformat().replace("+00:00", "Z") for one in stored}
    assert (max(Counter(reader.told).values()), times) == (1, sorted(times))

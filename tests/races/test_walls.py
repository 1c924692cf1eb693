"""The wall under load: forty threads on a pool of four connections never see another's rows."""

from __future__ import annotations

import copy
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.db.backends.postgresql.base import DatabaseWrapper

from kernel import walls
from shops.models import Staff
from tests.factories.shops import StaffFactory

pytestmark = [
    pytest.mark.races,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_tripwire"),
]

THREADS, BLOCKS, READS = 40, 50, 10
POOL = {"min_size": 0, "max_size": 4, "timeout": 60}


@pytest.fixture
def pool():
    """Give every new connection of this test one of four; afterwards all is as before."""
    alias, before = connection.alias, connections.settings[connection.alias]
    pooled = copy.deepcopy(before)
    pooled.setdefault("OPTIONS", {})["pool"] = POOL
    connections.settings[alias] = pooled
    yield
    connections.settings[alias] = before
    DatabaseWrapper._connection_pools.pop(alias).close()


def test_many_threads_on_few_connections_see_their_own_shop_only(pool):
    places = {place.shop_id: place.pk for place in StaffFactory.create_batch(8)}

    def work(seed: int) -> tuple[int, int]:
        chance = random.Random(seed)
        reads = foreign = 0
        for _block in range(BLOCKS):
            shop_id = chance.choice(list(places))
            try:
                with walls.behind(shop_id):
                    for _read in range(READS):
                        seen = _look(chance)
                        reads += 1
                        foreign += seen != [places[shop_id]]
                    _stumble(chance, places)
            except (ZeroDivisionError, DatabaseError):
                pass
            finally:
                connections.close_all()  # back into the pool, for any other thread
        return reads, foreign

    with ThreadPoolExecutor(THREADS) as threads:
        done = list(threads.map(work, range(THREADS)))

    assert sum(reads for reads, _foreign in done) == THREADS * BLOCKS * READS
    assert sum(foreign for _reads, foreign in done) == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user <> 'haodian_shop'")
        assert cursor.fetchone()[0]


def _look(chance: random.Random) -> list[int]:
    """Ask for everybody, now and then from an inner transaction or after a step outside."""
    turn = chance.random()
    if turn < 0.02:
        with walls.outside("a test"):
            assert Staff.objects.count() == 8
    if turn > 0.98:
        with transaction.atomic():
            return list(Staff.objects.values_list("pk", flat=True))
    return list(Staff.objects.values_list("pk", flat=True))


def _stumble(chance: random.Random, places: dict[int, int]) -> None:
    """End some blocks as requests end that go wrong."""
    turn = chance.random()
    if turn < 0.1:
        raise ZeroDivisionError
    if turn < 0.2:
        Staff.objects.create(shop_id=max(places) + 1, email="x@example.com", role="read_only")

"""Pieces go into buckets and out of them, and the counters always say why (CA-10)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.enums import BucketKind, MovementKind
from catalog.errors import BadBucket, BucketEnded, BucketShort, OutOfStock, SetAsideAlready
from catalog.models import Stock, StockBucket
from catalog.services import buckets, stock
from catalog.services.invariants import violations
from catalog.tasks import end_buckets
from kernel import clock
from kernel.actors import SYSTEM
from kernel.asking import ask_one
from kernel.models import AuditEntry
from tests.factories.accounts import AccountFactory
from tests.factories.orders import make_sku

pytestmark = pytest.mark.django_db


def aside(sku, quantity, *, kind=BucketKind.CHANNEL, account=None, ends_at=None):
    at = clock.now()
    if account is None and kind != BucketKind.ACTIVITY:
        account = AccountFactory()
    return buckets.set_aside(
        sku=sku,
        kind=kind,
        account=account,
        quantity=quantity,
        ends_at=ends_at,
        actor=SYSTEM,
        at=at,
    )


def available(sku) -> int:
    return Stock.objects.get(pk=sku.pk).available


def test_what_is_set_aside_is_not_for_everybody_until_it_is_set_free():
    sku = make_sku(stock=10)
    bucket = aside(sku, 4, kind=BucketKind.ACTIVITY)
    assert (available(sku), bucket.remaining) == (6, 4)

    bucket = buckets.change_pieces(bucket=bucket, delta=3, actor=SYSTEM, at=clock.now())
    bucket = buckets.change_pieces(bucket=bucket, delta=-5, actor=SYSTEM, at=clock.now())
    assert (available(sku), bucket.remaining) == (8, 2)

    bucket = buckets.end(bucket=bucket, actor=SYSTEM, at=clock.now())
    assert (available(sku), bucket.remaining, bucket.freed) == (10, 0, 2)
    assert violations() == []
    trail = AuditEntry.objects.filter(target_id=bucket.public_id).order_by("pk")
    assert list(trail.values_list("action", flat=True)) == [
        "catalog.set_aside",
        "catalog.change_set_aside",
        "catalog.change_set_aside",
        "catalog.end_set_aside",
    ]


def test_no_more_is_set_aside_or_taken_out_than_there_is():
    sku = make_sku(stock=3)
    with pytest.raises(OutOfStock):
        aside(sku, 4)
    assert not StockBucket.objects.exists()
    bucket = aside(sku, 2)
    with pytest.raises(OutOfStock):
        buckets.change_pieces(bucket=bucket, delta=2, actor=SYSTEM, at=clock.now())
    with pytest.raises(BucketShort):
        buckets.change_pieces(bucket=bucket, delta=-3, actor=SYSTEM, at=clock.now())
    with pytest.raises(SetAsideAlready):
        aside(sku, 1, account=bucket.account)
    assert (available(sku), StockBucket.objects.get().remaining) == (1, 2)
    buckets.end(bucket=bucket, actor=SYSTEM, at=clock.now())
    with pytest.raises(BucketEnded):
        buckets.change_pieces(bucket=bucket, delta=1, actor=SYSTEM, at=clock.now())
    with pytest.raises(BucketEnded):
        buckets.end(bucket=bucket, actor=SYSTEM, at=clock.now())
    assert violations() == []


@pytest.mark.parametrize(
    ("kind", "has_account", "ends_in", "code"),
    [
        ("activity", True, None, "no_account"),
        ("channel", False, None, "account_required"),
        ("live", True, None, "end_required"),
        ("live", True, timedelta(days=91), "end_out_of_range"),
        ("channel", True, timedelta(seconds=-1), "end_out_of_range"),
    ],
)
def test_what_a_kind_does_not_take_is_refused(kind, has_account, ends_in, code):
    sku, at = make_sku(stock=3), clock.now()
    with pytest.raises(BadBucket) as refused:
        buckets.set_aside(
            sku=sku,
            kind=BucketKind(kind),
            account=AccountFactory() if has_account else None,
            quantity=1,
            ends_at=at + ends_in if ends_in else None,
            actor=SYSTEM,
            at=at,
        )
    assert refused.value.errors[0].code == code
    assert available(sku) == 3


def test_a_bucket_whose_time_is_over_is_swept():
    sku = make_sku(stock=5)
    over = aside(sku, 2, kind=BucketKind.LIVE, ends_at=clock.now() + timedelta(hours=1))
    waits = aside(sku, 2, kind=BucketKind.LIVE, ends_at=clock.now() + timedelta(hours=3))
    StockBucket.objects.filter(pk=over.pk).update(ends_at=clock.now() - timedelta(seconds=1))
    assert ask_one(buckets.to_read_remaining([over.pk, waits.pk])) == {waits.pk: 2}

    end_buckets()
    end_buckets()

    over.refresh_from_db()
    waits.refresh_from_db()
    assert (over.is_open, over.freed, waits.is_open) == (False, 2, True)
    assert available(sku) == 3
    assert violations() == []


@given(
    st.lists(
        st.tuples(st.sampled_from(["aside", "change", "draw", "back", "end"]), st.integers(1, 4)),
        max_size=25,
    )
)
def test_the_counters_are_explained_whatever_happens(steps):
    """Interleaved at will: nothing is lost, nothing is drawn twice, and what is refused is none."""
    sku, account = make_sku(stock=8), AccountFactory()
    undone: list[buckets.Draw] = []
    for number, (step, pieces) in enumerate(steps):
        bucket = StockBucket.objects.filter(sku=sku, ended_at__isnull=True).first()
        at = clock.now()
        if step == "aside" and bucket is None and available(sku) >= pieces:
            aside(sku, pieces, account=account)
        elif bucket is None:
            continue
        elif step == "change" and available(sku) >= pieces:
            buckets.change_pieces(bucket=bucket, delta=pieces, actor=SYSTEM, at=at)
        elif step == "end":
            buckets.end(bucket=bucket, actor=SYSTEM, at=at)
        elif step == "draw" and bucket.remaining >= pieces:
            name = f"order:{sku.pk}{number}:1"
            draw = buckets.Draw(bucket.pk, sku.pk, sku.shop_id, name, pieces)
            hold = stock.Move(sku.pk, sku.shop_id, MovementKind.HOLD, pieces, name)
            stock.apply([hold, *buckets.moves_of([draw])], at)
            ask_one(buckets.to_draw([draw]))
            undone.append(draw)
        elif step == "back" and undone:
            draw = undone.pop()
            release = stock.Move(
                sku.pk, sku.shop_id, MovementKind.RELEASE, draw.quantity, draw.reference
            )
            stock.apply([release, *buckets.put_back([release], at)], at)
        assert violations() == []
    row = Stock.objects.get(pk=sku.pk)
    assert row.on_hand == 8
    assert row.held_for_orders == sum(draw.quantity for draw in undone)


def test_the_check_of_the_night_sees_a_bucket_that_lies():
    sku = make_sku(stock=5)
    bucket = aside(sku, 3)
    StockBucket.objects.filter(pk=bucket.pk).update(drawn=1)
    said = violations()
    assert len(said) == 2
    assert "set aside" in said[0]
    assert bucket.public_id in said[1]

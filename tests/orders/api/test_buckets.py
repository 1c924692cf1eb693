"""Pieces set aside are sold by whom they were set aside for (CA-10)."""

from datetime import timedelta

import pytest

from catalog.enums import BucketKind, DeductMode
from catalog.models import BucketDraw, Product, Stock, StockBucket
from catalog.services import buckets
from catalog.services.invariants import violations as catalog_violations
from kernel import clock
from kernel.actors import SYSTEM
from orders.models import Order
from orders.services.closing import close_order
from orders.services.invariants import violations
from tests.factories.accounts import AccountFactory, UserFactory
from tests.factories.orders import make_sku
from tests.factories.shops import owner_of
from tests.orders.api.checkouts import BASE, body, check_out

pytestmark = pytest.mark.django_db


def counters(sku) -> tuple[int, int, int, int]:
    """On hand, held for orders, set aside, available: the first is the sum of the others."""
    row = Stock.objects.get(pk=sku.pk)
    assert row.on_hand == row.held_for_orders + row.set_aside + row.available
    return row.on_hand, row.held_for_orders, row.set_aside, row.available


def by(account, *lines, is_live=False, **changes):
    content = body(*lines, **changes)
    touch = {"account_id": account.public_id, "media_type": "live" if is_live else "video"}
    for line in content["lines"]:
        line["touch"] = touch | {"is_live": is_live}
    return content


def nothing_is_wrong() -> bool:
    return not (violations() or catalog_violations())


def set_aside(owner, sku, key="aside", **fields):
    door = f"/api/v1/catalog/shops/{sku.shop.public_id}/buckets"
    content = {"sku_id": sku.public_id, **fields}
    return owner.post(door, content, format="json", headers={"Idempotency-Key": key})


@pytest.fixture
def now():
    return clock.now()


@pytest.fixture
def account():
    return AccountFactory()


def test_ca_10_what_is_set_aside_for_a_live_session_is_sold_by_it_alone(
    client, client_for, account, now
):
    """Who watches takes the pieces of the session first, then what is for everybody.

    API: POST /api/v1/catalog/shops/{shop_id}/buckets
    """
    sku = make_sku(stock=5)
    owner = client_for(owner_of(sku.shop))
    live = {
        "kind": "live",
        "account_id": account.public_id,
        "ends_at": (now + timedelta(hours=2)).isoformat(),
    }
    made = set_aside(owner, sku, quantity=4, **live)
    assert made.status_code == 201, made.content
    assert counters(sku) == (5, 0, 4, 1)

    # For everybody there is one: two are too many, by a video of the same account too.
    assert check_out(client, body((sku, 2)), key="a").json()["code"] == "out_of_stock"
    assert check_out(client, by(account, (sku, 2)), key="b").json()["code"] == "out_of_stock"
    quote = client.post(f"{BASE}/quotes", {"lines": by(account, (sku, 5), is_live=True)["lines"]})
    assert quote.json()["orders"][0]["lines"][0]["is_available"] is True

    three = check_out(client, by(account, (sku, 3), is_live=True), key="c")
    assert three.status_code == 201, three.content
    assert counters(sku) == (5, 3, 1, 1)
    two = check_out(client_for(UserFactory()), by(account, (sku, 2), is_live=True), key="d")
    assert two.status_code == 201
    assert counters(sku) == (5, 5, 0, 0)
    assert sorted(BucketDraw.objects.values_list("quantity", flat=True)) == [1, 3]
    gone = check_out(client, by(account, (sku, 1), is_live=True), key="e")
    assert gone.json()["code"] == "out_of_stock"

    told = owner.get(f"/api/v1/catalog/shops/{sku.shop.public_id}/buckets").json()["results"]
    assert [(one["quantity"], one["drawn"], one["remaining"]) for one in told] == [(4, 4, 0)]
    assert nothing_is_wrong()


def test_ca_10_what_is_not_paid_waits_in_its_bucket_again(client, client_for, account, now):
    """As long as the bucket is open; after its end it is for everybody.

    API: POST /api/v1/catalog/shops/{shop_id}/buckets/{bucket_id}/end
    """
    sku = make_sku(stock=6)
    owner = client_for(owner_of(sku.shop))
    made = set_aside(owner, sku, kind="channel", account_id=account.public_id, quantity=4)
    assert made.status_code == 201, made.content
    for key in ("first", "second"):
        assert check_out(client, by(account, (sku, 2)), key=key).status_code == 201
    assert counters(sku) == (6, 4, 0, 2)
    first, second = Order.objects.order_by("pk")

    assert close_order(order_id=first.pk, reason="timeout", at=now)
    assert counters(sku) == (6, 2, 2, 2)
    door = f"/api/v1/catalog/shops/{sku.shop.public_id}/buckets/{made.json()['id']}"
    ended = owner.post(f"{door}/end")
    assert (ended.status_code, ended.json()["freed"]) == (200, 2)
    assert owner.post(f"{door}/end").json()["code"] == "bucket_ended"
    assert close_order(order_id=second.pk, reason="timeout", at=now)

    assert counters(sku) == (6, 0, 0, 6)
    bucket = StockBucket.objects.get()
    assert (bucket.quantity, bucket.drawn, bucket.freed, bucket.remaining) == (4, 0, 4, 0)
    assert nothing_is_wrong()
    # Nobody draws from what has ended: the pieces are everybody's.
    assert check_out(client, by(account, (sku, 6)), key="third").status_code == 201
    assert counters(sku) == (6, 6, 0, 0)


def test_who_pays_for_what_is_deducted_at_payment_draws_then(client, client_for, account):
    sku = make_sku(stock=2, price=5_000)
    Product.objects.filter(skus=sku).update(deduct_mode=DeductMode.PAYMENT)
    owner = client_for(owner_of(sku.shop))
    assert (
        set_aside(owner, sku, kind="channel", account_id=account.public_id, quantity=2).status_code
        == 201
    )
    stranger, fan = client_for(UserFactory()), client
    slow = check_out(fan, by(account, (sku, 1), gateway="sandbox"), key="fan")
    assert slow.status_code == 201
    assert check_out(stranger, body((sku, 1)), key="stranger").status_code == 409
    assert counters(sku) == (2, 0, 2, 0)

    number = slow.json()["payment"]["number"]
    assert fan.post(f"{BASE}/sandbox/cashier/{number}/pay", {}).status_code < 300

    assert Order.objects.get().status == "to_ship"
    assert counters(sku) == (1, 0, 1, 0)
    assert BucketDraw.objects.get().quantity == 1
    assert nothing_is_wrong()


def test_what_is_remembered_of_a_sku_is_read_again_when_pieces_are_set_aside(client, account, now):
    sku = make_sku(stock=3)
    assert check_out(client, by(account, (sku, 1)), key="before").status_code == 201
    buckets.set_aside(
        sku=sku,
        kind=BucketKind.CHANNEL,
        account=account,
        quantity=2,
        ends_at=None,
        actor=SYSTEM,
        at=now,
    )
    assert check_out(client, by(account, (sku, 1)), key="after").status_code == 201
    assert counters(sku) == (3, 2, 1, 0)
    assert BucketDraw.objects.count() == 1


def test_two_lines_of_one_checkout_draw_from_their_own_buckets(client, client_for, account, now):
    first = make_sku(stock=2)
    second = make_sku(shop=first.shop, stock=2)
    owner = client_for(owner_of(first.shop))
    for sku in (first, second):
        told = {"kind": "channel", "account_id": account.public_id, "quantity": 1}
        assert set_aside(owner, sku, key=sku.public_id, **told).status_code == 201

    assert check_out(client, by(account, (first, 2), (second, 1))).status_code == 201

    assert counters(first) == (2, 2, 0, 0)
    assert counters(second) == (2, 1, 0, 1)
    assert sorted(BucketDraw.objects.values_list("sku_id", "quantity")) == [
        (first.pk, 1),
        (second.pk, 1),
    ]
    assert nothing_is_wrong()

"""Who gets the pieces, without a database."""

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from catalog.policies import PurchaseLimits
from catalog.selectors.offers import BuyableSku
from orders.services.deciding import (
    Checkout,
    Denied,
    Granted,
    KnownGroup,
    KnownPlace,
    Wanted,
    decide,
)


def offer(sku_id, *, price=100, shop_id=1, currency="CNY", **more):
    return BuyableSku(
        sku_id=sku_id,
        public_id=f"sku_{sku_id}",
        shop_id=shop_id,
        product_id=sku_id,
        product_public_id="prd_1",
        category_id=1,
        title=f"Product {sku_id}",
        options=[],
        image_url="",
        price_version_id=sku_id,
        price=price,
        currency=currency,
        product_version=1,
        **more,
    )


def checkout(buyer, *lines, key="k", mark=None, **kwargs):
    wanted = tuple(Wanted(f"sku_{sku}", pieces, offer(sku)) for sku, pieces in lines)
    return Checkout((buyer, key), mark or repr(lines), wanted, **kwargs)


def judge(checkouts, available, known=None):
    return decide(checkouts, available=available, known=known or {})


def codes(verdicts):
    return [v.error.code if isinstance(v, Denied) else type(v).__name__ for v in verdicts]


def test_pieces_go_in_arrival_order():
    verdicts = judge([checkout(1, (7, 2)), checkout(2, (7, 2)), checkout(3, (7, 1))], {7: 3})

    assert codes(verdicts) == ["Granted", "out_of_stock", "Granted"]


def test_a_checkout_that_does_not_fit_takes_nothing_of_its_other_lines():
    verdicts = judge([checkout(1, (7, 1), (8, 2)), checkout(2, (7, 1))], {7: 1, 8: 1})

    assert codes(verdicts) == ["out_of_stock", "Granted"]


def test_a_sku_without_counters_is_out_of_stock():
    assert codes(judge([checkout(1, (7, 1))], {})) == ["out_of_stock"]


def test_a_refused_key_is_free_for_another_body():
    verdicts = judge([checkout(1, (7, 5)), checkout(1, (7, 1))], {7: 1})

    assert codes(verdicts) == ["out_of_stock", "Granted"]


def test_a_key_placed_before_is_known_by_its_group():
    known = {(1, "k"): (42, "body")}

    verdicts = judge(
        [checkout(1, (7, 1), mark="body"), checkout(1, (7, 1), mark="other")], {7: 9}, known
    )

    assert verdicts[0] == KnownGroup(42)
    assert codes(verdicts[1:]) == ["idempotency_key_reused"]


def test_a_key_placed_in_the_batch_is_known_by_its_place():
    verdicts = judge([checkout(2, (7, 1)), checkout(1, (7, 1)), checkout(1, (7, 1))], {7: 9})

    assert verdicts[2] == KnownPlace(1)


def test_freight_is_asked_once_for_each_shop():
    asked = []

    def freight(shop_id, goods, pieces):
        asked.append((shop_id, goods, pieces))
        return 10

    lines = (
        Wanted("a", 1, offer(1, shop_id=5)),
        Wanted("b", 2, offer(2, shop_id=6)),
        Wanted("c", 3, offer(3, shop_id=5)),
    )
    (verdict,) = judge([Checkout((1, "k"), "m", lines, freight=freight)], {1: 9, 2: 9, 3: 9})

    assert asked == [(5, 400, 4), (6, 200, 2)]
    assert [part.places for part in verdict.priced.parts] == [(0, 2), (1,)]
    assert verdict.priced.pay_amount == 620


def test_a_missing_address_is_not_found():
    assert codes(judge([checkout(1, (7, 1), has_receiver=False)], {7: 1})) == ["not_found"]


batches = st.lists(
    st.tuples(
        st.integers(1, 4),  # buyer
        st.sampled_from(["k1", "k2"]),
        st.dictionaries(st.integers(1, 4), st.integers(1, 6), min_size=1, max_size=3),
    ),
    max_size=15,
)
stocks = st.dictionaries(st.integers(1, 4), st.integers(0, 12))


@given(batches, stocks)
def test_no_batch_oversells_or_undersells_or_places_a_key_twice(batch, available):
    checkouts = [checkout(buyer, *sorted(need.items()), key=key) for buyer, key, need in batch]

    verdicts = judge(checkouts, available)

    left = dict(available)
    seen = {}
    for place, (one, verdict) in enumerate(zip(checkouts, verdicts, strict=True)):
        need = {line.offer.sku_id: line.quantity for line in one.lines}
        fits = all(left.get(sku, 0) >= pieces for sku, pieces in need.items())
        if one.identity in seen:
            first = seen[one.identity]
            if checkouts[first].fingerprint == one.fingerprint:
                assert verdict == KnownPlace(first)
            else:
                assert codes([verdict]) == ["idempotency_key_reused"]
            continue
        # Granted exactly when all of it fits into what those before it left.
        assert isinstance(verdict, Granted) == fits
        if fits:
            seen[one.identity] = place
            for sku, pieces in need.items():
                left[sku] -= pieces
    assert all(pieces >= 0 for pieces in left.values())


bounds = st.none() | st.integers(1, 6)


@given(batches, st.builds(PurchaseLimits, st.integers(1, 3), bounds, bounds))
def test_no_batch_gives_a_buyer_more_than_the_limits_or_less(batch, limits):
    """CA-17. Buyer 1 has two pieces already; SKUs 1 and 2 are one product, 3 and 4 another."""
    bought = {(1, 0): 2}

    def wanted(sku, pieces):
        return Wanted(f"sku_{sku}", pieces, replace(offer(sku, limits=limits), product_id=sku // 3))

    checkouts = [
        Checkout((buyer, str(place)), "m", tuple(wanted(*line) for line in sorted(need.items())))
        for place, (buyer, _key, need) in enumerate(batch)
    ]

    verdicts = decide(
        checkouts,
        available=dict.fromkeys(range(5), 10_000),
        known={},
        bought=bought,
    )

    had = dict(bought)
    for (buyer, _key, need), verdict in zip(batch, verdicts, strict=True):
        pieces = Counter()
        for sku, quantity in need.items():
            pieces[sku // 3] += quantity
        is_allowed = all(
            limits.min_per_order <= quantity <= (limits.max_per_order or quantity)
            and had.get((buyer, product), 0) + quantity <= (limits.max_per_buyer or 10_000)
            for product, quantity in pieces.items()
        )
        assert codes([verdict]) == ["Granted" if is_allowed else "over_limit"]
        if is_allowed:
            for product, quantity in pieces.items():
                had[buyer, product] = had.get((buyer, product), 0) + quantity

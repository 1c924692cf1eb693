"""Stock, prices, reviews and imports: threads against threads on real transactions."""

import threading
from collections import Counter
from datetime import UTC, datetime

import pytest
from django.db import connection

from catalog.enums import ImportFormat, ImportStatus, MovementKind
from catalog.errors import NothingToSubmit, OutOfStock
from catalog.models import ImportJob, PriceVersion, Product, ProductReview, Stock, StockMovement
from catalog.services import prices, reviews, shelf, stock
from catalog.services.bulk import applying, preparing
from catalog.services.bulk.reading import Wish
from catalog.services.importing import jobs
from catalog.services.invariants import violations
from kernel.actors import SYSTEM
from kernel.errors import IllegalTransition, StaleVersion
from tests.catalog.importing import samples
from tests.factories.catalog import (
    CategoryFactory,
    DraftProductFactory,
    SkuFactory,
    product_on_sale,
    skus_of,
)
from tests.factories.shops import ShopFactory, actor_of
from tests.races.racing import results_of, told_late

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)


def hold(sku, reference, quantity=1):
    return stock.Move(sku.pk, sku.shop_id, MovementKind.HOLD, quantity, reference)


def kinds(results):
    return Counter(type(one).__name__ for one in results)


# --- one reference, twelve callers ----------------------------------------------------------------


def test_one_reference_moves_stock_once():
    sku = SkuFactory(stock=100)

    results = results_of(*(lambda: stock.apply([hold(sku, "order:1:1", 3)], AT) for _ in range(12)))

    assert sorted(len(one) for one in results) == [0] * 11 + [1]
    assert Stock.objects.get(sku=sku).held == 3
    assert violations() == []


def test_control_without_the_guard_of_the_reference_callers_collide(monkeypatch):
    sku = SkuFactory(stock=100)
    once = "ON CONFLICT (sku_id, reference, kind) DO NOTHING"
    monkeypatch.setattr(stock, "WRITE", stock.WRITE.replace(once, ""))

    results = results_of(*(lambda: stock.apply([hold(sku, "order:1:1", 3)], AT) for _ in range(12)))

    assert kinds(results) == {"list": 1, "IntegrityError": 11}


# --- the last pieces, and baskets in opposite order -----------------------------------------------


def test_the_last_pieces_go_to_as_many_as_there_are():
    sku = SkuFactory(stock=5)

    results = results_of(
        *(lambda n=n: stock.apply([hold(sku, f"order:{n}:1")], AT) for n in range(12))
    )

    assert kinds(results) == {"list": 5, "OutOfStock": 7}
    assert Stock.objects.get(sku=sku).available == 0
    assert violations() == []


def test_baskets_in_opposite_order_do_not_block_each_other():
    first, second = SkuFactory(stock=100), SkuFactory(stock=100)

    def basket(number):
        pair = (first, second) if number % 2 else (second, first)
        return lambda: stock.apply([hold(sku, f"order:{number}:1") for sku in pair], AT)

    results = results_of(*(basket(number) for number in range(12)))

    assert kinds(results) == {"list": 12}
    assert [row.held for row in Stock.objects.order_by("pk")] == [12, 12]


def test_control_without_the_lock_the_count_is_read_too_early(monkeypatch):
    sku = SkuFactory(stock=5)
    monkeypatch.setattr(stock, "LOCK", told_late(stock.LOCK, "catalog_stock"))

    results = results_of(
        *(lambda n=n: stock.apply([hold(sku, f"order:{n}:1")], AT) for n in range(12))
    )

    # The constraint is the last guard: buyers meet an error of the database instead of an answer.
    assert kinds(results)["IntegrityError"] > 0
    assert not any(isinstance(one, OutOfStock) for one in results)


# --- two prices of one product --------------------------------------------------------------------


def set_both(product):
    cheap, dear = skus_of(product)
    return results_of(
        lambda: prices.set_price(sku=cheap, price=50, actor=SYSTEM, at=AT),
        lambda: prices.set_price(sku=dear, price=900, actor=SYSTEM, at=AT),
    )


def test_prices_set_at_once_leave_a_true_band():
    product = product_on_sale(skus=2, price=[100, 200])

    assert kinds(set_both(product)) == {"PriceVersion": 2}

    product.refresh_from_db()
    assert (product.min_price, product.max_price) == (50, 900)
    assert violations() == []


def test_control_without_the_lock_the_band_lies(monkeypatch):
    product = product_on_sale(skus=2, price=[100, 200])
    refresh = prices.refresh_bands
    both_wrote = threading.Barrier(2)

    def after_both_wrote(product_ids):
        both_wrote.wait(timeout=30)
        refresh(product_ids)

    monkeypatch.setattr(prices, "locked_products", Product.objects.in_bulk)
    monkeypatch.setattr(prices, "refresh_bands", after_both_wrote)

    set_both(product)

    assert len(violations()) == 1


# --- a verdict against a withdrawal ---------------------------------------------------------------


def test_a_review_ends_once():
    for _ in range(5):
        shop = ShopFactory()
        product = DraftProductFactory(shop=shop)
        SkuFactory(product=product)
        merchant = actor_of(shop)
        review = shelf.submit(product=product, actor=merchant, at=AT)

        results = results_of(
            lambda r=review: reviews.approve(review=r, actor=SYSTEM, at=AT),
            lambda r=review: reviews.reject(
                review=r, reasons=[reviews.Reason("", "x", "No.")], actor=SYSTEM, at=AT
            ),
            lambda p=product, m=merchant: shelf.withdraw(product=p, actor=m, at=AT),
        )

        refused = [one for one in results if isinstance(one, Exception)]
        assert len(refused) == 2, results
        assert {type(one) for one in refused} <= {IllegalTransition, StaleVersion, NothingToSubmit}
        verdict = ProductReview.objects.get(pk=review.pk).verdict
        state = Product.objects.get(pk=product.pk).display_state
        assert (verdict, state) in {
            ("approved", "on_sale"),
            ("rejected", "rejected"),
            ("withdrawn", "draft"),
        }


# --- two workers on one file ----------------------------------------------------------------------


def test_two_workers_on_one_file_land_every_row_once(monkeypatch):
    monkeypatch.setattr(jobs, "CHUNK", 2)
    shop = ShopFactory()
    CategoryFactory(name="床品件套")
    job = jobs.start(
        shop=shop,
        format=ImportFormat.TEMPLATE,
        filename="a.csv",
        content=samples.template(*(samples.row(f"P{n}") for n in range(12))),
        actor=actor_of(shop),
        at=AT,
    )

    def work():
        return jobs.run(job=ImportJob.objects.get(pk=job.pk), at=AT)

    results_of(work, work)
    jobs.run(job=ImportJob.objects.get(pk=job.pk), at=AT)

    job.refresh_from_db()
    assert (job.status, job.good_count, job.bad_count) == (ImportStatus.DONE, 12, 0)
    assert (Product.objects.count(), StockMovement.objects.count()) == (12, 12)
    assert violations() == []


# --- a bulk edit and a price set by hand ----------------------------------------------------------


def bulk_and_hand(skus):
    """Apply a prepared bulk edit of `skus` while somebody sets the price of each by hand."""
    shop = skus[0].shop
    actor = actor_of(shop)
    wishes = [Wish(n, sku.merchant_code, price=500 + n) for n, sku in enumerate(skus, start=1)]
    job = preparing.prepare(shop=shop, wishes=wishes, actor=actor, at=AT)
    results = results_of(
        lambda: applying.apply(job=job, actor=actor, at=AT),
        *(
            lambda sku=sku: prices.set_price(sku=sku, price=7_000, actor=actor, at=AT)
            for sku in skus
        ),
    )
    assert [one for one in results if isinstance(one, Exception)] == []
    return job


def overwritten(job):
    """Return the rows that were applied although the price was no longer the one looked at."""
    return [
        line.row_number
        for line in job.lines.filter(state="applied")
        if PriceVersion.objects.filter(sku=line.sku, id__lt=line.new_version, price=7_000).exists()
    ]


def some_skus(count):
    shop = ShopFactory()
    return [SkuFactory(product=product_on_sale(shop=shop, skus=0)) for _ in range(count)]


def test_a_bulk_edit_never_overwrites_a_price_it_was_not_shown():
    job = bulk_and_hand(some_skus(12))

    assert overwritten(job) == []
    assert job.lines.filter(state="waiting").count() == 0
    assert violations() == []


def test_control_a_bulk_edit_without_locks_overwrites_what_it_was_not_shown(monkeypatch):
    skus = some_skus(3)
    actor = actor_of(skus[0].shop)
    wishes = [Wish(n, sku.merchant_code, price=500 + n) for n, sku in enumerate(skus, start=1)]
    job = preparing.prepare(shop=skus[0].shop, wishes=wishes, actor=actor, at=AT)

    def set_by_hand():
        for sku in skus:
            prices.set_price(sku=sku, price=7_000, actor=actor, at=AT)
        connection.close()

    def looked_at_too_early(sku_ids):
        seen = preparing.standing(sku_ids)
        somebody = threading.Thread(target=set_by_hand)
        somebody.start()
        somebody.join(10)
        return seen

    monkeypatch.setattr(prices, "locked_products", Product.objects.in_bulk)
    monkeypatch.setattr(applying, "standing", looked_at_too_early)
    applying.apply(job=job, actor=actor, at=AT)

    assert overwritten(job) == [1, 2, 3]


def test_a_bulk_edit_is_applied_once_by_many_and_undone_once():
    skus = some_skus(3)
    actor = actor_of(skus[0].shop)
    wishes = [Wish(n, sku.merchant_code, stock=90) for n, sku in enumerate(skus, start=1)]
    job = preparing.prepare(shop=skus[0].shop, wishes=wishes, actor=actor, at=AT)

    applied = results_of(*(lambda: applying.apply(job=job, actor=actor, at=AT) for _ in range(8)))
    undone = results_of(*(lambda: applying.undo(job=job, actor=actor, at=AT) for _ in range(8)))

    for results in (applied, undone):
        assert kinds(results) == {"BulkEdit": 1, "IllegalTransition": 7}
    assert [Stock.objects.get(sku=sku).on_hand for sku in skus] == [100] * 3
    assert violations() == []

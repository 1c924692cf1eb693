"""The three axes of CA-03, from the merchant's side and the platform's."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from catalog.enums import DisplayState, DraftStatus, ReviewStatus, ShelfStatus, Verdict
from catalog.errors import (
    ChangePending,
    InvalidProduct,
    NothingToSubmit,
    NotListable,
    RestoreTooLate,
)
from catalog.models import Product, ProductDraft, ProductReview
from catalog.services import products, reviews, shelf
from catalog.services.reviews import Reason
from kernel.errors import IllegalTransition, StaleVersion
from kernel.models import AuditEntry, OutboxMessage, StatusChange
from shops.enums import ShopStatus
from tests.factories.catalog import DraftProductFactory, ProductFactory, SkuFactory, product_on_sale
from tests.factories.shops import ShopFactory

pytestmark = pytest.mark.django_db

BECAUSE = [Reason("title", "banned_word", "Do not promise the best.")]


def axes_of(product: Product) -> tuple[str, str, str, str]:
    product.refresh_from_db()
    return (
        product.shelf_status,
        product.review_status,
        product.draft_status,
        product.display_state,
    )


def topics() -> list[str]:
    return list(OutboxMessage.objects.order_by("id").values_list("topic", flat=True))


@pytest.fixture
def draft(shop) -> Product:
    product = DraftProductFactory(shop=shop)
    SkuFactory(product=product)
    return product


def test_an_approved_product_goes_on_the_shelf(draft, merchant, operator, at) -> None:
    review = shelf.submit(product=draft, actor=merchant, at=at)
    assert axes_of(draft)[3] == DisplayState.IN_REVIEW

    reviews.approve(review=review, actor=operator, at=at, version=1)

    assert axes_of(draft) == (
        ShelfStatus.ON,
        ReviewStatus.APPROVED,
        DraftStatus.NONE,
        DisplayState.ON_SALE,
    )
    assert draft.listed_at == at
    review.refresh_from_db()
    assert (review.verdict, review.decided_at, review.decided_by_label) == (
        Verdict.APPROVED,
        at,
        "Chen (operator)",
    )
    assert topics() == [
        "catalog.product.submitted.v1",
        "catalog.product.listed.v1",
        "catalog.product.reviewed.v1",
    ]
    moves = StatusChange.objects.filter(model="catalog.product").order_by("id")
    assert list(moves.values_list("field", "from_status", "to_status")) == [
        ("review_status", "not_submitted", "pending"),
        ("draft_status", "unsubmitted", "pending"),
        ("review_status", "pending", "approved"),
        ("draft_status", "pending", "none"),
        ("shelf_status", "off", "on"),
    ]


def test_to_be_listed_later_waits_in_the_warehouse(draft, merchant, operator, at) -> None:
    review = shelf.submit(product=draft, actor=merchant, at=at, list_when_approved=False)

    reviews.approve(review=review, actor=operator, at=at)
    assert axes_of(draft) == (
        ShelfStatus.OFF,
        ReviewStatus.AWAITING_LISTING,
        DraftStatus.NONE,
        DisplayState.IN_WAREHOUSE,
    )

    shelf.list_product(product=draft, actor=merchant, at=at)
    assert axes_of(draft)[1:] == (ReviewStatus.APPROVED, DraftStatus.NONE, DisplayState.ON_SALE)


def test_approved_in_a_shop_that_is_not_open_waits_in_the_warehouse(merchant, operator, at) -> None:
    product = DraftProductFactory(shop=ShopFactory(status=ShopStatus.PREPARING))
    SkuFactory(product=product)
    review = shelf.submit(product=product, actor=merchant, at=at)

    reviews.approve(review=review, actor=operator, at=at)

    assert axes_of(product)[3] == DisplayState.IN_WAREHOUSE
    with pytest.raises(NotListable):
        shelf.list_product(product=product, actor=merchant, at=at)


def test_a_rejected_product_is_corrected_and_submitted_again(draft, merchant, operator, at) -> None:
    review = shelf.submit(product=draft, actor=merchant, at=at)

    reviews.reject(review=review, reasons=BECAUSE, actor=operator, at=at, version=1)

    assert axes_of(draft) == (
        ShelfStatus.OFF,
        ReviewStatus.REJECTED,
        DraftStatus.UNSUBMITTED,
        DisplayState.REJECTED,
    )
    review.refresh_from_db()
    assert review.reasons == [
        {"field": "title", "code": "banned_word", "message": "Do not promise the best."}
    ]
    products.edit(product=draft, changes={"title": "Modest title"}, actor=merchant, at=at)
    again = shelf.submit(product=draft, actor=merchant, at=at)
    assert again.product_version == 2
    assert axes_of(draft)[3] == DisplayState.IN_REVIEW


def test_a_change_of_what_sells_goes_live_when_it_is_approved(shop, merchant, operator, at) -> None:
    product = product_on_sale(shop=shop, title="Old title")
    products.edit(product=product, changes={"title": "纯棉毛巾"}, actor=merchant, at=at)
    review = shelf.submit(product=product, actor=merchant, at=at)
    assert review.content == {"title": "纯棉毛巾"}
    assert axes_of(product)[2:] == (DraftStatus.PENDING, DisplayState.ON_SALE_EDITING)

    reviews.approve(review=review, actor=operator, at=at)

    assert axes_of(product)[2:] == (DraftStatus.NONE, DisplayState.ON_SALE)
    assert (product.title, product.version) == ("纯棉毛巾", 3)
    assert "毛巾" in product.search_words.split()
    assert not ProductDraft.objects.exists()


def test_a_rejected_change_leaves_the_live_product_alone(shop, merchant, operator, at) -> None:
    product = product_on_sale(shop=shop, title="Old title")
    products.edit(product=product, changes={"title": "Best"}, actor=merchant, at=at)
    review = shelf.submit(product=product, actor=merchant, at=at)

    reviews.reject(review=review, reasons=BECAUSE, actor=operator, at=at)

    assert axes_of(product) == (
        ShelfStatus.ON,
        ReviewStatus.APPROVED,
        DraftStatus.UNSUBMITTED,
        DisplayState.ON_SALE_EDITING,
    )
    assert product.title == "Old title"
    assert ProductDraft.objects.get(product=product).changes == {"title": "Best"}


def test_a_review_is_withdrawn(draft, merchant, operator, at) -> None:
    review = shelf.submit(product=draft, actor=merchant, at=at)

    shelf.withdraw(product=draft, actor=merchant, at=at)

    assert axes_of(draft)[3] == DisplayState.DRAFT
    review.refresh_from_db()
    assert review.verdict == Verdict.WITHDRAWN
    with pytest.raises(IllegalTransition):
        reviews.approve(review=review, actor=operator, at=at)
    with pytest.raises(NothingToSubmit):
        shelf.withdraw(product=draft, actor=merchant, at=at)
    assert axes_of(draft)[3] == DisplayState.DRAFT


def test_one_review_is_open_at_a_time(draft, merchant, at) -> None:
    shelf.submit(product=draft, actor=merchant, at=at)

    with pytest.raises(ChangePending):
        shelf.submit(product=draft, actor=merchant, at=at)

    assert ProductReview.objects.count() == 1


def test_without_a_change_there_is_nothing_to_submit(shop, merchant, at) -> None:
    product = product_on_sale(shop=shop)

    with pytest.raises(NothingToSubmit):
        shelf.submit(product=product, actor=merchant, at=at)


def test_a_product_without_skus_is_not_reviewed(shop, merchant, at) -> None:
    product = DraftProductFactory(shop=shop)

    with pytest.raises(NotListable):
        shelf.submit(product=product, actor=merchant, at=at)

    assert axes_of(product)[3] == DisplayState.DRAFT


@pytest.mark.parametrize("decide", [reviews.approve, reviews.reject])
def test_a_verdict_on_another_version_is_refused(draft, merchant, operator, at, decide) -> None:
    review = shelf.submit(product=draft, actor=merchant, at=at)
    more = {"reasons": BECAUSE} if decide is reviews.reject else {}

    with pytest.raises(StaleVersion):
        decide(review=review, actor=operator, at=at, version=7, **more)

    review.refresh_from_db()
    assert review.verdict == Verdict.PENDING
    assert axes_of(draft)[3] == DisplayState.IN_REVIEW


@pytest.mark.parametrize("reasons", [[], [Reason("title", "x", "  ")]])
def test_a_rejection_says_why(draft, merchant, operator, at, reasons) -> None:
    review = shelf.submit(product=draft, actor=merchant, at=at)

    with pytest.raises(InvalidProduct):
        reviews.reject(review=review, reasons=reasons, actor=operator, at=at)

    assert axes_of(draft)[3] == DisplayState.IN_REVIEW


def test_a_ban_takes_the_product_and_its_change_away(shop, merchant, operator, at) -> None:
    product = product_on_sale(shop=shop)
    products.edit(product=product, changes={"title": "Best"}, actor=merchant, at=at)
    review = shelf.submit(product=product, actor=merchant, at=at)

    reviews.ban(product=product, reason="Counterfeit", actor=operator, at=at)

    assert axes_of(product) == (
        ShelfStatus.OFF,
        ReviewStatus.BANNED,
        DraftStatus.NONE,
        DisplayState.BANNED,
    )
    review.refresh_from_db()
    assert review.verdict == Verdict.REJECTED
    assert not ProductDraft.objects.exists()
    assert "catalog.product.delisted.v1" in topics()
    entry = AuditEntry.objects.get(action="catalog.ban_product")
    assert (entry.reason, entry.shop_id) == ("Counterfeit", shop.pk)


def test_only_the_platform_reopens_what_it_banned(shop, merchant, operator, at) -> None:
    product = product_on_sale(shop=shop)
    reviews.ban(product=product, reason="Counterfeit", actor=operator, at=at)
    products.edit(product=product, changes={"title": "Honest title"}, actor=merchant, at=at)

    with pytest.raises(IllegalTransition):
        shelf.submit(product=product, actor=merchant, at=at)
    review = reviews.reopen(product=product, actor=operator, at=at)

    assert axes_of(product)[3] == DisplayState.IN_REVIEW
    assert review.content["title"] == "Honest title"
    with pytest.raises(IllegalTransition):
        reviews.reopen(product=product, actor=operator, at=at)


def test_a_ban_says_why_and_is_for_approved_products(draft, shop, operator, at) -> None:
    product = product_on_sale(shop=shop)

    with pytest.raises(InvalidProduct):
        reviews.ban(product=product, reason=" ", actor=operator, at=at)
    with pytest.raises(IllegalTransition):
        reviews.ban(product=draft, reason="Counterfeit", actor=operator, at=at)

    assert (axes_of(product)[3], axes_of(draft)[3]) == (DisplayState.ON_SALE, DisplayState.DRAFT)


def test_listed_and_delisted(shop, merchant, at) -> None:
    product = product_on_sale(shop=shop)

    shelf.delist(product=product, actor=merchant, at=at)
    assert axes_of(product)[3] == DisplayState.IN_WAREHOUSE
    with pytest.raises(IllegalTransition):
        shelf.delist(product=product, actor=merchant, at=at)

    shelf.list_product(product=product, actor=merchant, at=at)
    assert axes_of(product)[3] == DisplayState.ON_SALE
    with pytest.raises(NotListable):
        shelf.list_product(product=product, actor=merchant, at=at)
    assert topics() == ["catalog.product.delisted.v1", "catalog.product.listed.v1"]


def test_nothing_without_stock_is_listed(shop, merchant, at) -> None:
    product = product_on_sale(shop=shop, stock=0, shelf_status=ShelfStatus.OFF)

    with pytest.raises(NotListable):
        shelf.list_product(product=product, actor=merchant, at=at)

    assert axes_of(product)[0] == ShelfStatus.OFF


def test_the_bin_keeps_a_product_for_thirty_days(shop, merchant, at) -> None:
    product = product_on_sale(shop=shop)

    shelf.delete(product=product, actor=merchant, at=at)
    assert axes_of(product)[3] == DisplayState.DELETED
    assert topics() == ["catalog.product.delisted.v1"]
    with pytest.raises(IllegalTransition):
        shelf.delete(product=product, actor=merchant, at=at)
    with pytest.raises(RestoreTooLate):
        shelf.restore(product=product, actor=merchant, at=at + timedelta(days=30, seconds=1))

    shelf.restore(product=product, actor=merchant, at=at + timedelta(days=30))
    assert axes_of(product)[3] == DisplayState.IN_WAREHOUSE
    with pytest.raises(IllegalTransition):
        shelf.restore(product=product, actor=merchant, at=at)


def test_a_deleted_product_leaves_the_review_queue(draft, merchant, at) -> None:
    review = shelf.submit(product=draft, actor=merchant, at=at)

    shelf.delete(product=draft, actor=merchant, at=at)

    review.refresh_from_db()
    assert review.verdict == Verdict.WITHDRAWN
    shelf.restore(product=draft, actor=merchant, at=at)
    assert axes_of(draft)[3] == DisplayState.DRAFT


def test_the_database_lists_nothing_that_is_not_approved() -> None:
    product = ProductFactory(shelf_status=ShelfStatus.OFF, review_status=ReviewStatus.REJECTED)

    with pytest.raises(IntegrityError), transaction.atomic():
        Product.objects.filter(pk=product.pk).update(shelf_status=ShelfStatus.ON)

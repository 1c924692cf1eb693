"""What is remembered of other rooms, and that nothing is sold on an old word."""

import time
from datetime import datetime, timedelta

import pytest
from django.db import Error, connection, models, transaction
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from catalog.models import PriceVersion, Product, Sku
from kernel.revisions import MAX_AGE
from orders.enums import CloseReason
from orders.errors import NotBuyable, PriceChanged
from orders.models import IdentitySnapshot, OrderLine
from orders.services import placement, snapshots
from orders.services.closing import close_order
from orders.services.placement import Placed, Refused, Touch, WantedLine, place_orders
from orders.services.reading import Facts, read_facts
from orders.services.remembering import Book, open_book
from orders.services.shortages import BELIEVED
from shops.enums import GuaranteeKind, ShopStatus
from shops.models import Binding, FreightRule, FreightTemplate, Guarantee, Holiday, Shop
from tests.factories.accounts import AccountFactory, UserFactory
from tests.factories.orders import make_sku
from tests.factories.shops import BindingFactory
from tests.orders.services.checkouts import AT, place, request

pytestmark = pytest.mark.django_db


@pytest.fixture
def book(monkeypatch):
    """A book that outlives a call, as the one of a web process does."""
    book = Book()
    monkeypatch.setattr(placement, "open_book", lambda: book)
    return book


@pytest.fixture
def sku():
    """A SKU of a shop with a face."""
    sku = make_sku(price=1_000)
    BindingFactory(shop=sku.shop)
    template = FreightTemplate.objects.get(shop=sku.shop)
    FreightRule.objects.create(shop=sku.shop, template=template, region_codes=["650000"])
    later = timedelta(days=90)
    Holiday.objects.create(shop=sku.shop, closed_from=AT + later, closed_to=AT + 2 * later)
    return sku


def raise_price(sku, price, after=timedelta(0)):
    PriceVersion.objects.create(
        shop_id=sku.shop_id, sku=sku, price=price, effective_from=Now() + after
    )


def test_the_second_checkout_asks_no_other_room_again(book, sku):
    place(request(UserFactory(), (sku, 1)))

    with CaptureQueriesContext(connection) as queries:
        (placed,) = place(request(UserFactory(), (sku, 1)))

    assert isinstance(placed, Placed)
    asked = [query["sql"] for query in queries]
    others = ("shops_", "accounts_", "catalog_product", "catalog_sku", "orders_identitysnapshot")
    # The snapshot's key is learned at commit, which never comes in a test.
    assert [sql for sql in asked if any(f'FROM "{table}' in sql for table in others[:4])] == []


def test_a_new_price_is_refused_with_a_new_quote_to_whoever_was_shown_the_old_one(book, sku):
    place(request(UserFactory(), (sku, 1)))
    raise_price(sku, 1_200)

    (refused,) = place(request(UserFactory(), (sku, 1), expected_pay_amount=1_800))

    assert isinstance(refused, Refused)
    assert isinstance(refused.error, PriceChanged)
    assert refused.error.extra["quote"]["pay_amount"] == {"amount": 2_000, "currency": "CNY"}


def test_a_new_price_counts_from_the_next_checkout_on(book, sku):
    place(request(UserFactory(), (sku, 1)))
    raise_price(sku, 1_200)

    place(request(UserFactory(), (sku, 1)))

    assert list(OrderLine.objects.order_by("pk").values_list("unit_price", flat=True)) == [
        1_000,
        1_200,
    ]


def test_control_unchecked_the_old_price_would_be_sold(book, sku, monkeypatch):
    place(request(UserFactory(), (sku, 1)))
    raise_price(sku, 1_200)
    monkeypatch.setattr(Facts, "renewed", lambda self, *_args: self)

    place(request(UserFactory(), (sku, 1)))

    assert OrderLine.objects.latest("pk").unit_price == 1_000


def test_a_scheduled_price_counts_from_its_moment_on(book, sku):
    raise_price(sku, 1_200, after=timedelta(milliseconds=300))
    place(request(UserFactory(), (sku, 1)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.4)")

    place(request(UserFactory(), (sku, 1)))

    assert OrderLine.objects.latest("pk").unit_price == 1_200


def test_a_shop_that_closed_sells_nothing_more(book, sku):
    place(request(UserFactory(), (sku, 1)))
    Shop.objects.filter(pk=sku.shop_id).update(status=ShopStatus.SUSPENDED)

    (refused,) = place(request(UserFactory(), (sku, 1)))

    assert isinstance(refused, Refused)
    assert isinstance(refused.error, NotBuyable)


def test_what_could_not_be_bought_is_looked_at_again(book, sku):
    Shop.objects.filter(pk=sku.shop_id).update(status=ShopStatus.SUSPENDED)
    place(request(UserFactory(), (sku, 1)))
    Shop.objects.filter(pk=sku.shop_id).update(status=ShopStatus.OPEN)

    (placed,) = place(request(UserFactory(), (sku, 1)))

    assert isinstance(placed, Placed)


def test_two_processes_notice_the_same_change(sku):
    first, second = Book(), Book()
    asked = [request(UserFactory(), (sku, 1))]
    for book in (first, second):
        read_facts(asked, book=book, at=AT)
    Shop.objects.filter(pk=sku.shop_id).update(name="Renamed")

    names = [
        read_facts(asked, book=book, at=AT).checked(AT).face_of(sku.shop_id).block["shop"]["name"]
        for book in (first, second)
    ]

    assert names == ["Renamed", "Renamed"]


def test_what_depends_on_time_alone_is_remembered_for_a_minute(sku):
    book, asked = Book(), [request(UserFactory(), (sku, 1))]
    promised = Guarantee.objects.filter(shop=sku.shop, kind=GuaranteeKind.SHIP_48H)
    promised.update(ends_at=AT + MAX_AGE)

    def guarantees(at: datetime) -> list[str]:
        facts = read_facts(asked, book=book, at=at).checked(at)
        return facts.face_of(sku.shop_id).block["shop"]["guarantees"]

    before, after = guarantees(AT), guarantees(AT + MAX_AGE + timedelta(seconds=1))

    assert set(before) - set(after) == {GuaranteeKind.SHIP_48H}


def other(field):
    """Return a value that `field` does not have in these rows, or None for one left alone."""
    if field.primary_key or field.is_relation or field.generated:
        return None
    if field.choices:
        return [value for value, _label in field.flatchoices][-1]
    if isinstance(field, models.DateTimeField):
        return AT - timedelta(days=9)
    if isinstance(field, models.BooleanField):
        return False
    if isinstance(field, models.IntegerField):
        return 437
    if isinstance(field, models.JSONField):
        return ["other"]
    return "other"


@pytest.mark.parametrize(
    "model",
    [Shop, Binding, Guarantee, FreightTemplate, FreightRule, Holiday, Account, Product, Sku],
)
def test_whatever_column_changes_the_answer_is_noticed(model, sku):
    creator = AccountFactory()
    touch = Touch(account_id=creator.public_id)
    asked = [
        request(UserFactory(), WantedLine(sku.public_id, 1, touch)),
    ]

    def seen(book):
        pages = read_facts(asked, book=book, at=AT).checked(AT).pages
        return [
            (
                kept.value,
                pages.shops[kept.value.shop_id].value,
                pages.presenters[creator.public_id, kept.value.shop_id].value,
            )
            for kept in pages.offers.values()
        ]

    changed = []
    for field in model._meta.concrete_fields:
        value = other(field)
        if value is None or field.attname == "public_id":
            continue  # names and ties of a row are never changed
        book = Book()
        before = seen(book)
        undo = transaction.savepoint()
        try:
            with transaction.atomic():
                model.objects.update(**{field.attname: value})
        except Error:
            continue  # the database refuses it, whoever asks
        now = seen(Book())
        assert seen(book) == now, field.attname
        if now != before:
            changed.append(field.attname)
        transaction.savepoint_rollback(undo)

    assert changed


def test_a_part_more_and_a_part_less_are_noticed(sku):
    book, asked = Book(), [request(UserFactory(), (sku, 1))]

    def freight():
        facts = read_facts(asked, book=book, at=AT).checked(AT)
        return facts.freight_to(None, AT)(sku.shop_id, 100, 1)

    with_template = freight()
    FreightTemplate.objects.filter(shop=sku.shop).delete()
    without = freight()
    FreightTemplate.objects.create(shop=sku.shop, flat_amount=300)

    assert (with_template, without, freight()) == (800, 0, 300)


@pytest.mark.django_db(transaction=True)
def test_a_process_remembers_across_checkouts_but_not_what_a_caller_may_undo():
    outside = open_book()
    with transaction.atomic():
        inside = open_book()

    assert outside is open_book()
    assert inside is not outside


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_that_was_undone_is_written_again(sku):
    asked = request(UserFactory(), (sku, 1))
    with transaction.atomic():
        place_orders([asked], at=AT)
        transaction.set_rollback(True)

    (placed,) = place_orders([asked], at=AT)

    assert isinstance(placed, Placed)
    (snapshot,) = IdentitySnapshot.objects.all()
    assert placed.group.orders.get().storefront_id == snapshot.pk


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_is_looked_up_once(sku):
    place(request(UserFactory(), (sku, 1)))

    with CaptureQueriesContext(connection) as queries:
        place(request(UserFactory(), (sku, 1)))

    assert not [query for query in queries if "orders_identitysnapshot" in query["sql"]]
    assert snapshots.IdentitySnapshot.objects.count() == 1


def test_what_was_sold_out_a_moment_ago_is_refused_without_a_lock(book):
    sku, other = make_sku(stock=1), make_sku()
    place(request(UserFactory(), (sku, 2)))  # short: there is one

    with CaptureQueriesContext(connection) as queries:
        (refused,) = place(request(UserFactory(), (other, 1), (sku, 2)))
    (placed,) = place(request(UserFactory(), (sku, 1)))

    assert isinstance(refused, Refused)
    assert [(one.pointer, one.code) for one in refused.error.errors] == [
        ("/lines/1/sku_id", "out_of_stock")
    ]
    assert not [query for query in queries if "FOR NO KEY UPDATE" in query["sql"]]
    assert isinstance(placed, Placed)


def test_a_replay_is_recognised_when_nothing_is_left(book):
    sku = make_sku(stock=1)
    buyer = UserFactory()
    place(request(buyer, (sku, 1)))
    place(request(UserFactory(), (sku, 1)))

    (again,) = place(request(buyer, (sku, 1)))

    assert isinstance(again, Placed)
    assert again.is_replay


def test_pieces_that_came_back_are_sold_again_after_a_moment(book, monkeypatch):
    sku = make_sku(stock=1)
    (first,) = place(request(UserFactory(), (sku, 1)))
    place(request(UserFactory(), (sku, 1)))
    close_order(order_id=first.group.orders.get().pk, reason=CloseReason.BUYER, at=AT)
    time.sleep(BELIEVED.total_seconds())

    (placed,) = place(request(UserFactory(), (sku, 1)))

    assert isinstance(placed, Placed)


@pytest.mark.django_db(transaction=True)
def test_what_a_transaction_reads_is_remembered_when_it_commits_and_known_to_the_next(
    sku, django_assert_num_queries
):
    with transaction.atomic():
        first = open_book().offers([sku.public_id], AT)
    assert open_book()._offers.recall([sku.public_id], AT) == first

    with transaction.atomic(), django_assert_num_queries(0):
        assert open_book().offers([sku.public_id], AT) == first


@pytest.mark.django_db(transaction=True)
def test_what_an_undone_transaction_read_is_forgotten(sku):
    with transaction.atomic():
        Shop.objects.filter(pk=sku.shop_id).update(name="Undone")
        inside = open_book().faces([sku.shop_id], AT)
        transaction.set_rollback(True)

    after = open_book().faces([sku.shop_id], AT)

    assert inside[sku.shop_id].block["shop"]["name"] == "Undone"
    assert after[sku.shop_id].block["shop"]["name"] != "Undone"


@pytest.mark.django_db(transaction=True)
def test_a_transaction_sees_its_own_change_although_it_was_known_before(sku):
    before = open_book().faces([sku.shop_id], AT)
    with transaction.atomic():
        Shop.objects.filter(pk=sku.shop_id).update(name="Changed here")
        inside = open_book().faces([sku.shop_id], AT)

    assert before[sku.shop_id].block["shop"]["name"] != "Changed here"
    assert inside[sku.shop_id].block["shop"]["name"] == "Changed here"

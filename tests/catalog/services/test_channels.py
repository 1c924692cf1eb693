"""Through whom a product is sold (CA-19)."""

import pytest
from django.db import IntegrityError, transaction

from catalog.enums import SellChannel, ShelfStatus
from catalog.errors import AlreadyForAllCreators, BadChannel
from catalog.models import ChannelSeller, Product, ProductChannel
from catalog.selectors.channels import channel_of
from catalog.services import channels
from catalog.services.variants import SkuSpec
from kernel.actors import SYSTEM
from kernel.errors import IllegalTransition
from kernel.models import AuditEntry
from tests.factories.accounts import AccountFactory, CreatorFactory
from tests.factories.catalog import product_on_sale

pytestmark = pytest.mark.django_db

ALL, NAMED = SellChannel.ALL, SellChannel.NAMED
EXCLUSIVE, ALL_CREATORS = SellChannel.EXCLUSIVE, SellChannel.ALL_CREATORS


@pytest.fixture
def product(db) -> Product:
    return product_on_sale()


def say(product, kind, accounts=(), at=None):
    return channels.set_channel(
        product=product, kind=kind, accounts=accounts, actor=SYSTEM, at=at or product.created_at
    )


def made(main, kind, accounts=(), code="C-1", at=None):
    return channels.make_channel_product(
        main=main,
        kind=kind,
        accounts=accounts,
        skus=[SkuSpec(merchant_code=code, price=500, stock=3)],
        actor=SYSTEM,
        at=at or main.created_at,
    )


def test_named_accounts_sell_it_and_then_everybody_again(product, at):
    one, other = AccountFactory(), AccountFactory()

    say(product, NAMED, [one, other], at)
    say(product, NAMED, [other, other], at)

    assert channel_of(product).accounts == [other]
    assert [entry.after["accounts"] for entry in AuditEntry.objects.order_by("pk")] == [
        sorted([one.public_id, other.public_id], key=[one.public_id, other.public_id].index),
        [other.public_id],
    ]

    say(product, ALL, (), at)

    assert channel_of(product).kind == ALL
    assert (ProductChannel.objects.count(), ChannelSeller.objects.count()) == (0, 0)


def test_a_channel_product_says_what_the_main_one_says_at_a_price_of_its_own(product, at):
    creator = CreatorFactory()

    variant = made(product, EXCLUSIVE, [creator.account], at=at)

    assert (variant.title, variant.shop_id) == (product.title, product.shop_id)
    assert (variant.min_price, variant.skus.get().stock.on_hand) == (500, 3)
    view = channel_of(variant)
    assert (view.kind, view.main_product, view.accounts) == (EXCLUSIVE, product, [creator.account])


@pytest.mark.parametrize(
    ("kind", "count"),
    [(NAMED, 0), (NAMED, 501), (EXCLUSIVE, 0), (EXCLUSIVE, 2), (ALL_CREATORS, 1)],
)
def test_a_kind_takes_its_number_of_creators(product, kind, count, at, monkeypatch):
    monkeypatch.setitem(channels.SELLERS, NAMED, (1, min(count, 3) - (count > 3) or 1))
    accounts = [CreatorFactory().account for _ in range(min(count, 3))]

    with pytest.raises(BadChannel) as refused:
        made(product, kind, accounts, at=at)

    assert refused.value.errors[0].code == "bad_count"
    assert (Product.objects.count(), ProductChannel.objects.count()) == (1, 0)


def test_five_hundred_creators_are_the_most():
    assert channels.SELLERS[NAMED] == (1, 500)


def test_one_channel_product_is_for_all_creators(product, at):
    made(product, ALL_CREATORS, at=at)
    named = made(product, NAMED, [CreatorFactory().account], "C-2", at=at)

    with pytest.raises(AlreadyForAllCreators):
        made(product, ALL_CREATORS, code="C-3", at=at)
    with pytest.raises(AlreadyForAllCreators):
        say(named, ALL_CREATORS, at=at)

    kinds = ProductChannel.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == [ALL_CREATORS, NAMED]
    with pytest.raises(IntegrityError), transaction.atomic():
        ProductChannel.objects.update(kind=ALL_CREATORS)


def test_what_is_no_channel_product_is_not_for_creators_alone_and_the_other_way_round(product, at):
    for kind, accounts in ((EXCLUSIVE, [CreatorFactory().account]), (ALL_CREATORS, [])):
        with pytest.raises(BadChannel):
            say(product, kind, accounts, at)
    variant = made(product, ALL_CREATORS, at=at)
    with pytest.raises(BadChannel):
        say(variant, ALL, at=at)
    with pytest.raises(BadChannel):
        made(variant, ALL_CREATORS, code="C-9", at=at)
    with pytest.raises(BadChannel):
        made(product, ALL, code="C-9", at=at)

    assert channel_of(product).kind == ALL
    assert channel_of(variant).kind == ALL_CREATORS


def test_only_creators_sell_a_channel_product(product, at):
    suspended = CreatorFactory(status="suspended").account

    for account in (AccountFactory(), suspended):
        with pytest.raises(BadChannel) as refused:
            made(product, NAMED, [account], at=at)
        assert refused.value.errors[0].code == "not_a_creator"

    assert Product.objects.count() == 1


def test_what_is_in_the_bin_stays_as_it_is(product, at):
    product.shelf_status, product.deleted_at = ShelfStatus.DELETED, at
    product.save()

    with pytest.raises(IllegalTransition):
        say(product, NAMED, [AccountFactory()], at)
    with pytest.raises(IllegalTransition):
        made(product, ALL_CREATORS, at=at)

    assert ProductChannel.objects.count() == 0


def test_accounts_are_called_by_id_or_handle(product):
    one, other = AccountFactory(), AccountFactory()

    assert channels.accounts_called([one.public_id, f"@{other.handle.upper()}", ""]) == [one, other]
    with pytest.raises(BadChannel) as refused:
        channels.accounts_called([one.public_id, "nobody-of-this-name"])
    assert refused.value.errors[0].code == "unknown_account"

"""What certain accounts alone sell is bought through them (CA-19)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.enums import SellChannel
from catalog.selectors.offers import buyable
from catalog.services import channels
from catalog.services.variants import SkuSpec
from kernel.actors import SYSTEM, Actor, Role
from orders.errors import SoldElsewhere
from orders.models import CartLine, OrderLine
from orders.services.placement import Placed, Touch, WantedLine
from orders.services.quoting import quote
from tests.factories.accounts import AccountFactory, CreatorFactory, UserFactory
from tests.factories.catalog import product_on_sale
from tests.orders.services.checkouts import AT, counters, nothing_written, place, request

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller(db):
    return CreatorFactory()


@pytest.fixture
def sku(db):
    return product_on_sale(stock=9).skus.get()


def name(product, *accounts, kind=SellChannel.NAMED):
    channels.set_channel(product=product, kind=kind, accounts=accounts, actor=SYSTEM, at=AT)


def through(sku, account):
    return WantedLine(sku.public_id, 1, Touch(account_id=account.public_id))


def test_a_named_account_sells_and_nobody_else_does(sku, seller):
    name(sku.product, seller.account)

    buyer, other = UserFactory(), AccountFactory()
    lines = [(sku, 1), through(sku, other), WantedLine(sku.public_id, 1, Touch(account_id="acc_x"))]
    refusals = [place(request(buyer, line))[0] for line in lines]

    assert [type(one.error) for one in refusals] == [SoldElsewhere] * 3
    assert refusals[0].error.errors[0].pointer == "/lines/0/sku_id"
    assert nothing_written()
    assert counters(sku) == (9, 0)

    [placed] = place(request(buyer, through(sku, seller.account)))

    assert isinstance(placed, Placed)
    assert counters(sku) == (9, 1)


def test_naming_counts_from_the_next_checkout_on_whatever_was_remembered(sku, seller):
    buyer, other = UserFactory(), AccountFactory()

    def result(key, account):
        [one] = place(request(buyer, through(sku, account), key=key))
        return getattr(one, "error", None)

    assert result("1", other) is None
    name(sku.product, seller.account)
    assert isinstance(result("2", other), SoldElsewhere)
    name(sku.product, seller.account, other)
    assert result("3", other) is None
    name(sku.product, seller.account)
    assert isinstance(result("4", other), SoldElsewhere)
    name(sku.product, kind=SellChannel.ALL)
    assert result("5", other) is None


def test_all_creators_sell_a_channel_product_and_accounts_that_are_none_do_not(sku, seller):
    variant = channels.make_channel_product(
        main=sku.product,
        kind=SellChannel.ALL_CREATORS,
        accounts=(),
        skus=[SkuSpec("ALL-1", 500, stock=9)],
        actor=SYSTEM,
        at=AT,
    )
    type(variant).objects.filter(pk=variant.pk).update(
        review_status="approved", shelf_status="on", draft_status="none"
    )
    own = variant.skus.get()
    buyer = UserFactory()
    suspended = CreatorFactory(status="suspended").account

    for key, account in enumerate((AccountFactory(), suspended)):
        [refused] = place(request(buyer, through(own, account), key=str(key)))
        assert isinstance(refused.error, SoldElsewhere)
    place(request(buyer, through(own, seller.account)))

    assert OrderLine.objects.get().unit_price == 500
    assert (counters(own), counters(sku)) == ((9, 1), (9, 0))


def test_a_quote_refuses_what_placing_would(sku, seller):
    buyer = UserFactory()
    name(sku.product, seller.account)
    actor = Actor(role=Role.BUYER, user_id=buyer.pk)

    with pytest.raises(SoldElsewhere):
        quote(lines=[WantedLine(sku.public_id, 1)], at=AT, actor=actor)

    assert quote(lines=[through(sku, seller.account)], at=AT, actor=actor).pay_amount > 0


def test_the_touch_that_a_cart_kept_counts(sku, seller):
    name(sku.product, seller.account)
    buyer = UserFactory()
    CartLine.objects.create(
        buyer=buyer, sku=sku, quantity=1, touch={"account_id": seller.account.public_id}
    )

    [placed] = place(request(buyer, (sku, 1)))

    assert isinstance(placed, Placed)


def test_what_is_sold_everywhere_costs_no_statement_more(sku):

    with CaptureQueriesContext(connection) as everywhere:
        buyable([sku.pk], at=AT)
    name(sku.product, AccountFactory())
    with CaptureQueriesContext(connection) as alone:
        buyable([sku.pk], at=AT)

    assert (len(everywhere), len(alone)) == (1, 2)

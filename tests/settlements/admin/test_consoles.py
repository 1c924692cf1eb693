"""Money in the consoles of shops and operators."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localtime

from kernel import clock
from ledger.models import LedgerAccount, Transfer
from orders.enums import OrderStatus
from settlements.models import FeeRate, Payout, SettlementEntry, Statement, StatementLine
from settlements.policies import month_of
from settlements.services import settling, statements
from shops.enums import StaffRole
from tests.factories.accounts import OperatorFactory
from tests.factories.catalog import CategoryFactory
from tests.factories.orders import PLACED_AT, make_order
from tests.factories.shops import ShopFactory, StaffFactory

pytestmark = pytest.mark.django_db


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def shop():
    return ShopFactory()


@pytest.fixture
def desk(shop):
    return signed_in(StaffFactory(shop=shop, role=StaffRole.FINANCE).user)


@pytest.fixture
def operator():
    return signed_in(OperatorFactory())


def settled(shop, price=10_000):
    order = make_order(OrderStatus.COMPLETED, shop=shop, price=price)
    at = clock.now()
    settling.settle_due(at=at)
    statements.refresh(month=month_of(at), at=at)
    return order


def url(model, what="changelist", *args, site="merchant", room="settlements"):
    return reverse(f"{site}:{room}_{model}_{what}", args=args)


def test_the_home_page_shows_the_balance(desk, shop):
    settled(shop)

    assert "¥95.00" in desk.get(reverse("merchant:index")).text


def test_a_statement_shows_its_sums_and_lines(desk, shop):
    order, foreign = settled(shop), settled(ShopFactory(), price=7_777)
    statement = Statement.objects.get(shop=shop)

    assert "¥95.00" in desk.get(url("statement")).text
    page = desk.get(url("statement", "change", statement.public_id)).text

    assert (order.number in page, foreign.number in page) == (True, False)
    lines = desk.get(url("statementline")).text
    assert (order.number in lines, foreign.number in lines) == (True, False)
    theirs = Statement.objects.exclude(shop=shop).get().public_id
    assert desk.get(url("statement", "change", theirs)).status_code == 404


def test_a_payout_is_requested_in_yuan(desk, shop):
    settled(shop)

    form = desk.get(url("payout", "act", "request")).text
    assert "¥95.00" in form
    refused = desk.post(url("payout", "act", "request"), {"amount": "95.01"})
    assert (refused.status_code, Payout.objects.count()) == (422, 0)
    assert "The balance is lower than that." in refused.text
    done = desk.post(url("payout", "act", "request"), {"amount": "94.99"}, follow=True)

    payout = Payout.objects.get()
    assert (payout.amount, payout.shop) == (9_499, shop)
    assert payout.number in done.text
    assert desk.get(url("payout", "change", payout.number)).status_code == 200


def test_a_manager_may_look_at_the_money_but_not_take_it(shop):
    settled(shop)
    manager = signed_in(StaffFactory(shop=shop, role=StaffRole.MANAGER).user)

    assert url("payout", "act", "request") not in manager.get(url("payout")).text
    answer = manager.post(url("payout", "act", "request"), {"amount": "1"})
    assert (answer.status_code, Payout.objects.count()) == (403, 0)


def test_operators_pay_refuse_and_see_what_waits(desk, operator, shop):
    settled(shop)
    for amount in ("10", "20"):
        desk.post(url("payout", "act", "request"), {"amount": amount})
    paid, refused = Payout.objects.order_by("pk")

    assert "Payouts to pay" in operator.get(reverse("operator:index")).text
    operator.post(url("payout", "do", paid.number, "pay", site="operator"))
    back = url("payout", "do", refused.number, "refuse", site="operator")
    assert operator.post(back, {"reason": ""}).status_code == 422
    operator.post(back, {"reason": "wrong name"})
    again = operator.post(
        url("payout", "do", paid.number, "refuse", site="operator"), {"reason": "x"}
    )

    assert again.status_code == 422
    assert dict(Payout.objects.values_list("number", "status")) == {
        paid.number: "paid",
        refused.number: "refused",
    }
    page = operator.get(url("payout", site="operator")).text
    assert shop.name in page


def test_operators_check_the_books(operator, shop):
    settled(shop)
    address = url("settlemententry", "act", "check-books", site="operator")

    assert "All books are right." in operator.post(address, follow=True).text
    LedgerAccount.objects.filter(owner=shop.public_id, code="shop_payable").update(balance_amount=1)
    assert "violations: account shop_payable" in operator.post(address, follow=True).text


def test_sh_09_a_merchant_sees_what_the_fee_consists_of(desk, shop):
    """Base rate and what came on top, at each posting.

    Page: /merchant/settlements/statementline/
    """
    for kind, channel, rate_bp in (("base", "", 300), ("channel", "unknown", 100)):
        FeeRate.objects.create(
            kind=kind,
            channel=channel,
            rate_bp=rate_bp,
            effective_from=PLACED_AT - timedelta(days=9),
        )
    settled(shop)
    assert "¥4.00 (3 % + 1 % channel)" in desk.get(url("statementline")).text


def test_operators_set_fee_rates(operator):
    category = CategoryFactory()
    soon = localtime(clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    address = url("feerate", "act", "set", site="operator")

    def send(**fields):
        return operator.post(address, {"kind": "base", "effective_from": soon} | fields)

    send(category=category.public_id, rate="2.5")
    send(rate="4")
    send(kind="channel", channel="own", rate="1")
    late = send(rate="4", effective_from="2020-01-01T00:00")
    high, nowhere = send(rate="30.01"), send(kind="channel", rate="1")

    assert (late.status_code, high.status_code, nowhere.status_code) == (422, 422, 422)
    rates = FeeRate.objects.order_by("pk")
    assert list(rates.values_list("category", "kind", "channel", "rate_bp")) == [
        (category.pk, "base", "", 250),
        (None, "base", "", 400),
        (None, "channel", "own", 100),
    ]
    assert category.name in operator.get(url("feerate", site="operator")).text


def test_operators_read_the_book(operator, shop):
    order = settled(shop)
    transfer = Transfer.objects.get(reference=f"settle:{order.number}-1")

    accounts = operator.get(url("ledgeraccount", site="operator", room="ledger")).text
    assert "-¥95.00" in accounts
    transfers = operator.get(url("transfer", site="operator", room="ledger")).text
    assert transfer.reference in transfers
    page = operator.get(
        url("transfer", "change", transfer.reference, site="operator", room="ledger")
    ).text
    assert (shop.public_id in page, "¥100.00" in page, "¥5.00" in page) == (True, True, True)


@pytest.mark.parametrize(
    ("site", "room", "model"),
    [
        ("merchant", "settlements", "statement"),
        ("merchant", "settlements", "statementline"),
        ("merchant", "settlements", "payout"),
        ("operator", "settlements", "payout"),
        ("operator", "settlements", "settlemententry"),
        ("operator", "settlements", "feerate"),
        ("operator", "ledger", "ledgeraccount"),
        ("operator", "ledger", "transfer"),
    ],
)
def test_lists_cost_the_same_for_one_and_for_three_rows(desk, operator, shop, site, room, model):
    client = desk if site == "merchant" else operator
    address = url(model, site=site, room=room)
    counts = []
    for more in (1, 2):
        for _ in range(more):
            settled(shop)
            desk.post(url("payout", "act", "request"), {"amount": "1"})
            FeeRate.objects.create(
                category=CategoryFactory(), rate_bp=1, effective_from=clock.now()
            )
            Statement.objects.filter(shop=shop, month=month_of(clock.now())).update(
                month=f"20{10 + SettlementEntry.objects.count()}-01-01"
            )
            statements.refresh(month=month_of(clock.now()), at=clock.now())
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        counts.append(len(queries))

    assert StatementLine.objects.count() > 2
    assert counts[0] == counts[1]

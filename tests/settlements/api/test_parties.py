"""One's own money over the API: shops, creators, agencies; and the operators' side."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel import clock
from ledger.models import Transfer
from orders.enums import OrderStatus
from settlements.models import FeeRate, Payout, Statement
from settlements.policies import month_of
from settlements.services import settling, statements
from shops.enums import StaffRole
from tests.factories.accounts import OperatorFactory, UserFactory
from tests.factories.affiliates import ContractFactory, PickFactory
from tests.factories.catalog import CategoryFactory
from tests.factories.orders import make_order
from tests.factories.shops import StaffFactory, owner_of

pytestmark = pytest.mark.django_db

BASE = "/api/v1/settlements/"
LISTS = ("statements", "statement-lines", "payouts")


class World:
    """A settled sale of a creator with an agency: 9,900 → 8,415 + 792 + 198 + 495."""

    def __init__(self) -> None:
        self.pick = PickFactory()
        self.contract = ContractFactory(creator=self.pick.creator)
        self.at = clock.now()
        self.order = make_order(
            OrderStatus.COMPLETED,
            items=[(self.pick.product.skus.get(), 1)],
            pick_code=self.pick.pick_code,
        )
        settling.settle_due(at=self.at)
        statements.refresh(month=month_of(self.at), at=self.at)
        self.people = {
            f"shops/{self.pick.shop.public_id}": owner_of(self.pick.shop),
            "creator": self.pick.creator.user,
            "agency": self.contract.agency.owner,
        }
        self.shop = f"{BASE}shops/{self.pick.shop.public_id}/"


@pytest.fixture
def world():
    return World()


@pytest.fixture
def operator(client_for):
    return client_for(OperatorFactory())


def ask(client, address, amount, key="payout-1"):
    return client.post(f"{address}payouts", {"amount": amount}, headers={"Idempotency-Key": key})


def test_each_party_sees_its_own_money_and_nobody_elses(client_for, world):
    World()
    expected = dict(zip(world.people, (8_415, 792, 198), strict=True))

    for place, user in world.people.items():
        client = client_for(user)
        amount = {"amount": expected[place], "currency": "CNY"}
        assert client.get(f"{BASE}{place}/balance").json() == {
            "balance": amount,
            "available": amount,
            **({"collected_by": None} if place == "creator" else {}),
        }
        [statement] = client.get(f"{BASE}{place}/statements").json()["results"]
        assert (statement["opening"]["amount"], statement["closing"]) == (0, amount)
        assert statement["month"] == month_of(world.at).isoformat()
        [line] = client.get(f"{BASE}{place}/statement-lines").json()["results"]
        assert (line["kind"], line["amount"], line["order_number"]) == (
            "settle",
            amount,
            world.order.number,
        )


def test_lines_are_filtered_by_month_and_order(client_for, world):
    client = client_for(owner_of(world.pick.shop))

    def count(**query):
        return len(client.get(f"{world.shop}statement-lines", query).json()["results"])

    assert count(month=month_of(world.at).strftime("%Y-%m")) == 1
    assert count(month="2020-01") == 0
    assert count(order_number=world.order.number) == 1
    assert count(order_number="x") == 0
    for month in ("2020-13", "0000-01", "2020-1", "soon", "2020-01\n"):
        answer = client.get(f"{world.shop}statement-lines", {"month": month})
        assert answer.status_code == (200 if month.endswith("\n") else 400), month


@pytest.mark.parametrize("path", ["balance", *LISTS])
def test_strangers_find_nothing(client_for, anonymous_client, world, path):
    other = World()
    stranger = client_for(UserFactory())

    for place, user in world.people.items():
        assert anonymous_client.get(f"{BASE}{place}/{path}").status_code == 401
        assert stranger.get(f"{BASE}{place}/{path}").status_code == 404
        for foreign in other.people:
            if foreign.startswith("shops/"):
                assert client_for(user).get(f"{BASE}{foreign}/{path}").status_code == 404


def test_a_payout_is_asked_for_once(client_for, world):
    client = client_for(owner_of(world.pick.shop))

    made, again = ask(client, world.shop, 8_000), ask(client, world.shop, 8_000)

    assert (made.status_code, made.json()["status"]) == (201, "requested")
    assert (again.json(), again["Idempotent-Replayed"]) == (made.json(), "true")
    assert client.get(f"{world.shop}balance").json()["balance"]["amount"] == 415
    refused = ask(client, world.shop, 416, "payout-2")
    assert (refused.status_code, refused.json()["code"]) == (409, "balance_too_low")
    assert refused.json()["available"] == 415
    assert Payout.objects.count() == 1
    assert len(client.get(f"{world.shop}payouts", {"status": "requested"}).json()["results"]) == 1
    assert client.get(f"{world.shop}payouts", {"status": "paid"}).json()["results"] == []


@pytest.mark.parametrize("amount", [0, -1, "100", 1.5, True, None, 10**18])
def test_odd_amounts_are_refused(client_for, world, amount):
    client = client_for(owner_of(world.pick.shop))

    answer = ask(client, world.shop, amount)

    assert (answer.status_code, Payout.objects.count()) == (400, 0)


def test_only_those_who_may_take_money_out(client_for, world):
    manager = client_for(StaffFactory(shop=world.pick.shop, role=StaffRole.MANAGER).user)
    finance = client_for(StaffFactory(shop=world.pick.shop, role=StaffRole.FINANCE).user)
    clerk = client_for(StaffFactory(shop=world.pick.shop, role=StaffRole.ORDER_CLERK).user)

    assert ask(manager, world.shop, 1).status_code == 403
    assert clerk.get(f"{world.shop}balance").status_code == 403
    assert Payout.objects.count() == 0
    assert ask(finance, world.shop, 1).status_code == 201


def test_operators_pay_and_refuse(client_for, operator, world):
    creator = client_for(world.pick.creator.user)
    paid = ask(creator, f"{BASE}creator/", 700).json()["number"]
    refused = ask(creator, f"{BASE}creator/", 92, "payout-2").json()["number"]

    rows = operator.get(f"{BASE}operator/payouts").json()["results"]
    assert {row["number"] for row in rows} == {paid, refused}
    assert rows[0]["party"] == {
        "kind": "creator",
        "id": world.pick.creator.public_id,
        "name": world.pick.creator.account.name,
    }

    def decide(number, act, body, key):
        address = f"{BASE}operator/payouts/{number}/{act}"
        return operator.post(address, body, headers={"Idempotency-Key": key})

    assert decide(paid, "pay", {}, "a").json()["status"] == "paid"
    assert decide(paid, "refuse", {"reason": "no"}, "b").json()["code"] == "illegal_transition"
    assert decide(refused, "refuse", {}, "c").status_code == 400
    assert decide(refused, "refuse", {"reason": "wrong name"}, "d").json()["status"] == "refused"
    assert decide("W0", "pay", {}, "e").status_code == 404
    assert creator.get(f"{BASE}creator/balance").json()["balance"]["amount"] == 92


def test_operators_read_entries_accounts_and_transfers(operator, world):
    def rows(path, **query):
        return operator.get(f"{BASE}operator/{path}", query).json()["results"]

    [entry] = rows("entries", order_number=world.order.number)
    assert (entry["paid"]["amount"], entry["shop"]["amount"], entry["platform_fee"]["amount"]) == (
        9_900,
        8_415,
        495,
    )
    [escrow] = rows("accounts", code="escrow", owner=world.pick.shop.public_id)
    assert escrow["balance"] == {"amount": 0, "currency": "CNY"}
    [payable] = rows("accounts", code="shop_payable")
    assert payable["balance"]["amount"] == -8_415
    [transfer] = rows("transfers", reference=entry["reference"])
    assert sum(leg["amount"] for leg in transfer["legs"]) == 0
    assert len(rows("transfers")) == Transfer.objects.count()


def test_operators_set_fee_rates_for_the_future(operator):
    category = CategoryFactory()
    soon = (clock.now() + timedelta(days=1)).isoformat()

    made = operator.post(
        f"{BASE}operator/fee-rates",
        {"category_id": category.public_id, "rate_bp": 300, "effective_from": soon},
    )
    late = operator.post(
        f"{BASE}operator/fee-rates", {"rate_bp": 300, "effective_from": "2020-01-01T00:00:00Z"}
    )
    high = operator.post(f"{BASE}operator/fee-rates", {"rate_bp": 3_001, "effective_from": soon})

    assert (made.status_code, made.json()["category_id"]) == (201, category.public_id)
    assert (late.status_code, late.json()["code"]) == (409, "fee_rate_in_the_past")
    assert high.status_code == 400
    assert FeeRate.objects.count() == 1
    assert len(operator.get(f"{BASE}operator/fee-rates").json()["results"]) == 1


@pytest.mark.parametrize(
    "path", ["payouts", "entries", "fee-rates", "accounts", "transfers", "payouts/W1/pay"]
)
def test_merchants_are_no_operators(client_for, world, path):
    client = client_for(owner_of(world.pick.shop))
    call = client.post if path.endswith("pay") else client.get

    assert call(f"{BASE}operator/{path}").status_code == 404


def test_lists_cost_the_same_for_one_and_for_three_rows(client_for, operator, world):
    owner = client_for(owner_of(world.pick.shop))
    paths = [(owner, f"{world.shop}{path}") for path in LISTS]
    paths += [
        (operator, f"{BASE}operator/{path}")
        for path in ("payouts", "entries", "fee-rates", "accounts", "transfers")
    ]

    def more(key):
        make_order(OrderStatus.COMPLETED, items=[(world.pick.product.skus.get(), 1)])
        settling.settle_due(at=world.at)
        ask(owner, world.shop, 100, key)
        FeeRate.objects.create(rate_bp=1, effective_from=world.at)
        statements.refresh(month=month_of(world.at), at=world.at)

    def counted():
        counts = {}
        for client, path in paths:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(path).status_code == 200
            counts[path] = len(queries)
        return counts

    more("a")
    before = counted()
    more("b")
    more("c")
    Statement.objects.filter(party="shop").update(month="2020-01-01")
    statements.refresh(month=month_of(world.at), at=world.at)

    assert counted() == before

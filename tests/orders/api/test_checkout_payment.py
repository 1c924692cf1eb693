"""A checkout that names its gateway: placed and waiting for the money in one step."""

from types import SimpleNamespace

import pytest

from orders.enums import PaymentStatus
from orders.models import Payment, SandboxTransaction
from orders.services import outgoing
from orders.services.gateways.port import GatewayRefused, GatewayTimeout
from orders.services.gateways.sandbox import SandboxGateway
from tests.factories.accounts import UserFactory
from tests.factories.orders import make_sku
from tests.orders.api.checkouts import BASE, body, check_out, nothing_placed
from tests.orders.services.checkouts import AT, place, request

pytestmark = pytest.mark.django_db


def test_the_answer_opens_the_cashier_of_all_that_was_placed(client, settings):
    content = body((make_sku(price=9_900), 1), (make_sku(price=5_000), 2), gateway="sandbox")

    answer = check_out(client, content).json()

    payment = Payment.objects.get()
    assert answer["payment"] == {
        "number": payment.number,
        "group_number": answer["number"],
        "gateway": "sandbox",
        "amount": {"amount": 19_900, "currency": "CNY"},
        "status": "pending",
        "paid_at": None,
        "pay_url": f"{settings.HAODIAN_BASE_URL}{BASE}/sandbox/cashier/{payment.number}/pay",
    }
    assert payment.group.number == answer["number"]
    assert payment.poll_at is not None
    line = SandboxTransaction.objects.get()
    assert (line.number, line.amount, line.status) == (payment.number, 19_900, "open")


def test_the_payment_is_the_one_that_starting_gives(client):
    content = body((make_sku(), 1), gateway="sandbox")
    first = check_out(client, content).json()

    again = check_out(client, content)
    started = client.post(
        f"{BASE}/groups/{first['number']}/payments", {"gateway": "sandbox"}, format="json"
    )

    assert again["Idempotent-Replayed"] == "true"
    assert again.json() == first
    assert list(again.json()["payment"]) == list(first["payment"])
    assert started.json() == first["payment"]
    assert Payment.objects.count() == 1


def test_paid_at_the_cashier_it_needs_no_payment_any_more(client):
    content = body((make_sku(), 1), gateway="sandbox")
    first = check_out(client, content).json()

    paid = client.post(f"{BASE}/sandbox/cashier/{first['payment']['number']}/pay", {})
    again = check_out(client, content).json()

    assert paid.json()["status"] == "paid"
    assert (again["payment"], again["orders"][0]["status"]) == (None, "to_ship")


def test_the_way_of_paying_may_change_with_a_retry(client):
    sku = make_sku()
    first = check_out(client, body((sku, 1)))

    again = check_out(client, body((sku, 1), gateway="sandbox"))

    assert first.json()["payment"] is None
    assert again.json()["number"] == first.json()["number"]
    assert again.json()["payment"]["number"] == Payment.objects.get().number


@pytest.mark.parametrize("gateway", ["nobody", "", "x" * 21, 7, None])
def test_a_gateway_that_is_not_offered_places_nothing(client, gateway):
    answer = check_out(client, body((make_sku(), 1), gateway=gateway))

    assert answer.status_code == 400
    assert nothing_placed()


@pytest.mark.parametrize("error", [GatewayTimeout("silent"), GatewayRefused("not today")])
def test_a_gateway_that_does_not_answer_leaves_the_checkout_placed(client, monkeypatch, error):
    def fail(*_args: object) -> None:
        raise error

    content = body((make_sku(), 1), gateway="sandbox")
    with monkeypatch.context() as patch:
        patch.setattr(SandboxGateway, "create", fail)
        first = check_out(client, content)
    again = check_out(client, content)

    assert (first.status_code, first.json()["payment"]) == (201, None)
    assert again.json()["payment"]["number"] == Payment.objects.get().number


def test_in_a_set_each_pays_its_own():
    skus = [make_sku(price=1_000), make_sku(price=2_000), make_sku(price=3_000)]
    buyers = [UserFactory() for _ in skus]
    ways = ["sandbox", "", "sandbox"]

    results = place(
        *(
            request(buyer, (sku, 1), gateway=way)
            for buyer, sku, way in zip(buyers, skus, ways, strict=True)
        )
    )

    rows = {one.buyer_id: one for one in Payment.objects.all()}
    assert set(rows) == {buyers[0].pk, buyers[2].pk}
    for result, buyer in zip(results, buyers, strict=True):
        told, kept = result.recorded.payment, rows.get(buyer.pk)
        if kept is None:
            assert told is None
            continue
        fields = ("number", "group_id", "gateway", "amount", "currency", "status", "poll_at")
        assert [getattr(told, name) for name in fields] == [getattr(kept, name) for name in fields]
        assert (kept.group_id, kept.status) == (result.group.pk, PaymentStatus.PENDING)


def test_who_is_placed_with_another_of_the_same_key_has_the_same_payment():
    buyer, sku = UserFactory(), make_sku()
    wanted = request(buyer, (sku, 1), gateway="sandbox")

    first, second = place(wanted, wanted)

    actor = SimpleNamespace(user_id=buyer.pk)
    told = [
        outgoing.start_with(one, gateway="sandbox", at=AT, actor=actor) for one in (first, second)
    ]
    assert second.is_replay
    assert told[0].payment.number == told[1].payment.number == Payment.objects.get().number

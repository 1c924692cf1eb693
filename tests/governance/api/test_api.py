"""Deposits and restrictions over the API."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from governance.models import DepositEntry, DepositPayment
from governance.services import assessing
from shops.enums import RestrictionKind, RestrictionReason, StaffRole
from shops.services import restrictions
from tests.factories.shops import ShopFactory, StaffFactory, owner_of
from tests.governance.services.test_assessing import old_shop
from tests.governance.shops import all_right, earned, staked

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 7, 1, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    """The API's time stands still."""
    with time_machine.travel(NOW, tick=False):
        yield


def base(shop) -> str:
    return f"/api/v1/governance/shops/{shop.public_id}"


def cny(amount: int) -> dict:
    return {"amount": amount, "currency": "CNY"}


def send(desk, url: str, key: str, **body):
    return desk.post(url, body, format="json", headers={"Idempotency-Key": key})


def test_the_deposit_its_assessment_and_entries_are_read(client_for) -> None:
    shop = old_shop(7_000_000, date(2025, 7, 1))
    staked(260_000, shop)
    assessing.assess_all(at=NOW)
    desk = client_for(owner_of(shop))

    body = desk.get(f"{base(shop)}/deposit").json()
    assert body["status"] == "ok"
    assert (body["due"], body["coming"]) == (cny(0), cny(200_000))
    assert (body["balance"], body["frozen"], body["refundable"]) == (
        cny(260_000),
        cny(0),
        cny(60_000),
    )
    first, *_others = desk.get(f"{base(shop)}/deposit/assessments").json()["results"]
    assert (first["cause"], first["gmv"], first["base"]) == (
        "monthly",
        cny(7_000_000),
        cny(200_000),
    )
    assert first["effective_at"].startswith("2025-07-07T16:00:00")
    (entry,) = desk.get(f"{base(shop)}/deposit/entries").json()["results"]
    assert (entry["kind"], entry["amount"], entry["balance_after"]) == (
        "top_up",
        cny(260_000),
        cny(260_000),
    )


def test_money_is_moved_once_a_key(client_for) -> None:
    shop = earned()
    desk = client_for(owner_of(shop))
    url = f"{base(shop)}/deposit/top-ups"

    assert send(desk, url, "k1", amount=50_000).status_code == 201
    assert send(desk, url, "k1", amount=50_000).status_code == 201
    assert send(desk, url, "k2", amount=50_000).json()["code"] == "balance_too_low"
    assert send(desk, url, "k3", amount=0).status_code == 400

    assert DepositEntry.objects.filter(shop=shop).count() == 1
    back = f"{base(shop)}/deposit/withdrawals"
    assert send(desk, back, "k4", amount=20_000).json()["amount"] == cny(-20_000)
    assert send(desk, back, "k5", amount=20_000).json()["code"] == "withdrawn_this_week"
    assert all_right()


def test_a_payment_is_started_by_a_known_gateway(client_for) -> None:
    shop = ShopFactory()
    desk = client_for(owner_of(shop))
    url = f"{base(shop)}/deposit/payments"

    assert send(desk, url, "k1", amount=500, gateway="nobody").status_code >= 400
    made = send(desk, url, "k2", amount=500, gateway="sandbox")

    assert made.status_code == 201
    (listed,) = desk.get(url).json()["results"]
    assert listed["number"] == made.json()["number"] == DepositPayment.objects.get().number


def test_a_shop_without_a_deposit_has_none(client_for) -> None:
    shop = ShopFactory()

    assert client_for(owner_of(shop)).get(f"{base(shop)}/deposit").status_code == 404


def test_who_may_not_move_money_moves_none_and_strangers_see_nothing(client_for) -> None:
    shop = earned()
    staked(10_000, shop)
    manager = client_for(StaffFactory(shop=shop, role=StaffRole.MANAGER).user)
    stranger = client_for(owner_of(ShopFactory()))

    assert send(manager, f"{base(shop)}/deposit/top-ups", "k", amount=1).status_code == 403
    assert manager.get(f"{base(shop)}/deposit").status_code == 200
    for what in ("deposit", "deposit/entries", "deposit/payments", "restrictions"):
        assert stranger.get(f"{base(shop)}/{what}").status_code == 404
    assert DepositEntry.objects.filter(shop=shop).count() == 1


def test_restrictions_are_listed_with_their_end(client_for) -> None:
    shop = ShopFactory()
    told = {"shop_id": shop.pk, "reason": RestrictionReason.SCORE, "at": NOW}
    restrictions.impose(kind=RestrictionKind.DAILY_ORDERS, source="scr_1", limit=7, **told)

    (one,) = client_for(owner_of(shop)).get(f"{base(shop)}/restrictions").json()["results"]

    assert (one["kind"], one["reason"], one["because_of"], one["limit"], one["until"]) == (
        "daily_orders",
        "score",
        "scr_1",
        7,
        None,
    )

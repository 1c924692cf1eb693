"""How many checkouts one buyer may send."""

from kernel.limits import Limit
from orders.services import checkout
from orders.services.placement import Placed, Refused
from tests.factories.accounts import UserFactory
from tests.factories.orders import RECEIVER, make_sku
from tests.orders.services.checkouts import AT, request


def test_a_buyer_who_presses_too_often_is_told_when_to_come_again(db, client_for, settings):
    settings.CHECKOUTS_PER_SECOND = 0.01
    settings.CHECKOUTS_AT_ONCE = 2
    client, sku = client_for(UserFactory()), make_sku()

    def press(key):
        body = {"lines": [{"sku_id": sku.public_id, "quantity": 1}], "receiver": RECEIVER}
        headers = {"Idempotency-Key": key}
        return client.post("/api/v1/orders/checkouts", body, headers=headers)

    answers = [press(key) for key in ("a", "b", "c")]

    assert [one.status_code for one in answers] == [201, 201, 429]
    assert answers[2].json()["code"] == "too_often"
    assert 0 < int(answers[2]["Retry-After"]) <= 100


def test_who_presses_too_often_elsewhere_is_refused_alone_in_the_set(db, settings, monkeypatch):
    settings.CHECKOUTS_PER_SECOND = 2.0
    often, calm = UserFactory(), UserFactory()
    monkeypatch.setattr(
        Limit, "spend_all", lambda self, who: [0.4 * (one == str(often.pk)) for one in who]
    )
    sku = make_sku()

    refused, placed = checkout._place([(request(one, (sku, 1)), AT) for one in (often, calm)])

    assert isinstance(refused, Refused)
    assert refused.error.code == "too_often"
    assert isinstance(placed, Placed)

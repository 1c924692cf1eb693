"""The buyer's door: checkout."""

import pytest

from orders.models import OrderGroup
from tests.factories.accounts import AccountFactory
from tests.factories.orders import RECEIVER, make_sku
from tests.factories.shops import BindingFactory
from tests.orders.api.checkouts import BASE, body, check_out, nothing_placed

pytestmark = pytest.mark.django_db


def test_a_checkout_answers_the_group_with_the_identity_of_each_order(client):
    binding, creator = BindingFactory(), AccountFactory()
    sku, other = make_sku(binding.shop, price=9_900), make_sku(price=5_000)
    content = body((sku, 1), (other, 2))
    content["lines"][0]["touch"] = {"pick_code": "pck1", "account_id": creator.public_id}

    answer = check_out(client, content)

    group = answer.json()
    assert answer.status_code == 201
    assert "Idempotent-Replayed" not in answer
    assert group["pay_amount"] == {"amount": 19_900, "currency": "CNY"}
    assert group["unpaid_amount"] == group["pay_amount"]
    first, second = group["orders"]
    assert first["storefront"]["account"]["id"] == binding.account.public_id
    assert first["presenter"]["account"]["id"] == creator.public_id
    assert (second["presenter"], first["now_known_as"]) == (None, None)
    assert first["status"] == "unpaid"
    assert first["receiver"] == {
        "name": "王**",
        "phone": "138****1234",
        "province": "浙江省",
        "city": "杭州市",
        "district": "上城区",
    }
    assert RECEIVER["street"] not in answer.content.decode()
    assert second["lines"][0]["id"] == f"{second['number']}-1"
    assert first["placed_at"].endswith("Z")


def test_the_fresh_answer_is_what_is_read_afterwards(client):
    binding, creator = BindingFactory(), AccountFactory()
    skus = [make_sku(binding.shop, price=9_900), make_sku(binding.shop), make_sku(price=5_000)]
    content = body(*((sku, 2) for sku in skus))
    content["lines"][1]["touch"] = {"pick_code": "pck1", "account_id": creator.public_id}
    content["messages"] = [{"shop_id": binding.shop.public_id, "message": "快一点"}]

    fresh = check_out(client, content)

    again = client.get(f"{BASE}/groups/{fresh.json()['number']}")
    assert fresh.json() == again.json() | {"payment": None}
    assert list(fresh.json()["orders"][0]) == list(again.json()["orders"][0])


def test_a_retry_answers_the_same_group_and_says_so(client):
    content = body((make_sku(), 1))
    first = check_out(client, content)

    again = check_out(client, content)

    assert (again.status_code, again["Idempotent-Replayed"]) == (201, "true")
    assert again.json()["number"] == first.json()["number"]
    assert OrderGroup.objects.count() == 1


def test_a_used_key_with_another_body_is_refused(client):
    sku = make_sku()
    check_out(client, body((sku, 1)))

    answer = check_out(client, body((sku, 2)))

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert OrderGroup.objects.count() == 1


def test_a_checkout_needs_a_key(client):
    answer = client.post(f"{BASE}/checkouts", body((make_sku(), 1)), format="json")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "idempotency_key_required"
    assert nothing_placed()


def test_a_checkout_needs_a_buyer(anonymous_client):
    assert check_out(anonymous_client, body((make_sku(), 1))).status_code == 401
    assert nothing_placed()


def _with(sku, **line):
    return {"lines": [{"sku_id": sku.public_id, "quantity": 1} | line], "receiver": RECEIVER}


BAD_BODIES = {
    "no lines": lambda sku: {"lines": [], "receiver": RECEIVER},
    "lines missing": lambda sku: {"receiver": RECEIVER},
    "lines of another kind": lambda sku: {"lines": "all", "receiver": RECEIVER},
    "a price": lambda sku: _with(sku, unit_price=1),
    "an amount": lambda sku: _with(sku) | {"pay_amount": 1},
    "a discount": lambda sku: _with(sku) | {"promotion_amount": 1},
    "zero pieces": lambda sku: _with(sku, quantity=0),
    "negative pieces": lambda sku: _with(sku, quantity=-1),
    "huge pieces": lambda sku: _with(sku, quantity=10**20),
    "text pieces": lambda sku: _with(sku, quantity="1"),
    "half pieces": lambda sku: _with(sku, quantity=1.5),
    "pieces that are true": lambda sku: _with(sku, quantity=True),
    "a long SKU": lambda sku: _with(sku, sku_id="s" * 33),
    "a number as SKU": lambda sku: _with(sku, sku_id=7),
    "a NUL": lambda sku: _with(sku, sku_id="a\x00b"),
    "the same SKU twice": lambda sku: {
        "lines": [{"sku_id": sku.public_id, "quantity": 1}] * 2,
        "receiver": RECEIVER,
    },
    "no receiver": lambda sku: {"lines": _with(sku)["lines"]},
    "two receivers": lambda sku: _with(sku) | {"address_id": "adr_1"},
    "half a receiver": lambda sku: _with(sku) | {"receiver": {"name": "A"}},
    "a phone of letters": lambda sku: _with(sku) | {"receiver": RECEIVER | {"phone": "call me"}},
    "a receiver of blanks": lambda sku: _with(sku) | {"receiver": RECEIVER | {"name": "  "}},
    "an unknown touch": lambda sku: _with(sku, touch={"referrer": "x"}),
    "an unknown media": lambda sku: _with(sku, touch={"media_type": "radio"}),
    "a live flag in words": lambda sku: _with(sku, touch={"is_live": "yes"}),
    "an expected total of nothing": lambda sku: _with(sku) | {"expected_pay_amount": 0},
    "an unknown field": lambda sku: _with(sku) | {"coupon": "x"},
    "too many lines": lambda sku: {
        "lines": [{"sku_id": f"sku_{n}", "quantity": 1} for n in range(51)],
        "receiver": RECEIVER,
    },
}


@pytest.mark.parametrize("what", BAD_BODIES)
def test_a_bad_checkout_is_400_and_writes_nothing(client, what):
    answer = check_out(client, BAD_BODIES[what](make_sku()))

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert nothing_placed()


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (lambda sku: body((sku, 101)), 409, "out_of_stock"),
        (lambda sku: _with(sku, sku_id="sku_unknown"), 409, "not_buyable"),
        (lambda sku: _with(sku) | {"expected_pay_amount": 1}, 409, "price_changed"),
        (lambda sku: {"lines": _with(sku)["lines"], "address_id": "adr_x"}, 404, "not_found"),
    ],
)
def test_a_refused_checkout_says_why_and_writes_nothing(client, content, status, code):
    answer = check_out(client, content(make_sku()))

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert nothing_placed()


def test_a_changed_price_comes_with_the_new_total(client):
    answer = check_out(client, body((make_sku(price=5_000), 1), expected_pay_amount=5_000))

    assert answer.json()["quote"]["pay_amount"] == {"amount": 5_800, "currency": "CNY"}

"""Two persons through the consoles and the API (ASVS 2.3.5)."""

from typing import Any

import pytest
from django.test import Client

from settlements.models import Payout, PayoutAccount
from settlements.services import payouts
from shops.enums import StaffRole
from shops.models import Approval
from tests.factories.accounts import OperatorFactory
from tests.factories.shops import ShopFactory, StaffFactory, actor_of, owner_of
from tests.settlements.services.test_payouts import AT, earned

pytestmark = pytest.mark.django_db

ACCOUNTS = "/merchant/settlements/payoutaccount/"
FORM = {"bank": "ICBC", "number": "6222021234567890", "again": "6222021234567890"}


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_sh_17_a_new_payout_account_is_approved_by_a_second_person() -> None:
    """The owner asks, the finance person sees old and new and approves; the asker cannot.

    Page: /merchant/shops/approval/
    """
    shop = ShopFactory()
    owner = client_of(owner_of(shop))
    finance = client_of(StaffFactory(shop=shop, role=StaffRole.FINANCE).user)

    said = owner.post(f"{ACCOUNTS}do/set/", FORM, follow=True).content.decode()
    assert "waits for approval" in said
    assert "1234567890" not in said
    approval = Approval.objects.get()
    page = f"/merchant/shops/approval/{approval.public_id}/"
    assert "do/approve/" not in owner.get(page).content.decode()
    owner.post(f"{page}do/approve/")
    assert Approval.objects.get().status == "pending"

    shown = finance.get(f"{page}do/approve/").content.decode()
    assert ("ICBC ••• 7890" in shown, "Bank of Hangzhou ••• 0123" in shown) == (True, True)
    assert "Waits for a second person" in finance.get("/merchant/").content.decode()
    finance.post(f"{page}do/approve/")

    assert PayoutAccount.objects.get(shop=shop, status="active").last_four == "7890"
    assert "Waits for a second person" not in finance.get("/merchant/").content.decode()


def test_two_numbers_that_differ_set_nothing() -> None:
    shop = ShopFactory()

    answer = client_of(owner_of(shop)).post(f"{ACCOUNTS}do/set/", FORM | {"again": "1"})

    assert answer.status_code == 422
    assert PayoutAccount.objects.get(shop=shop).last_four == "0123"


def test_sh_17_the_payout_account_by_the_api(client_for: Any) -> None:
    """POST asks; the request is listed, and approved, rejected or withdrawn by its own address.

    API: POST /api/v1/settlements/shops/{shop_id}/payout-accounts
    """
    shop = ShopFactory()
    owner = client_for(owner_of(shop))
    finance = client_for(StaffFactory(shop=shop, role=StaffRole.FINANCE).user)
    path = f"/api/v1/settlements/shops/{shop.public_id}/payout-accounts"
    approvals = f"/api/v1/shops/shops/{shop.public_id}/approvals"

    body = {"bank": "ICBC", "number": "6222021234567890"}
    answer = owner.post(path, body, headers={"Idempotency-Key": "k1"})
    assert (answer.status_code, answer.json()["status"]) == (201, "waiting")
    (asked,) = finance.get(approvals, {"status": "pending"}).json()["results"]
    assert (asked["kind"], asked["target_id"]) == ("payout_account", answer.json()["id"])
    own = owner.post(f"{approvals}/{asked['id']}/approve")
    assert (own.status_code, own.json()["code"]) == (403, "second_person_needed")

    done = finance.post(f"{approvals}/{asked['id']}/approve")

    assert (done.status_code, done.json()["status"]) == (200, "approved")
    listed = owner.get(path).json()["results"]
    assert [(one["last_four"], one["status"]) for one in listed] == [
        ("7890", "active"),
        ("0123", "replaced"),
    ]


@pytest.mark.parametrize(("act", "body"), [("reject", {"reason": "no"}), ("withdraw", {})])
def test_a_request_that_is_not_approved_changes_nothing(
    client_for: Any, act: str, body: dict[str, str]
) -> None:
    shop = ShopFactory()
    people = {"withdraw": owner_of(shop)}
    people["reject"] = StaffFactory(shop=shop, role=StaffRole.FINANCE).user
    client_of(owner_of(shop)).post(f"{ACCOUNTS}do/set/", FORM)
    asked = Approval.objects.get()

    answer = client_for(people[act]).post(
        f"/api/v1/shops/shops/{shop.public_id}/approvals/{asked.public_id}/{act}", body
    )

    assert answer.status_code == 200
    assert PayoutAccount.objects.get(shop=shop, status="active").last_four == "0123"


@pytest.mark.parametrize("role", [StaffRole.READ_ONLY, StaffRole.ORDER_CLERK, StaffRole.MANAGER])
def test_who_could_not_decide_it_does_not_read_it(client_for: Any, role: str) -> None:
    """A request shows a bank account: it is for who may decide it and for who asked."""
    shop = ShopFactory()
    owner = owner_of(shop)
    client_of(owner).post(f"{ACCOUNTS}do/set/", FORM)
    asked = Approval.objects.get()
    page = f"/merchant/shops/approval/{asked.public_id}/change/"
    path = f"/api/v1/shops/shops/{shop.public_id}/approvals"
    other = StaffFactory(shop=shop, role=role).user
    people, clients = client_of(other), client_for(other)

    assert client_of(owner).get(page).status_code == 200
    assert people.get(page).status_code == 404
    assert asked.public_id not in people.get("/merchant/shops/approval/").content.decode()
    assert "Waits for a second person" not in people.get("/merchant/").content.decode()
    assert clients.get(path).json()["results"] == []
    for act, body in (("approve", {}), ("reject", {"reason": "no"}), ("withdraw", {})):
        assert clients.post(f"{path}/{asked.public_id}/{act}", body).status_code == 404
    assert [one["id"] for one in client_for(owner).get(path).json()["results"]] == [asked.public_id]


def test_another_shops_request_is_nowhere(client_for: Any) -> None:
    shop, other = ShopFactory(), ShopFactory()
    client_of(owner_of(shop)).post(f"{ACCOUNTS}do/set/", FORM)
    asked = Approval.objects.get()

    path = f"/api/v1/shops/shops/{other.public_id}/approvals/{asked.public_id}/approve"
    assert client_for(owner_of(other)).post(path).status_code == 404
    page = f"/merchant/shops/approval/{asked.public_id}/do/approve/"
    assert client_of(owner_of(other)).post(page).status_code == 404


def test_an_operator_sees_the_number_of_a_waiting_payout_alone(client_for: Any) -> None:
    party = earned()
    shop = Payout._meta.get_field("shop").related_model.objects.get(pk=party.pk)
    payout = payouts.request(party=party, amount=100, at=AT, actor=actor_of(shop))
    operator = OperatorFactory()
    page = f"/operator/settlements/payout/{payout.number}/do/show-account/"

    shown = client_of(operator).post(page, {"_once": "1"}).content.decode()
    told = client_for(operator).post(
        f"/api/v1/settlements/operator/payouts/{payout.number}/account"
    )

    assert "6222 0200 0000 0123" in shown
    assert told.json()["number"] == "6222020000000123"
    payouts.pay(payout=payout, at=AT, actor=actor_of(shop))
    assert client_of(operator).post(page).status_code == 404

"""Staff through the doors."""

import pytest

from shops.enums import StaffRole
from shops.models import Staff
from tests.factories.accounts import UserFactory
from tests.factories.shops import ShopFactory, StaffFactory, owner_of

pytestmark = pytest.mark.django_db

ROOT = "/api/v1/shops"


@pytest.fixture
def shop():
    return ShopFactory()


@pytest.fixture
def path(shop):
    return f"{ROOT}/shops/{shop.public_id}/staff"


@pytest.fixture
def owner(client_for, shop):
    return client_for(owner_of(shop))


def test_somebody_is_invited_comes_gets_another_role_and_goes(owner, client_for, path):
    user = UserFactory(email="wei@example.com")

    invited = owner.post(path, {"email": "Wei@example.com", "role": "order_clerk"}).json()
    came = client_for(user).post(f"{ROOT}/invitations/accept", {"token": invited["token"]})
    one = f"{path}/{invited['staff']['id']}"
    changed = owner.patch(one, {"role": "finance"}).json()
    gone = owner.delete(one).status_code

    assert (came.status_code, came.json()["status"]) == (200, "active")
    assert (changed["role"], changed["name"], gone) == ("finance", user.name, 204)
    assert "token" not in str(owner.get(path).json())
    assert Staff.objects.get(email="wei@example.com").status == "removed"


def test_a_manager_cannot_make_an_owner(client_for, shop, path):
    manager = client_for(StaffFactory(shop=shop, role="manager").user)

    answer = manager.post(path, {"email": "wei@example.com", "role": "owner"})

    assert (answer.status_code, answer.json()["code"]) == (403, "role_beyond_own")
    assert not Staff.objects.filter(email="wei@example.com").exists()


def test_the_last_owner_stays(owner, shop, path):
    place = shop.staff.get()

    answers = [
        owner.delete(f"{path}/{place.public_id}"),
        owner.patch(f"{path}/{place.public_id}", {"role": "read_only"}),
    ]

    assert [(one.status_code, one.json()["code"]) for one in answers] == [(409, "last_owner")] * 2


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "nobody", "role": "finance"},
        {"email": "wei@example.com", "role": "god"},
        {"email": "wei@example.com", "role": "finance", "permissions": ["shops.binding"]},
    ],
)
def test_a_wrong_invitation_is_refused(owner, path, body):
    answer = owner.post(path, body)

    assert answer.status_code == 400
    assert Staff.objects.count() == 1


def test_sh_17_the_eight_roles_open_their_own_doors_only(client_for):
    """Each role is invited by its name and does what it is for, nothing else.

    API: GET /api/v1/shops/shops/{shop_id}/staff
    """
    shop = ShopFactory()
    doors = {
        "shops.view": f"/api/v1/shops/shops/{shop.public_id}",
        "shops.staff": f"/api/v1/shops/shops/{shop.public_id}/staff",
        "catalog.view": f"/api/v1/catalog/shops/{shop.public_id}/products",
        "orders.view": f"/api/v1/orders/shops/{shop.public_id}/orders",
        "settlements.view": f"/api/v1/settlements/shops/{shop.public_id}/balance",
    }

    opened = {}
    for role in StaffRole:
        client = client_for(StaffFactory(shop=shop, role=role).user)
        opened[str(role)] = {
            name for name, url in doors.items() if client.get(url).status_code == 200
        }

    everything = set(doors)
    reading = everything - {"shops.staff"}
    assert opened == {
        "owner": everything,
        "manager": everything,
        "product_editor": {"shops.view", "catalog.view"},
        "order_clerk": {"shops.view", "catalog.view", "orders.view"},
        "aftersales_agent": {"shops.view", "catalog.view", "orders.view"},
        "finance": {"shops.view", "orders.view", "settlements.view"},
        "live_operator": {"shops.view", "catalog.view", "orders.view"},
        "read_only": reading,
    }

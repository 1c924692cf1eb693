"""Signing up and in, as an app does it."""

import pytest
from rest_framework.test import APIClient

from accounts.models import RoleProfile, User
from accounts.services.sign_up import register
from tests.factories.accounts import LONG_AGO, PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

AUTH = "/api/v1/auth/app/v1/auth"


def _post(path, body):
    return APIClient().post(f"{AUTH}/{path}", body)


def _me(token):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client.get("/api/v1/accounts/me")


def test_who_signs_up_is_a_consumer_and_gets_a_token_that_works():
    answer = _post("signup", {"email": "Wei@Example.com", "password": PASSWORD})

    token = answer.json()["meta"]["access_token"]
    me = _me(token).json()
    user = User.objects.get()
    assert answer.status_code == 200
    assert me["user"] == {"id": user.public_id, "email": "wei@example.com", "name": ""}
    assert me["roles"] == [{"role": "consumer", "status": "active"}]
    assert user.check_password(PASSWORD)


def test_who_signs_in_gets_a_token_that_works():
    user = UserFactory(email="wei@example.com")

    answer = _post("login", {"email": "wei@example.com", "password": PASSWORD})

    assert answer.status_code == 200
    assert _me(answer.json()["meta"]["access_token"]).json()["user"]["id"] == user.public_id


def test_a_token_is_refreshed():
    UserFactory(email="wei@example.com")
    tokens = _post("login", {"email": "wei@example.com", "password": PASSWORD}).json()["meta"]

    answer = APIClient().post(
        "/api/v1/auth/app/v1/tokens/refresh", {"refresh_token": tokens["refresh_token"]}
    )

    assert answer.status_code == 200
    assert _me(answer.json()["data"]["access_token"]).status_code == 200


def test_an_address_signs_up_once():
    UserFactory(email="wei@example.com")

    answer = _post("signup", {"email": "WEI@example.com", "password": PASSWORD})

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "email_taken")
    assert User.objects.count() == 1


@pytest.mark.parametrize("password", ["short", "1234567890123", "password123"])
def test_a_weak_password_is_refused(password):
    answer = _post("signup", {"email": "wei@example.com", "password": password})

    assert answer.status_code == 400
    assert not User.objects.exists()
    assert not RoleProfile.objects.exists()


def test_wrong_passwords_are_throttled_even_when_the_right_one_comes(settings):
    settings.ACCOUNT_RATE_LIMITS = {}
    UserFactory(email="wei@example.com")
    body = {"email": "wei@example.com", "password": "wrong-horse-battery"}

    wrong = [_post("login", body).json()["errors"][0]["code"] for _ in range(5)]
    right = _post("login", body | {"password": PASSWORD})

    assert wrong == ["email_password_mismatch"] * 5
    assert right.status_code == 400
    assert right.json()["errors"][0]["code"] == "too_many_login_attempts"


def test_without_a_token_nobody_is_anybody():
    answer = APIClient().get("/api/v1/accounts/me")

    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


def test_a_registered_user_can_sign_in_where_addresses_must_be_confirmed(settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    register(email="lin@example.com", password=PASSWORD, name="Lin", at=LONG_AGO)

    answer = _post("login", {"email": "lin@example.com", "password": PASSWORD})

    assert answer.status_code == 200
    assert _me(answer.json()["meta"]["access_token"]).json()["roles"] == [
        {"role": "consumer", "status": "active"}
    ]

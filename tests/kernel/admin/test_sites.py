"""The doors of the consoles: signing in, whose shop, the first page."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from kernel import actors
from kernel.actors import Actor, Role
from kernel.admin import home
from kernel.admin.home import Card, Chart, Series
from kernel.admin.sites import Tenant
from tests.factories.accounts import PASSWORD, OperatorFactory, UserFactory
from tests.kernel.admin.urls import site

LOGIN = "/operator/login/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

pytestmark = pytest.mark.django_db

Visit = Callable[..., Client]


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post(LOGIN, {"username": email, "password": password, "next": "", **more})


def errors(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_who_holds_the_role_gets_in_whatever_the_case_of_the_address(client: Client) -> None:
    operator = OperatorFactory()

    response = sign_in(client, operator.email.upper())

    assert (response.status_code, response["Location"]) == (302, "/operator/")
    assert client.get("/operator/").status_code == 200


def test_a_wrong_password_and_an_unknown_address_read_the_same(client: Client) -> None:
    operator = OperatorFactory()

    wrong = errors(sign_in(client, operator.email, "wrong-horse-battery"))
    unknown = errors(sign_in(client, "nobody@example.com"))

    assert "The e-mail or the password is wrong." in wrong
    assert "The e-mail or the password is wrong." in unknown
    assert is_signed_in(client) is False


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("", ""),
        ("nobody", "x"),
        ("a\x00@example.com", "x"),
        ("a@example.com", "x\x00"),
        ("a@example.com", "x" * 5_000),
        ("é" * 300 + "@example.com", "x"),
    ],
)
def test_odd_input_is_a_plain_refusal(client: Client, email: str, password: str) -> None:
    assert sign_in(client, email, password).status_code == 200
    assert is_signed_in(client) is False


def test_who_holds_no_role_here_is_told_so(client: Client) -> None:
    buyer = UserFactory()

    response = sign_in(client, buyer.email)

    assert "This account has no access to this console." in errors(response)
    assert is_signed_in(client) is False


def test_a_closed_account_stays_out(client: Client) -> None:
    operator = OperatorFactory(is_active=False)

    assert sign_in(client, operator.email).status_code == 200
    assert is_signed_in(client) is False


def test_guessing_is_limited_and_the_right_password_no_longer_helps(
    client: Client, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "3/m/key"}
    operator = OperatorFactory()
    for _ in range(3):
        sign_in(client, operator.email, "wrong-horse-battery")

    response = sign_in(client, operator.email)

    assert "Too many failed login attempts" in errors(response)
    assert is_signed_in(client) is False
    cache.clear()
    assert sign_in(client, operator.email).status_code == 302


@pytest.fixture
def guarded_operator() -> User:
    """An operator with an authenticator app and recovery codes."""
    operator = OperatorFactory()
    TOTP.activate(operator, SECRET)
    RecoveryCodes.activate(operator)
    return operator


def test_a_second_factor_is_asked_of_who_has_one(client: Client, guarded_operator: User) -> None:
    without = sign_in(client, guarded_operator.email)
    wrong = sign_in(client, guarded_operator.email, code="000000")

    assert "Enter the code of your authenticator app." in errors(without)
    assert "The code is wrong." in errors(wrong)
    assert is_signed_in(client) is False

    now = format_hotp_value(hotp_value(SECRET, next(iter(counters()))))
    assert sign_in(client, guarded_operator.email, code=now).status_code == 302


def test_a_recovery_code_works_once(client: Client, guarded_operator: User) -> None:
    factor = guarded_operator.authenticator_set.get(type="recovery_codes")
    code = RecoveryCodes(factor).get_unused_codes()[0]

    assert sign_in(client, guarded_operator.email, code=code).status_code == 302
    client.logout()
    assert "The code is wrong." in errors(sign_in(client, guarded_operator.email, code=code))
    assert is_signed_in(client) is False


def test_the_log_in_never_sends_to_another_site(client: Client) -> None:
    operator = OperatorFactory()

    response = sign_in(client, operator.email, next="https://evil.example/")

    assert response["Location"] == "/operator/"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("merchant", "Merchant console"),
        ("support", "Support console"),
        ("operator", "Operator console"),
    ],
)
def test_each_console_names_itself_and_offers_both_languages(
    client: Client, name: str, title: str
) -> None:
    page = client.get(f"/{name}/login/").content.decode()

    assert (title in page, "English" in page, "简体中文" in page) == (True, True, True)


def test_who_is_signed_in_without_a_role_here_is_told_at_the_door(client: Client) -> None:
    buyer = UserFactory(email="buyer@example.com")
    client.force_login(buyer, backend="django.contrib.auth.backends.ModelBackend")

    page = errors(client.get(LOGIN))

    assert "buyer@example.com has no access to this console." in page


# --- Several shops ------------------------------------------------------------------------------


@pytest.fixture
def two_shops(monkeypatch: pytest.MonkeyPatch) -> Client:
    """A client of somebody who works for the shops `a` (1) and `b` (2), never for `c`."""
    shops = {"a": 1, "b": 2}

    def resolver(user_id: int, keys: Any) -> Actor | None:
        shop_id = shops.get(keys.get("shop_id", "a"))
        return Actor(Role.OPERATOR, user_id, shop_id=shop_id) if shop_id else None

    monkeypatch.setitem(actors._resolvers, Role.OPERATOR, resolver)
    monkeypatch.setattr(
        site, "tenants", lambda user_id: [Tenant("a", "Tea House"), Tenant("b", "Lamp Shop")]
    )
    client = Client()
    client.force_login(UserFactory(), backend="django.contrib.auth.backends.ModelBackend")
    return client


def shop_of(client: Client) -> int | None:
    return client.get("/lab/").wsgi_request._console_actors["lab"].shop_id


def test_people_with_several_shops_choose_one(two_shops: Client) -> None:
    assert shop_of(two_shops) == 1

    response = two_shops.post("/lab/switch", {"tenant": "b"})

    assert (response.status_code, response["Location"]) == (302, "/lab/")
    assert shop_of(two_shops) == 2
    page = two_shops.get("/lab/").content.decode()
    assert ("Tea House" in page, page.count("Lamp Shop")) == (True, 2)


@pytest.mark.parametrize("key", ["c", "", "a\x00", "x" * 500])
def test_a_shop_that_is_not_theirs_cannot_be_chosen(two_shops: Client, key: str) -> None:
    assert two_shops.post("/lab/switch", {"tenant": key}).status_code == 404
    assert shop_of(two_shops) == 1


def test_the_switch_is_no_link(two_shops: Client) -> None:
    assert two_shops.get("/lab/switch?tenant=b").status_code == 405
    assert shop_of(two_shops) == 1


def test_who_left_the_chosen_shop_falls_back_to_another(two_shops: Client) -> None:
    session = two_shops.session
    session["shop_id"] = "c"
    session.save()

    assert shop_of(two_shops) == 1


# --- The first page -----------------------------------------------------------------------------


def test_the_home_page_shows_what_the_rooms_count(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def todo(actor: Actor, at: datetime) -> list[Card | Chart]:
        return [
            Card("Cases to decide", 3, "/cases", "urgent", order=2),
            Chart("Sales", ["Mon", "Tue"], [Series("Paid", [1, 2])]),
            Card("To ship", 0, "/orders", "urgent", order=1),
        ]

    monkeypatch.setattr(home, "_providers", type(home._providers)(list))
    home.register("lab", todo)
    home.register("lab", todo)  # a module imported twice is no fault

    page = errors(visit().get("/lab/"))

    cards = re.findall(r'href="(/\w+)" class="console-box console-card is-(\w+)"', page)
    assert cards == [("/orders", "plain"), ("/cases", "urgent")]
    assert page.count('class="chart"') == 1
    assert "&quot;labels&quot;: [&quot;Mon&quot;, &quot;Tue&quot;]" in page


def test_the_menu_holds_every_page_the_reader_may_open(visit: Visit) -> None:
    page = visit().get("/lab/").content.decode()

    for name in ("kernel/auditentry", "accounts/roleprofile", "accounts/user"):
        assert f'href="/lab/{name}/"' in page


def test_the_policy_allows_what_the_console_needs_and_no_other_origin(visit: Visit) -> None:
    OperatorFactory(email="op@example.com")
    client = Client()
    sign_in(client, "op@example.com")

    policy = client.get("/operator/")["Content-Security-Policy"]

    assert "script-src 'self' 'unsafe-inline' 'unsafe-eval'" in policy
    assert "http" not in policy

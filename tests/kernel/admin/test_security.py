"""SH-17: the second factor, where it is demanded, and ending sessions elsewhere."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client

from kernel.models import AuditEntry
from shops.enums import StaffRole
from tests.factories.accounts import PASSWORD, OperatorFactory, UserFactory
from tests.factories.shops import ShopFactory, StaffFactory, owner_of

pytestmark = pytest.mark.django_db

SECURITY = "/merchant/security"
HOME = "/merchant/"


def sign_in(user: Any, console: str = "merchant", **more: str) -> Client:
    client = Client()
    response = client.post(
        f"/{console}/login/", {"username": user.email, "password": PASSWORD, **more}
    )
    assert response.status_code == 302, response.content.decode()
    return client


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(counters()))))


def set_up(client: Client, where: str = SECURITY) -> tuple[str, list[str]]:
    """Switch the second factor on as a person does; return the secret and the recovery codes."""
    page = client.get(f"{where}/on").content.decode()
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert found, page
    secret = found[1].replace(" ", "")
    answer = client.post(f"{where}/on", {"password": PASSWORD, "code": code_of(secret)})
    codes = re.findall(r"<code>(\d{8})</code>", answer.content.decode())
    cache.clear()  # the code of this half minute is used up, and the next step needs one
    return secret, codes


@pytest.fixture
def demanded(settings: Any) -> None:
    settings.SECOND_FACTOR_DEMANDED = True


def test_sh_17_an_owner_works_with_a_second_factor_only(demanded: None) -> None:
    """Until it is set up no page and no call of the API opens; then it is asked at the door.

    Page: /merchant/security
    """
    owner = owner_of(ShopFactory())
    client = sign_in(owner)

    for page in (HOME, "/merchant/shops/shop/", "/merchant/orders/order/"):
        assert client.get(page).headers["Location"] == SECURITY
    shown = client.get(SECURITY).content.decode()
    assert "Set up two-step sign-in first" in shown

    secret, codes = set_up(client)

    assert len(codes) == 10
    assert client.get(HOME).status_code == 200
    stored = Authenticator.objects.get(user=owner, type="totp").data["secret"]
    assert secret not in stored
    assert (
        "Enter the code"
        in Client()
        .post("/merchant/login/", {"username": owner.email, "password": PASSWORD})
        .content.decode()
    )
    assert sign_in(owner, code=codes[0]).get(HOME).status_code == 200
    assert AuditEntry.objects.get(action="kernel.second_factor_on").target_id == owner.public_id


@pytest.mark.parametrize(
    ("role", "is_let_in"),
    [
        (StaffRole.OWNER, False),
        (StaffRole.FINANCE, False),
        (StaffRole.MANAGER, True),
        (StaffRole.PRODUCT_EDITOR, True),
        (StaffRole.LIVE_OPERATOR, True),
    ],
)
def test_it_is_demanded_of_who_reaches_the_money_or_the_face(
    demanded: None, client_for: Any, role: str, is_let_in: bool
) -> None:
    place = StaffFactory(shop=ShopFactory(), role=role)

    answer = client_for(place.user).get(f"/api/v1/shops/shops/{place.shop.public_id}")

    assert (answer.status_code == 200) is is_let_in
    if not is_let_in:
        assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_required")
    assert (sign_in(place.user).get(HOME).status_code == 200) is is_let_in


def test_it_is_demanded_of_operators(demanded: None) -> None:
    client = sign_in(OperatorFactory(), "operator")

    assert client.get("/operator/").headers["Location"] == "/operator/security"


def test_a_sandbox_lets_owners_do_without() -> None:
    assert sign_in(owner_of(ShopFactory())).get(HOME).status_code == 200


def test_a_wrong_code_switches_nothing_on() -> None:
    owner = owner_of(ShopFactory())
    client = sign_in(owner)
    client.get(f"{SECURITY}/on")

    for data in ({"password": PASSWORD, "code": "000000"}, {"password": "x", "code": "1"}, {}):
        assert client.post(f"{SECURITY}/on", data).status_code == 422

    assert not Authenticator.objects.filter(user=owner).exists()
    assert not AuditEntry.objects.exists()


def test_switching_off_asks_for_password_and_code() -> None:
    client = sign_in(owner_of(ShopFactory()))
    secret, _codes = set_up(client)

    wrong = client.post(f"{SECURITY}/off", {"password": PASSWORD, "code": "000000"})
    assert (wrong.status_code, Authenticator.objects.count()) == (422, 2)
    cache.clear()

    client.post(f"{SECURITY}/off", {"password": PASSWORD, "code": code_of(secret)})
    assert Authenticator.objects.count() == 0


def test_who_must_have_it_cannot_switch_it_off(demanded: None) -> None:
    client = sign_in(owner_of(ShopFactory()))
    secret, _codes = set_up(client)

    answer = client.post(f"{SECURITY}/off", {"password": PASSWORD, "code": code_of(secret)})

    assert "Your role works with two-step sign-in only" in answer.content.decode()
    assert Authenticator.objects.count() == 2


def test_new_recovery_codes_void_the_earlier_ones() -> None:
    client = sign_in(owner_of(ShopFactory()))
    secret, earlier = set_up(client)

    answer = client.post(f"{SECURITY}/codes", {"password": PASSWORD, "code": code_of(secret)})

    codes = re.findall(r"<code>(\d{8})</code>", answer.content.decode())
    assert (len(codes), set(codes) & set(earlier)) == (10, set())


def test_sh_17_signing_out_everywhere_else_ends_every_other_session() -> None:
    """The list names each session; one ends alone, or all but the present one.

    Page: /merchant/security
    """
    owner = owner_of(ShopFactory())
    here, there, elsewhere = (sign_in(owner) for _ in range(3))
    foreign = sign_in(owner_of(ShopFactory()))
    page = here.get(SECURITY).content.decode()
    assert page.count("this browser") == 1

    one = UserSession.objects.get(session_key=there.session.session_key)
    here.post(f"{SECURITY}/sessions/end", {"session": one.pk})
    assert [client.get(HOME).status_code for client in (here, there, elsewhere)] == [200, 302, 200]

    here.post(f"{SECURITY}/sessions/end")
    assert [client.get(HOME).status_code for client in (here, elsewhere)] == [200, 302]
    assert foreign.get(HOME).status_code == 200
    assert AuditEntry.objects.filter(action="kernel.sessions_ended").count() == 2


@pytest.mark.parametrize("named", ["foreign", "0", "x", "9" * 40, "²"])
def test_another_persons_session_is_not_ended(named: str) -> None:
    here, foreign = sign_in(owner_of(ShopFactory())), sign_in(owner_of(ShopFactory()))
    theirs = UserSession.objects.get(session_key=foreign.session.session_key)

    here.post(f"{SECURITY}/sessions/end", {"session": theirs.pk if named == "foreign" else named})

    assert foreign.get(HOME).status_code == 200
    assert not AuditEntry.objects.exists()


def test_an_app_whose_session_was_ended_gets_no_new_token(client: Client) -> None:
    owner = owner_of(ShopFactory())
    answer = client.post(
        "/api/v1/auth/app/v1/auth/login",
        {"email": owner.email, "password": PASSWORD},
        content_type="application/json",
    )
    token = answer.json()["meta"]["refresh_token"]

    sign_in(owner).post(f"{SECURITY}/sessions/end")

    again = client.post(
        "/api/v1/auth/app/v1/tokens/refresh",
        {"refresh_token": token},
        content_type="application/json",
    )
    assert (answer.status_code, again.status_code) == (200, 400)


def test_strangers_see_nothing_of_it(client: Client) -> None:
    client.force_login(UserFactory(), backend="django.contrib.auth.backends.ModelBackend")

    for page in ("", "/on", "/off", "/codes", "/sessions/end"):
        assert client.post(SECURITY + page).status_code == 302


def test_sh_17_a_lost_phone_is_put_right_by_an_operator(demanded: None) -> None:
    """Both app and codes are gone, sessions end, and another factor is set up at the next sign-in.

    Page: /operator/accounts/user/
    """
    owner, operator = owner_of(ShopFactory()), OperatorFactory()
    client, desk = sign_in(owner), sign_in(operator, "operator")
    _secret, codes = set_up(client)
    set_up(desk, "/operator/security")
    page = f"/operator/accounts/user/{owner.public_id}/do/take-second-factor/"

    unreasoned = desk.post(page, {})
    answer = desk.post(page, {"reason": "Came in person with the licence."})

    assert unreasoned.status_code == 422
    assert answer.status_code == 302
    assert client.get(HOME).headers["Location"].startswith("/merchant/login/")
    assert not Authenticator.objects.filter(user=owner).exists()
    assert sign_in(owner, code=codes[0]).get(HOME).headers["Location"] == SECURITY
    entry = AuditEntry.objects.get(action="kernel.second_factor_taken")
    assert (entry.actor_user_id, entry.reason) == (operator.pk, "Came in person with the licence.")


def test_nobody_takes_away_their_own_second_factor(demanded: None) -> None:
    operator = OperatorFactory()
    desk = sign_in(operator, "operator")
    set_up(desk, "/operator/security")
    page = f"/operator/accounts/user/{operator.public_id}"

    shown = desk.get(f"{page}/change/").content.decode()
    answer = desk.post(f"{page}/do/take-second-factor/", {"reason": "I have no codes."})

    assert "take-second-factor" not in shown
    assert "Another operator takes away yours." in answer.content.decode()
    assert Authenticator.objects.filter(user=operator, type="totp").exists()


def test_who_has_no_second_factor_has_none_to_lose() -> None:
    person, desk = UserFactory(), sign_in(OperatorFactory(), "operator")

    answer = desk.post(
        f"/operator/accounts/user/{person.public_id}/do/take-second-factor/", {"reason": "Lost."}
    )

    assert answer.status_code == 422
    assert not AuditEntry.objects.filter(action="kernel.second_factor_taken").exists()

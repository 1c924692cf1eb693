"""Who comes into a shop's console, and for which shop."""

from typing import Any

import pytest
from allauth.account import adapter
from django.contrib.auth import authenticate
from django.core.cache import cache
from django.test import Client

from accounts.enums import RoleKind
from accounts.models import RoleProfile
from kernel.actors import Role, resolve
from shops.enums import BindingStatus, EndReason, Relation, StaffRole
from tests.factories.accounts import LONG_AGO, PASSWORD
from tests.factories.shops import BindingFactory, ShopFactory, StaffFactory, owner_of

pytestmark = pytest.mark.django_db

LOGIN = "/merchant/login/"


def log_in(client: Client, user: Any, password: str = PASSWORD, **more: str) -> Any:
    return client.post(LOGIN, {"username": user.email, "password": password, **more})


def test_bi_14_staff_of_one_shop_and_face_of_another_chooses_at_log_in(client: Client) -> None:
    """Both shops are offered; the chosen one is worked for, where the person meant to go.

    Page: /merchant/choose
    """
    binding = BindingFactory()
    person = binding.account.owner
    place = StaffFactory(user=person, shop=ShopFactory(), role=StaffRole.ORDER_CLERK)

    answer = log_in(client, person, next="/merchant/orders/order/")
    page = client.get(answer["Location"])
    shown = page.content.decode()
    assert answer["Location"].startswith("/merchant/choose?")
    assert (place.shop.name in shown, binding.shop.name in shown) == (True, True)

    chosen = {"tenant": binding.shop.public_id, "next": "/merchant/orders/order/"}
    answer = client.post("/merchant/switch", chosen)
    assert answer["Location"] == "/merchant/orders/order/"
    actor = client.get("/merchant/").wsgi_request._console_actors["merchant"]
    assert (actor.shop_id, actor.label) == (binding.shop_id, f"{person} (official account)")


def test_bi_14_the_official_account_alone_opens_the_console(client: Client) -> None:
    """One shop needs no choice.

    Page: /merchant/
    """
    binding = BindingFactory()

    answer = log_in(client, binding.account.owner)

    assert answer["Location"] == "/merchant/"
    assert client.get("/merchant/").status_code == 200


@pytest.mark.parametrize(
    "where", ["https://evil.example/", "//evil.example/merchant/", "/operator/"]
)
def test_a_choice_never_leads_out_of_the_console(client: Client, where: str) -> None:
    binding = BindingFactory()
    client.force_login(binding.account.owner, backend="django.contrib.auth.backends.ModelBackend")

    answer = client.post("/merchant/switch", {"tenant": binding.shop.public_id, "next": where})

    assert answer.status_code in (302, 404)
    assert answer.headers.get("Location", "/merchant/") == "/merchant/"


@pytest.mark.parametrize(
    ("is_same_entity", "may_edit"), [(True, True), (False, False)], ids=["own", "foreign"]
)
def test_what_the_account_may_do_depends_on_whose_it_is(
    is_same_entity: bool, may_edit: bool
) -> None:
    binding = BindingFactory(is_same_entity=is_same_entity)

    actor = resolve(Role.MERCHANT, binding.account.owner_id, {"shop_id": binding.shop.public_id})

    assert actor is not None
    assert actor.may("catalog.edit") is may_edit
    assert not {"shops.staff", "shops.binding", "settlements.payout"} & actor.permissions


@pytest.mark.parametrize("change", ["ended", "broadcaster", "suspended", "closed"])
def test_no_other_account_opens_it(change: str) -> None:
    binding = BindingFactory()
    owner = binding.account.owner
    if change == "ended":
        binding.status, binding.ended_at = BindingStatus.ENDED, LONG_AGO
        binding.end_reason = EndReason.UNBOUND
    elif change == "broadcaster":
        binding.relation, binding.is_main = Relation.SELF, False
    elif change == "suspended":
        RoleProfile.objects.create(user=owner, role=RoleKind.CREATOR, status="suspended")
    else:
        owner.is_active = False
        owner.save()
    binding.save()

    assert resolve(Role.MERCHANT, owner.pk, {"shop_id": binding.shop.public_id}) is None
    assert resolve(Role.MERCHANT, owner.pk, {}) is None


def test_sh_17_the_twenty_first_try_of_an_hour_is_not_looked_at(
    client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever the tries come from; the right password no longer helps.

    Page: /merchant/login/
    """
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": settings.FAILED_LOGINS}
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    owner, looked = owner_of(ShopFactory()), []
    monkeypatch.setattr(
        adapter, "authenticate", lambda *_args, **keys: looked.append(1) or authenticate(**keys)
    )
    now = [1_800_000_000.0]
    monkeypatch.setattr("allauth.core.internal.ratelimit.time.time", lambda: now[0])

    for number in range(40):
        now[0] += 61  # 5 tries in 5 minutes would stop a faster one
        log_in(client, owner, "wrong", HTTP_X_FORWARDED_FOR=f"10.0.0.{number}")
    answer = log_in(client, owner)

    assert len(looked) == 20
    assert "Too many failed login attempts" in answer.content.decode()
    cache.clear()
    assert log_in(client, owner).status_code == 302

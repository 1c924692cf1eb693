"""The kernel's own pages."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client

from accounts.services.actors import agency_actor, creator_actor
from kernel import audit, sealing
from kernel.actors import SYSTEM
from kernel.models import AuditCheck, AuditEntry, Delivery, OutboxMessage
from shops.enums import StaffRole
from shops.services.actors import merchant_actor
from tests.factories.accounts import (
    AgencyFactory,
    CreatorFactory,
    OperatorFactory,
    UserFactory,
)
from tests.factories.shops import BindingFactory, PreparingShopFactory, StaffFactory

AT = datetime(2026, 3, 1, tzinfo=UTC)
AUDIT = "/merchant/kernel/auditentry/"
DELIVERY = "/operator/kernel/delivery/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _real_addresses(settings: Any, _test_addresses: None) -> None:
    settings.ROOT_URLCONF = "config.urls"


@pytest.fixture
def enter() -> Callable[[Any], Client]:
    def sign_in(user: Any) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def parked() -> Delivery:
    message = OutboxMessage.objects.create(
        topic="tests.lamp.v1", payload={"lamp_id": 7}, relayed_at=Now()
    )
    return Delivery.objects.create(
        message=message,
        subscriber="tests.f",
        parked_at=Now(),
        attempts=5,
        last_error="ValueError: x",
    )


def test_an_owner_reads_the_trail_of_the_own_shop_only(enter: Callable[[Any], Client]) -> None:
    ours, theirs = StaffFactory(), PreparingShopFactory()
    person = UserFactory()
    for shop_id, name in ((ours.shop_id, "shops.ours"), (theirs.pk, "shops.theirs")):
        audit.record(actor=SYSTEM, action=name, target=person, at=AT, shop_id=shop_id)
    client = enter(ours.user)

    page = client.get(AUDIT).content.decode()

    assert ("shops.ours" in page, "shops.theirs" in page) == (True, False)
    entry = AuditEntry.objects.get(action="shops.ours")
    assert f"/{entry.pk}/" not in page
    assert client.get(f"{AUDIT}{entry.pk}/change/").status_code == 404


def test_gv_09_every_object_has_its_history(enter: Callable[[Any], Client]) -> None:
    """What was done to one object, the latest first, for who may read the trail.

    Page: /merchant/shops/staff/{id}/history/
    """
    owner = StaffFactory()
    clerk = StaffFactory(shop=owner.shop, role=StaffRole.ORDER_CLERK)
    before, after = {"role": "read_only"}, {"role": "order_clerk"}
    audit.record(
        actor=SYSTEM, action="shops.change_role", target=clerk, at=AT, before=before, after=after
    )
    audit.record(actor=SYSTEM, action="shops.other", target=owner, at=AT)
    path = f"/merchant/shops/staff/{clerk.public_id}/"
    client = enter(owner.user)

    page = client.get(f"{path}history/").content.decode()

    assert f"{path}history/" in client.get(f"{path}change/").content.decode()
    assert ("order clerk" in page, "shops.other" in page) == (True, False)
    assert enter(clerk.user).get(f"{path}history/").status_code == 404
    assert enter(StaffFactory().user).get(f"{path}history/").status_code == 404
    assert enter(OperatorFactory()).get("/operator/shops/shop/nothing/history/").status_code == 404


def test_gv_09_the_trail_says_on_whose_behalf_somebody_acted(enter: Callable[[Any], Client]):
    """Staff for their shop, the face of a shop as its account, creators and agencies for theirs.

    Page: /operator/kernel/auditentry/
    """
    place, binding = StaffFactory(), BindingFactory()
    creator, agency = CreatorFactory(), AgencyFactory()
    people = {
        place.shop.public_id: merchant_actor(place.user_id, {}),
        binding.account.public_id: merchant_actor(binding.account.owner_id, {}),
        creator.public_id: creator_actor(creator.user_id, {}),
        agency.public_id: agency_actor(agency.owner_id, {}),
        "": SYSTEM,
    }
    for actor in people.values():
        audit.record(actor=actor, action="shops.other", target=place, at=AT)

    said = AuditEntry.objects.filter(action="shops.other").order_by("pk")
    assert list(said.values_list("on_behalf_of", flat=True)) == list(people)
    shown = enter(OperatorFactory()).get("/operator/kernel/auditentry/").text
    assert all(name in shown for name in people)
    assert creator.public_id not in enter(place.user).get("/merchant/kernel/auditentry/").text


def test_a_broken_trail_stands_on_the_operators_first_page(
    enter: Callable[[Any], Client],
) -> None:
    client = enter(OperatorFactory())
    AuditCheck.objects.create(at=AT, sealed=3, waiting=0, fault="seal 2 is missing")
    assert "seal 2 is missing" in client.get("/operator/").content.decode()

    AuditCheck.objects.create(at=AT, sealed=3, waiting=0)

    assert "seal 2 is missing" not in client.get("/operator/").content.decode()


def test_an_entry_shows_its_place_in_the_chain(enter: Callable[[Any], Client]) -> None:
    entry = audit.record(actor=SYSTEM, action="shops.ours", target=UserFactory(), at=AT)
    client, page = enter(OperatorFactory()), f"/operator/kernel/auditentry/{entry.pk}/change/"
    assert "sealed in a moment" in client.get(page).content.decode()

    sealing.seal()

    assert "sealed in a moment" not in client.get(page).content.decode()


def test_an_operator_sees_parked_events_and_delivers_them_again(
    enter: Callable[[Any], Client], parked: Delivery
) -> None:
    client = enter(OperatorFactory())

    home = client.get("/operator/").content.decode()
    page = client.get(f"{DELIVERY}{parked.pk}/change/").content.decode()
    answer = client.post(f"{DELIVERY}{parked.pk}/do/deliver-again/", {})

    assert "/operator/kernel/delivery/?parked_at__isempty=0" in home
    assert "ValueError: x" in page
    assert answer.status_code == 302
    parked.refresh_from_db()
    assert (parked.parked_at, parked.attempts) == (None, 0)


def test_the_list_of_parked_events_is_what_the_card_counts(
    enter: Callable[[Any], Client], parked: Delivery
) -> None:
    Delivery.objects.create(message=parked.message, subscriber="tests.fine", done_at=Now())

    page = enter(OperatorFactory()).get(f"{DELIVERY}?parked_at__isempty=0").content.decode()

    assert re.findall(r"(\d+) rows?<", page) == ["1"]


@pytest.mark.parametrize(
    ("language", "refused", "missing", "back"),
    [
        ("en", "You may not do this", "There is nothing here", "To the first page"),
        ("zh-hans", "您没有执行此操作的权限", "页面不存在", "返回首页"),
    ],
)
def test_a_refusal_says_so_in_the_readers_language_and_leads_back(
    enter: Callable[[Any], Client], language: str, refused: str, missing: str, back: str
) -> None:
    reader = StaffFactory(role=StaffRole.READ_ONLY)
    client, says = enter(reader.user), {"accept-language": language}
    page = f"/merchant/shops/shop/{reader.shop.public_id}/do"

    forbidden = client.get(f"{page}/rename/", headers=says)
    nothing = client.get(f"{page}/nonsense/", headers=says)

    assert (forbidden.status_code, nothing.status_code) == (403, 404)
    for answer, words in ((forbidden, refused), (nothing, missing)):
        assert words in answer.text
        assert f'<a href="/merchant/">{back}</a>' in answer.text

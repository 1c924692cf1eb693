"""One face follows another, once in a year."""

from datetime import UTC, datetime, timedelta

import pytest

from kernel.models import OutboxMessage
from shops import errors
from shops.enums import BindingStatus, EndReason, Relation
from shops.models import Binding
from shops.selectors import storefronts
from shops.services import bindings, endings
from tests.factories.accounts import VerifiedAccountFactory
from tests.factories.shops import BindingFactory, ShopFactory, actor_of
from tests.shops.helpers import accept, bind, start

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def shop():
    return ShopFactory(name="Lin Tea", logo_url="https://img.example.com/lin.png")


@pytest.fixture
def account(shop):
    return VerifiedAccountFactory(
        name="lin at home",
        avatar_url="https://img.example.com/home.png",
        credit_code=shop.merchant.credit_code,
    )


def test_a_replacement_swaps_the_faces_in_one_go(shop, account):
    old = BindingFactory(shop=shop, former_name="Before")

    waiting = start(shop, account, replaces=old, at=AT)
    old.refresh_from_db()
    while_waiting = (old.status, storefronts([shop.pk], at=AT)[shop.pk]["account"]["id"])
    accept(waiting, at=AT + DAY)

    old.refresh_from_db()
    old.account.refresh_from_db()
    waiting.refresh_from_db()
    assert while_waiting == (BindingStatus.REPLACE_PENDING, old.account.public_id)
    assert (old.status, old.end_reason) == (BindingStatus.ENDED, EndReason.REPLACED)
    assert (old.account.name, old.account.official_since) == ("Before", None)
    assert waiting.status == BindingStatus.ACTIVE
    block = storefronts([shop.pk], at=AT)[shop.pk]
    assert block["account"]["id"] == account.public_id
    topics = OutboxMessage.objects.order_by("pk").values_list("topic", flat=True)
    assert [one for one in topics if "binding" in one] == [
        "shops.binding.ended.v1",
        "shops.binding.started.v1",
    ]


@pytest.mark.parametrize("call_off", [bindings.decline_binding, bindings.withdraw_binding])
def test_when_the_successor_does_not_come_the_old_account_stays(shop, account, call_off):
    old = BindingFactory(shop=shop)
    waiting = start(shop, account, replaces=old, at=AT)

    call_off(binding=waiting, at=AT, actor=actor_of(shop))

    old.refresh_from_db()
    assert (old.status, old.ended_at) == (BindingStatus.ACTIVE, None)


def test_when_the_successor_is_silent_the_old_account_stays(shop, account):
    old = BindingFactory(shop=shop)
    start(shop, account, replaces=old, at=AT)

    endings.expire_consents(at=AT + 7 * DAY)

    old.refresh_from_db()
    assert old.status == BindingStatus.ACTIVE


def test_only_the_active_official_binding_of_the_shop_is_replaced(shop, account):
    own = BindingFactory(shop=shop)
    foreign = BindingFactory()

    with pytest.raises(errors.OfficialAccountExists):
        start(shop, account, replaces=foreign, at=AT)
    with pytest.raises(errors.NotReplaceable):
        start(shop, account, relation=Relation.SELF, replaces=own, at=AT)

    own.refresh_from_db()
    foreign.refresh_from_db()
    assert {own.status, foreign.status} == {BindingStatus.ACTIVE}
    assert Binding.objects.count() == 2


def test_the_face_changes_once_in_a_year(shop, account):
    old = BindingFactory(shop=shop)
    first = start(shop, account, replaces=old, at=AT)
    accept(first, at=AT)
    next_one = VerifiedAccountFactory(credit_code=shop.merchant.credit_code)

    with pytest.raises(errors.ReplacementUsed) as refusal:
        start(shop, next_one, replaces=first, at=AT + 364 * DAY)
    later = start(shop, next_one, replaces=first, at=AT + 365 * DAY)

    assert refusal.value.extra == {"possible_from": (AT + 365 * DAY).isoformat()}
    assert later.status == BindingStatus.AWAITING_ACCOUNT


def test_unbinding_and_binding_anew_is_no_way_around_the_limit(shop, account):
    first = BindingFactory(shop=shop)
    endings.unbind(binding=first, at=AT, actor=actor_of(shop))
    second = bind(shop, account, at=AT + DAY)
    endings.unbind(binding=second, at=AT + 2 * DAY, actor=actor_of(shop))
    third = VerifiedAccountFactory(credit_code=shop.merchant.credit_code)

    with pytest.raises(errors.ReplacementUsed):
        start(shop, third, at=AT + 3 * DAY)

    assert Binding.objects.in_force().count() == 0


def test_an_account_that_left_waits_thirty_days(shop, account):
    left = bind(shop, account, at=AT)
    endings.unbind(binding=left, at=AT, actor=actor_of(shop))
    other = ShopFactory(merchant=shop.merchant)

    with pytest.raises(errors.AccountCoolingDown) as refusal:
        start(other, account, at=AT + 30 * DAY - timedelta(seconds=1))
    again = start(other, account, at=AT + 30 * DAY)

    assert refusal.value.extra == {"possible_from": (AT + 30 * DAY).isoformat()}
    assert again.status == BindingStatus.AWAITING_ACCOUNT


def test_who_broadcast_for_a_shop_waits_as_who_was_its_face(shop, account):
    left = BindingFactory(shop=shop, account=account, relation="SELF", bound_at=AT)
    endings.unbind(binding=left, at=AT, actor=actor_of(shop))
    other = ShopFactory(merchant=shop.merchant)

    with pytest.raises(errors.AccountCoolingDown) as refusal:
        start(other, account, at=AT + 29 * DAY)

    assert refusal.value.extra == {"possible_from": (AT + 30 * DAY).isoformat()}
    assert Binding.objects.filter(shop=other).count() == 0

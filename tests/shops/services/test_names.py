"""Shop names, and the accounts that wear them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from kernel.models import AuditEntry, OutboxMessage
from shops.errors import ShopNameTaken, TooManyRenames
from shops.models import NameChange
from shops.services.names import rename_shop
from tests.factories.accounts import VerifiedAccountFactory
from tests.factories.shops import BindingFactory, ShopFactory, actor_of
from tests.shops.helpers import bind

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def _rename(shop, name, at=AT, **more):
    return rename_shop(shop_id=shop.pk, name=name, at=at, actor=actor_of(shop), **more)


def test_the_official_account_follows_at_once():
    binding = BindingFactory(shop__name="Lin Tea")

    _rename(binding.shop, "Lin Tea House", logo_url="https://img.example.com/new.png")

    binding.account.refresh_from_db()
    assert (binding.account.name, binding.account.avatar_url) == (
        "Lin Tea House",
        "https://img.example.com/new.png",
    )
    change = NameChange.objects.get()
    assert (change.old_name, change.new_name, change.cause, change.account) == (
        "Lin Tea",
        "Lin Tea House",
        "renamed",
        binding.account,
    )
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.shop_id) == ("shops.rename_shop", binding.shop_id)
    assert OutboxMessage.objects.get().payload == {"shop_id": binding.shop_id}


def test_an_account_that_shows_another_shop_keeps_its_name():
    main = BindingFactory(shop__name="Main")
    side = bind(ShopFactory(merchant=main.shop.merchant), main.account, at=AT)

    _rename(side.shop, "Side, renamed", AT + DAY)

    main.account.refresh_from_db()
    assert main.account.name == "Main"


def test_a_shop_without_a_logo_takes_nobodys_picture():
    shop = ShopFactory(logo_url="")
    account = VerifiedAccountFactory(credit_code=shop.merchant.credit_code, avatar_url="/own.png")
    bind(shop, account, at=AT)

    _rename(shop, "Lin Tea House", AT + DAY)

    account.refresh_from_db()
    assert (account.name, account.avatar_url) == ("Lin Tea House", "/own.png")


def test_four_changes_in_thirty_days_and_no_fifth():
    shop = ShopFactory()
    for number in range(4):
        _rename(shop, f"Name {number}", AT + number * DAY)

    with pytest.raises(TooManyRenames) as refusal:
        _rename(shop, "Name 4", AT + 30 * DAY - timedelta(seconds=1))
    shop.refresh_from_db()
    name_then = shop.name
    _rename(shop, "Name 4", AT + 30 * DAY)

    shop.refresh_from_db()
    assert refusal.value.extra == {"possible_from": (AT + 30 * DAY).isoformat()}
    assert (name_then, shop.name) == ("Name 3", "Name 4")


def test_no_change_does_not_count():
    shop = ShopFactory(name="Lin Tea")

    for _ in range(6):
        _rename(shop, "Lin Tea", logo_url=shop.logo_url)

    assert not NameChange.objects.exists()


def test_a_name_that_another_shop_has_is_refused():
    ShopFactory(name="Lin Tea")
    binding = BindingFactory(shop__name="Other")

    with pytest.raises(ShopNameTaken):
        _rename(binding.shop, "LIN TEA")

    binding.shop.refresh_from_db()
    binding.account.refresh_from_db()
    assert (binding.shop.name, binding.account.name) == ("Other", "Other")
    assert not NameChange.objects.exists()


def test_the_record_of_names_is_never_changed():
    _rename(ShopFactory(), "Lin Tea House")

    with pytest.raises(DatabaseError), transaction.atomic():
        NameChange.objects.update(new_name="forged")

    assert NameChange.objects.get().new_name == "Lin Tea House"

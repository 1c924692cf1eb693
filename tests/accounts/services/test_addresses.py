"""The address book."""

import pytest

from accounts.errors import TooManyAddresses
from accounts.models import Address
from accounts.selectors import masked, receiver
from accounts.services import addresses
from accounts.services.addresses import AddressData
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

HOME = AddressData(
    name="王小明",
    phone="13812341234",
    province="浙江省",
    city="杭州市",
    district="西湖区",
    street="文三路 1 号",
)
WORK = AddressData(**(HOME.__dict__ | {"street": "网商路 599 号"}))


def test_the_receiver_is_sealed_in_the_database_and_comes_back_whole():
    address = addresses.add_address(user_id=UserFactory().pk, data=HOME)

    stored = Address.objects.get()
    assert HOME.phone.encode() not in bytes(stored.sealed)
    opened = receiver(stored)
    assert (opened.name, opened.phone, opened.street) == (HOME.name, HOME.phone, HOME.street)
    shown = masked(opened)
    assert (shown.name, shown.phone, shown.street) == ("王**", "138****1234", "***")
    assert shown.id == address.public_id


def test_the_first_address_is_the_default_and_another_can_be_made_it():
    user = UserFactory()

    first = addresses.add_address(user_id=user.pk, data=HOME)
    second = addresses.add_address(user_id=user.pk, data=WORK)
    before = (first.is_default, second.is_default)
    addresses.change_address(address=second, data=WORK, is_default=True)

    first.refresh_from_db()
    second.refresh_from_db()
    assert before == (True, False)
    assert (first.is_default, second.is_default) == (False, True)


def test_a_change_replaces_what_is_saved():
    address = addresses.add_address(user_id=UserFactory().pk, data=HOME)

    addresses.change_address(address=address, data=WORK)

    address.refresh_from_db()
    assert receiver(address).street == WORK.street
    assert address.is_default is True


def test_when_the_default_goes_the_newest_takes_its_place():
    user = UserFactory()
    first = addresses.add_address(user_id=user.pk, data=HOME)
    addresses.add_address(user_id=user.pk, data=HOME)
    newest = addresses.add_address(user_id=user.pk, data=WORK)

    addresses.remove_address(address=first)

    assert user.addresses.get(is_default=True) == newest
    assert user.addresses.count() == 2


def test_a_book_is_bounded(monkeypatch):
    monkeypatch.setattr(addresses, "MAX_ADDRESSES", 1)
    user = UserFactory()
    addresses.add_address(user_id=user.pk, data=HOME)

    with pytest.raises(TooManyAddresses):
        addresses.add_address(user_id=user.pk, data=WORK)

    assert user.addresses.count() == 1

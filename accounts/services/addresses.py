"""A buyer's address book: receivers are sealed before they reach the database."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from accounts.errors import TooManyAddresses
from accounts.models import Address, User
from kernel.crypto import encrypt

MAX_ADDRESSES = 50


@dataclass(frozen=True)
class AddressData:
    """Where and to whom."""

    name: str
    phone: str
    province: str
    city: str
    district: str
    street: str


@transaction.atomic
def add_address(*, user_id: int, data: AddressData, is_default: bool = False) -> Address:
    """Save an address; the first one, and one asked for, becomes the default.

    Raises TooManyAddresses.
    """
    _lock(user_id)
    book = Address.objects.filter(user_id=user_id)
    count = book.count()
    if count >= MAX_ADDRESSES:
        raise TooManyAddresses
    is_default = is_default or count == 0
    if is_default:
        book.update(is_default=False)
    return Address.objects.create(user_id=user_id, is_default=is_default, **_columns(data))


@transaction.atomic
def change_address(*, address: Address, data: AddressData, is_default: bool = False) -> Address:
    """Replace what is saved. Orders keep the copy they were placed with."""
    _lock(address.user_id)
    if is_default and not address.is_default:
        Address.objects.filter(user_id=address.user_id).update(is_default=False)
        address.is_default = True
    for column, value in _columns(data).items():
        setattr(address, column, value)
    address.save(update_fields=["is_default", *_columns(data)])
    return address


@transaction.atomic
def remove_address(*, address: Address) -> None:
    """Forget it. When it was the default, the newest that is left becomes it."""
    user_id = address.user_id
    _lock(user_id)
    book = Address.objects.filter(user_id=user_id)
    book.filter(pk=address.pk).delete()
    if not book.filter(is_default=True).exists():
        newest = book.order_by("-pk").first()
        if newest is not None:
            book.filter(pk=newest.pk).update(is_default=True)


def _lock(user_id: int) -> None:
    User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user_id)


def _columns(data: AddressData) -> dict[str, object]:
    return {
        "sealed": encrypt({"name": data.name, "phone": data.phone, "street": data.street}),
        "province": data.province,
        "city": data.city,
        "district": data.district,
    }

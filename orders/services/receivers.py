"""Where parcels go: sealed, with a masked face and a hash that tells equal ones (OR-15, OR-19)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accounts.models import Address
from accounts.selectors import receiver as saved_receiver
from kernel.crypto import encrypt, fingerprint
from kernel.text import mask_name, mask_phone
from orders.services.requests import PlaceOrder, Receiver
from shops.selectors import find_region

SEALED = ("name", "phone", "street")


@dataclass(frozen=True)
class SealedReceiver:
    """What an order keeps of its receiver."""

    sealed: bytes
    masked: dict[str, str]
    address_hash: str


def receivers_of(requests: Sequence[PlaceOrder]) -> list[SealedReceiver | None]:
    """Return the receiver of each request, in one query; None where there is none to be found.

    A saved address counts only for the buyer whose it is.
    """
    named = [request.address_id for request in requests if request.address_id]
    rows = Address.objects.filter(public_id__in=named) if named else ()
    saved = {(row.user_id, row.public_id): row for row in rows}
    found: list[SealedReceiver | None] = []
    for request in requests:
        row = saved.get((request.buyer_id, request.address_id))
        receiver = _opened(row) if row else request.receiver
        found.append(seal(receiver) if receiver else None)
    return found


def receiver_of(
    *, buyer_id: int, receiver: Receiver | None, address_id: str
) -> SealedReceiver | None:
    """Return the receiver that is given, or named by a saved address of the buyer; else None."""
    if receiver is not None:
        return seal(receiver)
    row = Address.objects.filter(user_id=buyer_id, public_id=address_id).first()
    return seal(_opened(row)) if row else None


def region_of(address: Mapping[str, str]) -> str:
    """Return the code of the region that an address names, "" when it names none we know."""
    return find_region(
        address.get("province", ""), address.get("city", ""), address.get("district", "")
    )


def seal(receiver: Receiver) -> SealedReceiver:
    """Return `receiver` with name, phone and street unreadable but for the holder of the keys."""
    values = vars(receiver)
    region = {key: value for key, value in values.items() if key not in SEALED}
    return SealedReceiver(
        sealed=encrypt({key: values[key] for key in SEALED}),
        masked={
            "name": mask_name(receiver.name),
            "phone": mask_phone(receiver.phone),
            **region,
        },
        address_hash=fingerprint(*(values[key] for key in sorted(values))),
    )


def _opened(row: Address) -> Receiver:
    saved = saved_receiver(row)
    return Receiver(
        name=saved.name,
        phone=saved.phone,
        province=saved.province,
        city=saved.city,
        district=saved.district,
        street=saved.street,
    )

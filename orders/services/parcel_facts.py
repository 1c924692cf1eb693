"""What a shop says of a parcel besides its label: serial numbers, where it goes back (OR-12)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kernel.errors import FieldError
from orders.errors import SerialsWrong, UnknownShopAddress
from shops.models import ReturnAddress

#: An IMEI has 15 digits, with its software version 16; other makers count to 17.
SERIAL = re.compile(r"[0-9]{15,17}")
_ADDRESS = ("receiver", "phone", "province", "city", "district", "street")


@dataclass(frozen=True)
class ParcelPlaces:
    """Addresses of the shop as they were when the parcel left; empty where none was chosen."""

    sent_from: Mapping[str, str] = field(default_factory=dict)
    goes_back_to: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, shop_id: int, sent_from_id: str, goes_back_to_id: str) -> ParcelPlaces:
        """Return the addresses that these public ids name. Raises UnknownShopAddress.

        No statement when none is named.
        """
        asked = {"/sent_from_id": sent_from_id, "/goes_back_to_id": goes_back_to_id}
        ids = set(filter(None, asked.values()))
        if not ids:
            return cls()
        rows = ReturnAddress.objects.filter(shop_id=shop_id, public_id__in=ids)
        known = {row.public_id: {name: getattr(row, name) for name in _ADDRESS} for row in rows} | {
            "": {}
        }
        for pointer, public_id in asked.items():
            if public_id not in known:
                fault = FieldError(pointer, UnknownShopAddress.code, UnknownShopAddress.message)
                raise UnknownShopAddress(errors=[fault])
        return cls(known[sent_from_id], known[goes_back_to_id])


def check_serials(serials: Mapping[int, Sequence[str]], packed: Mapping[int, int]) -> None:
    """Raise SerialsWrong unless each is a serial number, comes once, and has a piece to be of."""
    every = [one for numbers in serials.values() for one in numbers]
    is_wrong = len(set(every)) != len(every) or not all(map(SERIAL.fullmatch, every))
    is_more = any(len(numbers) > packed.get(place, 0) for place, numbers in serials.items())
    if is_wrong or is_more:
        fault = FieldError("/lines", SerialsWrong.code, SerialsWrong.message)
        raise SerialsWrong(errors=[fault])

"""The body of a checkout once more, as structs: the one body that comes a thousand times a second.

What fits these needs no serializer. Whatever does not is judged by `orders.api.inputs`, whose words
the caller reads; a test holds the two together.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from django.conf import settings
from msgspec import UNSET, Meta, UnsetType

from kernel.api.serializers import MAX_PIECES
from kernel.money import MAX_AMOUNT
from kernel.text import PHONE, VISIBLE
from orders.enums import MediaType
from orders.services.requests import Receiver, Touch, WantedLine

#: Nothing to trim, and something there.
TRIMMED = rf"(?s)^{VISIBLE}(.*{VISIBLE})?\Z"

Word20 = Annotated[str, Meta(max_length=20, pattern=TRIMMED)]
Word32 = Annotated[str, Meta(max_length=32, pattern=TRIMMED)]
Word40 = Annotated[str, Meta(max_length=40, pattern=TRIMMED)]
Word60 = Annotated[str, Meta(max_length=60, pattern=TRIMMED)]
Word64 = Annotated[str, Meta(max_length=64, pattern=TRIMMED)]
Word200 = Annotated[str, Meta(max_length=200, pattern=TRIMMED)]
Phone = Annotated[str, Meta(max_length=20, pattern=PHONE)]
Medium = Annotated[str, Meta(pattern=rf"^({'|'.join(filter(None, MediaType.values))})\Z")]
MOST = settings.MAX_ORDER_LINES


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A field that is not listed does not fit."""


class TouchBody(Body, frozen=True):
    """See `TouchIn`."""

    pick_code: Word40 | UnsetType = UNSET
    media_type: Medium | UnsetType = UNSET
    media_id: Word64 | UnsetType = UNSET
    account_id: Word32 | UnsetType = UNSET
    is_live: bool | UnsetType = UNSET
    creative_id: Word64 | UnsetType = UNSET


class WantedLineBody(Body, frozen=True):
    """See `WantedLineIn`."""

    sku_id: Word32
    quantity: Annotated[int, Meta(ge=1, le=MAX_PIECES)]
    touch: TouchBody | UnsetType = UNSET

    def wanted(self) -> WantedLine:
        """Return the line as the placement takes it."""
        touch = None if self.touch is UNSET else Touch(**given(self.touch))
        return WantedLine(self.sku_id, self.quantity, touch)


class ReceiverBody(Body, frozen=True):
    """See `ReceiverIn`."""

    name: Word60
    phone: Phone
    province: Word40
    city: Word40
    street: Word200
    district: Word40 | UnsetType = UNSET


class ShopMessageBody(Body, frozen=True):
    """See `ShopMessageIn`."""

    shop_id: Word32
    message: Word200


class CheckoutBody(Body, frozen=True):
    """See `CheckoutIn`."""

    lines: Annotated[list[WantedLineBody], Meta(min_length=1, max_length=MOST)]
    receiver: ReceiverBody | UnsetType = UNSET
    address_id: Word32 | UnsetType = UNSET
    messages: Annotated[list[ShopMessageBody], Meta(max_length=MOST)] | UnsetType = UNSET
    expected_pay_amount: Annotated[int, Meta(ge=1, le=MAX_AMOUNT)] | UnsetType = UNSET
    gateway: Word20 | UnsetType = UNSET

    def __post_init__(self) -> None:
        if (self.receiver is UNSET) == (self.address_id is UNSET):
            raise ValueError("exactly one way of naming the receiver")

    def sent_to(self) -> Receiver | None:
        """Return the receiver, None when a saved address is named."""
        return None if self.receiver is UNSET else Receiver(**given(self.receiver))


def given(body: Body) -> dict[str, Any]:
    """Return the fields of `body` that were sent."""
    values = ((name, getattr(body, name)) for name in body.__struct_fields__)
    return {name: value for name, value in values if value is not UNSET}

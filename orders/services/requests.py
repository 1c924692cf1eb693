"""What a buyer asks for, before anything was looked up."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import msgspec

from kernel.crypto import fingerprint
from orders.enums import MediaType


@dataclass(frozen=True)
class Touch:
    """The content that led to a line (CT-12), as the client tells it. Ids are public."""

    pick_code: str = ""
    media_type: str = MediaType.NONE
    media_id: str = ""
    account_id: str = ""
    is_live: bool = False
    creative_id: str = ""

    @classmethod
    def of(cls, values: dict[str, object]) -> Touch:
        """Return the touch kept as plain `values` in a cart line."""
        return cls(**values)  # type: ignore[arg-type]


@dataclass(frozen=True)
class WantedLine:
    """`quantity` pieces of the SKU with public id `sku_id`; no touch means the cart's."""

    sku_id: str
    quantity: int
    touch: Touch | None = None


@dataclass(frozen=True)
class Receiver:
    """Where a parcel goes. Name, phone and street are sealed before they are stored (OR-19)."""

    name: str
    phone: str
    province: str
    city: str
    street: str
    district: str = ""


@dataclass(frozen=True)
class PlaceOrder:
    """One checkout. `key` makes it happen once; with it, the same body returns the first result.

    The receiver is given, or named by the public id of one of the buyer's saved addresses.
    `expected_pay_amount` (minor units) is compared only: the server computes every amount.
    """

    buyer_id: int
    key: str
    lines: tuple[WantedLine, ...]
    receiver: Receiver | None = None
    address_id: str = ""
    #: Public shop id → the buyer's message to that shop.
    messages: tuple[tuple[str, str], ...] = field(default=())
    expected_pay_amount: int | None = None
    #: The gateway whose payment shall wait for the buyer at once; none when it is started later.
    #: How it is paid may change from try to try: the fingerprint knows nothing of it.
    gateway: str = ""

    @property
    def identity(self) -> tuple[int, str]:
        """What makes it one checkout."""
        return self.buyer_id, self.key

    @cached_property
    def fingerprint(self) -> str:
        """A keyed hash of what shall be bought: it tells a retry from another request of one key.

        Keyed, for it covers an address: who reads the table cannot try addresses against it.
        """
        asked = (
            self.lines,
            self.receiver,
            self.address_id,
            self.messages,
            self.expected_pay_amount,
        )
        return fingerprint(msgspec.json.encode(asked).decode())

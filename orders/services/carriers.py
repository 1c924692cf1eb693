"""Carriers (快递公司): codes, the names people write, and how their numbers look (OR-14).

No carrier publishes a complete grammar of its numbers, and all of them lend number ranges to
others. So a `shape` only warns; what is refused is a number that wears another carrier's own
prefix (`wrong_carrier`), and what no carrier's machine could read (`TRACKING`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from django.utils import translation

from orders.enums import Carrier

#: What may be a tracking number of anybody.
TRACKING = re.compile(r"[A-Za-z0-9-]{5,40}")


@dataclass(frozen=True)
class CarrierFacts:
    """One carrier: how its numbers look, which prefix is its alone, and what people call it."""

    name: str
    shape: re.Pattern[str]
    #: A prefix that no other carrier uses.
    mark: re.Pattern[str] | None = None
    aliases: tuple[str, ...] = ()


def _facts(name: str, shape: str, mark: str = "", aliases: tuple[str, ...] = ()) -> CarrierFacts:
    return CarrierFacts(name, re.compile(shape), re.compile(mark) if mark else None, aliases)


#: The Chinese name is the carrier's own; codes are those that the trade's tracking services use.
CARRIERS: Mapping[str, CarrierFacts] = {
    Carrier.SF: _facts("顺丰速运", r"SF\d{13}|\d{12}|\d{15}", r"SF\d{13}", ("顺丰", "SF")),
    Carrier.ZTO: _facts("中通快递", r"(ZT)?\d{12,15}", aliases=("中通", "ZTO")),
    Carrier.YTO: _facts(
        "圆通速递", r"YT\d{13}|[A-Z]?\d{10,15}", r"YT\d{13}", ("圆通", "YTO", "圆通快递")
    ),
    Carrier.STO: _facts("申通快递", r"\d{12,15}", aliases=("申通", "STO")),
    Carrier.YUNDA: _facts("韵达快递", r"\d{13}|\d{15}", aliases=("韵达", "YUNDA", "韵达速递")),
    # Letters around nine digits: S10 of the Universal Postal Union, which both posts use.
    Carrier.EMS: _facts("中国邮政速递物流", r"[A-Z]{2}\d{9}[A-Z]{2}|\d{13}", aliases=("EMS",)),
    Carrier.POST: _facts(
        "中国邮政快递包裹", r"[A-Z]{2}\d{9}[A-Z]{2}|\d{13}", aliases=("邮政", "中国邮政", "POST")
    ),
    Carrier.JD: _facts(
        "京东快递",
        r"JD[A-Z0-9]{11,15}(-\d+-\d+-?)?",
        r"JD[VX]?[A-Z0-9]{11,15}",
        ("京东", "京东物流"),
    ),
    Carrier.JTEXPRESS: _facts("极兔速递", r"JT\d{13}", r"JT\d{13}", ("极兔", "J&T")),
    Carrier.DEPPON: _facts("德邦物流", r"\d{8,15}", aliases=("德邦",)),
    Carrier.DEPPON_EXPRESS: _facts("德邦快递", r"DPK\d{12,15}|\d{8,15}", r"DPK\d{12,15}"),
    Carrier.DANNIAO: _facts("菜鸟速递", r"(CN|DN)?[A-Z0-9]{11,18}", aliases=("丹鸟", "菜鸟")),
    Carrier.ZJS: _facts("宅急送", r"[A-Z]{0,4}\d{10,15}", aliases=("ZJS",)),
    Carrier.UCE: _facts("优速快递", r"[A-Z]{0,4}\d{10,15}", aliases=("优速",)),
    Carrier.KUAYUE: _facts("跨越速运", r"KY\d{10,15}", aliases=("跨越",)),
    Carrier.ZTO_FREIGHT: _facts("中通快运", r"\d{9,15}"),
    Carrier.SF_FREIGHT: _facts("顺丰快运", r"SF\d{13}|\d{12}|\d{15}"),
    Carrier.ANE: _facts("安能物流", r"\d{10,15}", aliases=("安能",)),
}


def carrier_of(text: str) -> str | None:
    """Return the code of the carrier that people call `text`; None when nobody is called so."""
    return _called().get(_plain(text))


def is_likely(carrier_code: str, tracking_number: str) -> bool:
    """Tell whether the number looks like one of the carrier's."""
    return bool(CARRIERS[carrier_code].shape.fullmatch(tracking_number.upper()))


def wrong_carrier(carrier_code: str, tracking_number: str) -> str | None:
    """Return the code of the carrier whose own prefix the number wears, when it is another."""
    number = tracking_number.upper()
    if is_likely(carrier_code, number):
        return None
    for code, facts in CARRIERS.items():
        if facts.mark is not None and facts.mark.fullmatch(number):
            return code
    return None


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


@cache
def _called() -> Mapping[str, str]:
    """Return every name of every carrier → its code, the proper names before the nicknames."""
    found: dict[str, str] = {}
    for code, facts in CARRIERS.items():
        found |= {_plain(name): str(code) for name in (code, facts.name)}
    for code, facts in CARRIERS.items():
        with translation.override("en"):
            english = str(Carrier(code).label)
        for name in (*facts.aliases, english):
            found.setdefault(_plain(name), str(code))
    return found

"""Administrative divisions (行政区划): codes of GB/T 2260 and the names that addresses use.

`shops/data/regions.csv` holds them: a code of six digits is a province (``330000``), a city
(``330100``) or a district (``330108``), each inside the one that its first digits name. They
change with a release of this file and belong to nobody, so they are no table: an address finds its
region without a statement.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

FILE = Path(__file__).parent.parent / "data" / "regions.csv"
#: Endings that people leave out, the longest first.
_ENDINGS = (
    *("特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "自治州", "自治县"),
    *("地区", "新区", "林区", "省", "市", "盟", "州", "区", "县", "旗"),
)


@dataclass(frozen=True)
class Region:
    """One division."""

    code: str
    name: str

    @property
    def level(self) -> int:
        """1 province, 2 city, 3 district."""
        return 1 if self.code.endswith("0000") else 2 if self.code.endswith("00") else 3

    @property
    def full_name(self) -> str:
        """The names from the province down, as an address has them: 浙江省杭州市滨江区."""
        return "".join(regions()[code].name for code in lineage(self.code))


@cache
def regions() -> Mapping[str, Region]:
    """Return every division by its code, in the order of the codes."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: Region(row["code"], row["name"]) for row in csv.DictReader(file)}


def lineage(code: str) -> tuple[str, ...]:
    """Return the codes from the province down to `code`, those that are known."""
    steps = dict.fromkeys((f"{code[:2]}0000", f"{code[:4]}00", code))
    return tuple(step for step in steps if step in regions())


@lru_cache(maxsize=20_000)
def find_region(province: str, city: str, district: str = "") -> str:
    """Return the code of the smallest division that the names of an address tell; "" for none.

    Names may lack their ending (浙江 is 浙江省). In a municipality the city may repeat the
    province; a county that is under no city may stand in the city's place.
    """
    inside = _named(province, "", 1)
    if not inside:
        return ""
    of_city = _named(city, inside[:2], 2)
    prefix = of_city[:4] if of_city else inside[:2]
    found = _named(district, prefix, 3) or ("" if of_city else _named(city, inside[:2], 3))
    return found or of_city or inside


def _named(name: str, prefix: str, level: int) -> str:
    """Return the one division of `level` under `prefix` called `name`, "" for none or several."""
    name = name.strip()
    if not name:
        return ""
    named = _by_name()
    for spelling in (name, _short(name)):
        codes = [one for one in named.get((level, spelling), ()) if one.startswith(prefix)]
        if len(codes) == 1:
            return codes[0]
    return ""


@cache
def _by_name() -> Mapping[tuple[int, str], tuple[str, ...]]:
    found: dict[tuple[int, str], tuple[str, ...]] = {}
    for region in regions().values():
        for spelling in {region.name, _short(region.name)}:
            key = (region.level, spelling)
            found[key] = (*found.get(key, ()), region.code)
    return found


def _short(name: str) -> str:
    ending = next((one for one in _ENDINGS if name.endswith(one) and len(name) > len(one) + 1), "")
    return name.removesuffix(ending) if ending else name

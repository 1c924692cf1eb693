"""Finding a shop and its face by what people call them: one identity, one answer (BI-18).

A query names an identity when it begins one of its names, or when it holds one whole, as
``青禾 四件套`` does. Names are those of the shop and of the account that is its face, the handle,
the brands that are the shop's own, and what it was called in the year before.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When

from catalog.enums import PaperStatus
from catalog.models import BrandGrant, StorefrontNames
from shops.enums import GrantKind, ShopStatus
from shops.models import NameChange, Shop
from shops.selectors import sales_stopped, storefronts

#: Identities that one query shows, and that one sweep indexes.
MOST_FOUND = 3
BATCH = 500
#: How long a shop is found by what it was called.
FORMER = timedelta(days=365)
#: A query is read so far; a name is looked for by so many of its signs.
MAX_QUERY_SIGNS = 40
MAX_NAME_SIGNS = 20
#: What a beginning has at least: of Han characters, of letters.
SHORTEST_HAN, SHORTEST = 2, 3
#: Rights that make a brand a shop's own.
OWN_BRAND = (GrantKind.OWNER, GrantKind.EXCLUSIVE)
#: What says of which type a shop is, and not who it is. The longest first.
_TYPES = ("官方旗舰店", "旗舰店", "专营店", "专卖店", "企业店", "个体店")
#: A sign of a name: one Han character, or a run of other letters and digits.
_SIGN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[^\W_\u3400-\u9fff\uf900-\ufaff]+")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


def signs(text: str) -> list[str]:
    """Return the signs of `text`, all alike whatever their case, width and spaces."""
    return _SIGN.findall(unicodedata.normalize("NFKC", text).casefold())


def key(text: str) -> str:
    """Return `text` as names are compared."""
    return "".join(signs(text)[:MAX_NAME_SIGNS])[:80]


def refresh(shop_ids: Collection[int], *, at: datetime) -> None:
    """Write down by which names these shops are found now. Six statements for any number."""
    blocks = storefronts(shop_ids, at=at)
    names: dict[int, set[str]] = defaultdict(set)
    for pk, block in blocks.items():
        names[pk] |= _of_shop(block["shop"]["name"])
        if block["account"] is not None:
            names[pk] |= {key(block["account"]["name"]), key(block["account"]["handle"])}
    for pk, name in _own_brands(shop_ids, at).values_list("shop_id", "brand__name"):
        names[pk].add(key(name))
    former = NameChange.objects.filter(shop__in=shop_ids, cause="renamed", at__gt=at - FORMER)
    for pk, name in former.values_list("shop_id", "old_name"):
        names[pk] |= _of_shop(name)
    with transaction.atomic():
        StorefrontNames.objects.bulk_create(
            (
                StorefrontNames(
                    shop_id=pk,
                    names=sorted(names[pk] - {""}),
                    beginnings=sorted({part for name in names[pk] for part in _beginnings(name)}),
                )
                for pk in sorted(blocks)
            ),
            update_conflicts=True,
            unique_fields=["shop"],
            update_fields=["names", "beginnings"],
        )


def index_missing(*, at: datetime) -> int:
    """Index open shops that are not found by any name yet, some at once; return how many."""
    missing = Shop.objects.filter(status=ShopStatus.OPEN, storefront_names__isnull=True)
    pks = list(missing.order_by("pk").values_list("pk", flat=True)[:BATCH])
    if pks:
        refresh(pks, at=at)
    return len(pks)


def index_again(*, at: datetime) -> int:
    """Index all open shops again: a right to a brand ends, a former name is forgotten."""
    done, last = 0, 0
    while True:
        rows = Shop.objects.filter(status=ShopStatus.OPEN, pk__gt=last).order_by("pk")
        pks = list(rows.values_list("pk", flat=True)[:BATCH])
        if not pks:
            return done
        refresh(pks, at=at)
        done, last = done + len(pks), pks[-1]


def named(text: str) -> list[int]:
    """Return the primary keys of shops that `text` names, the best first, at most `MOST_FOUND`.

    First whom it names exactly, then who is named in it, then whose name it begins; of equals,
    the one with the better score. One query, none for a text without a sign.
    """
    asked = signs(text)[:MAX_QUERY_SIGNS]
    whole = "".join(asked)[:80]
    if not whole:
        return []
    inside = sorted(_inside(asked))
    found = StorefrontNames.objects.filter(
        Q(names__overlap=inside) | Q(beginnings__contains=[whole]),
        ~sales_stopped("shop_id"),
        shop__status=ShopStatus.OPEN,
    ).annotate(
        closeness=Case(
            When(names__contains=[whole], then=Value(2)),
            When(names__overlap=inside, then=Value(1)),
            default=Value(0),
            output_field=IntegerField(),
        )
    )
    score = F("shop__score_tenths").desc(nulls_last=True)
    ranked = found.order_by("-closeness", score, "shop_id")
    return list(ranked.values_list("shop_id", flat=True)[:MOST_FOUND])


def _of_shop(name: str) -> set[str]:
    """Return a shop's name, and what is left of it without the word for its type."""
    whole = key(name)
    bare = next((whole.removesuffix(one) for one in _TYPES if whole.endswith(one)), whole)
    return {whole, bare} if len(bare) >= SHORTEST_HAN else {whole}


def _own_brands(shop_ids: Collection[int], at: datetime) -> QuerySet[BrandGrant]:
    """Return the grants of brands that are these shops' own, not only sold by them."""
    grants = BrandGrant.objects.filter(
        shop__in=shop_ids, status=PaperStatus.APPROVED, kind__in=OWN_BRAND, starts_at__lte=at
    )
    return grants.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))


def _beginnings(name: str) -> Iterable[str]:
    """Return how a name begins, from the first length that says something; itself too."""
    shortest = SHORTEST_HAN if _HAN.match(name) else SHORTEST
    return (name[:length] for length in range(min(shortest, len(name)), len(name) + 1) if length)


def _inside(asked: list[str]) -> set[str]:
    """Return what could be a whole name in a query: its signs in a row, two at least."""
    several = {
        "".join(asked[first:last])[:80]
        for first in range(len(asked))
        for last in range(first + 1, min(first + MAX_NAME_SIGNS, len(asked)) + 1)
    }
    return {one for one in several if len(one) >= SHORTEST_HAN}

"""What rules need to know beyond the product itself, read for a whole set at once (CA-07)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.models import Q

from catalog.enums import PaperStatus, ScreeningKind
from catalog.models import (
    BrandGrant,
    Product,
    ScreeningRule,
    ShopPicture,
    ShopQualification,
)
from catalog.models.product import ON_SALE
from catalog.services.screening.matching import Candidate, Facts, covers
from kernel import walls

_MEDIANS = """
SELECT category_id, percentile_disc(0.5) WITHIN GROUP (ORDER BY min_price), count(*)
FROM catalog_product
WHERE category_id = ANY(%s) AND shelf_status = 'on' AND review_status = 'approved'
    AND min_price IS NOT NULL
GROUP BY category_id
"""


def read(rules: Sequence[ScreeningRule], candidates: Sequence[Candidate], *, at: datetime) -> Facts:
    """Return what `rules` ask about `candidates`: a statement or two a kind, none for no rule of
    it that covers a candidate.
    """
    asked: dict[str, list[Candidate]] = {}
    for kind in {rule.kind for rule in rules}:
        of_kind = [rule for rule in rules if rule.kind == kind]
        asked[kind] = [one for one in candidates if any(covers(rule, one) for rule in of_kind)]
    permitted = [*asked.get(ScreeningKind.LICENCE, []), *asked.get(ScreeningKind.BRAND_GRANT, [])]
    brands, licences = _documents({one.shop_id for one in permitted}, at)
    return Facts(
        medians=_medians({one.content.category.pk for one in asked.get(ScreeningKind.PRICE, [])}),
        titles=_titles(asked.get(ScreeningKind.SAME_TITLE, [])),
        pictures=_pictures(asked.get(ScreeningKind.SAME_PICTURE, [])),
        brands=brands,
        licences=licences,
    )


def _medians(categories: Collection[int]) -> dict[int, tuple[int, int]]:
    if not categories:
        return {}
    with (
        walls.outside("a category's median is of every shop's prices; only a yes or no comes back"),
        connection.cursor() as cursor,
    ):
        cursor.execute(_MEDIANS, [sorted(categories)])
        return {category: (median, count) for category, median, count in cursor.fetchall()}


def _titles(candidates: Sequence[Candidate]) -> dict[tuple[int, str], set[int]]:
    found: dict[tuple[int, str], set[int]] = defaultdict(set)
    if candidates:
        rows = Product.objects.filter(
            shop_id__in={one.shop_id for one in candidates},
            title__in={one.content.title for one in candidates},
        ).exclude(shelf_status="deleted")
        for pk, shop_id, title in rows.values_list("pk", "shop_id", "title"):
            found[shop_id, title].add(pk)
    return found


def _documents(
    shop_ids: Collection[int], at: datetime
) -> tuple[dict[int, set[tuple[int, str]]], dict[int, set[str]]]:
    """Return what shops may sell by documents that were accepted (SH-02, SH-05). Two queries."""
    brands: dict[int, set[tuple[int, str]]] = defaultdict(set)
    licences: dict[int, set[str]] = defaultdict(set)
    if shop_ids:
        accepted = Q(ends_at=None) | Q(ends_at__gt=at)
        accepted &= Q(shop_id__in=shop_ids, status=PaperStatus.APPROVED, starts_at__lte=at)
        grants = BrandGrant.objects.filter(accepted)
        for shop_id, brand_id, path in grants.values_list("shop_id", "brand_id", "category__path"):
            brands[shop_id].add((brand_id, path or ""))
        papers = ShopQualification.objects.filter(accepted)
        for shop_id, licence in papers.values_list("shop_id", "code"):
            licences[shop_id].add(licence)
    return brands, licences


def _pictures(candidates: Sequence[Candidate]) -> dict[tuple[int, str], set[int | None]]:
    """Return who else shows a main picture: within the shop by its address, elsewhere by digest."""
    found: dict[tuple[int, str], set[int | None]] = defaultdict(set)
    urls = {(one.shop_id, url) for one in candidates for url in one.content.image_urls}
    if not urls:
        return found
    shown = Product.objects.filter(
        shop_id__in={shop_id for shop_id, _url in urls},
        image_urls__has_any_keys=sorted({url for _shop, url in urls}),
    ).exclude(shelf_status="deleted")
    for pk, shop_id, addresses in shown.values_list("pk", "shop_id", "image_urls"):
        for url in addresses:
            if (shop_id, url) in urls:
                found[shop_id, url].add(pk)
    for key in _shown_elsewhere(urls):
        found[key].add(None)
    return found


def _shown_elsewhere(urls: Collection[tuple[int, str]]) -> set[tuple[int, str]]:
    """Return those of (shop, address) whose picture, byte for byte, a product on sale of another
    shop shows. Pictures that lie elsewhere have no digest.
    """
    start = len(settings.MEDIA_URL)
    paths = {url[start:] for _shop, url in urls if url.startswith(settings.MEDIA_URL)}
    if not paths:
        return set()
    with walls.outside("the same picture in another shop; only a yes or no comes back"):
        mine = list(
            ShopPicture.objects.filter(
                path__in=paths, shop_id__in={shop_id for shop_id, _url in urls}
            ).values_list("shop_id", "path", "digest")
        )
        copies = list(
            ShopPicture.objects.filter(digest__in={digest for *_key, digest in mine}).values_list(
                "shop_id", "path", "digest"
            )
        )
        addresses = {f"{settings.MEDIA_URL}{path}" for _shop, path, _digest in copies}
        shown = Product.objects.filter(
            ON_SALE,
            shop_id__in={shop_id for shop_id, *_picture in copies},
            image_urls__has_any_keys=sorted(addresses),
        )
        live = {
            (shop_id, url)
            for shop_id, several in shown.values_list("shop_id", "image_urls")
            for url in several
        }
    by_digest: dict[str, set[int]] = defaultdict(set)
    for shop_id, path, digest in copies:
        if (shop_id, f"{settings.MEDIA_URL}{path}") in live:
            by_digest[digest].add(shop_id)
    return {
        (shop_id, f"{settings.MEDIA_URL}{path}")
        for shop_id, path, digest in mine
        if by_digest[digest] - {shop_id}
    }

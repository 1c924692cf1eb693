"""The blocks that a shop page is made of, and what each must say (SH-20).

Only what this system really has can be shown: banners, products, notices. Video walls, live cards
and coupons become kinds here with the rooms that own videos, broadcasts and coupons.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from catalog.enums import BlockKind, GridSource
from catalog.errors import PageInvalid
from catalog.models import Product, ShopPicture
from catalog.policies import is_plain_text
from catalog.services.pictures.keeping import PREFIX
from kernel.errors import FieldError

MAX_BLOCKS = 20
MAX_PRODUCTS = 24
MAX_BANNERS = 6


def read(blocks: Sequence[Mapping[str, Any]], *, shop_id: int) -> list[dict[str, Any]]:
    """Return the blocks as they are kept, each with an id of its own, in their order.

    A banner shows uploaded pictures of the shop, each leading to one of its products or nowhere; a
    grid shows products of the shop, chosen or the newest or best-selling; a notice is text.

    Raises PageInvalid with a pointer to each fault. Two queries at most.
    """
    if len(blocks) > MAX_BLOCKS:
        raise _invalid("", "too_many", _("A page has at most 20 blocks."))
    kept = [_block(place, one) for place, one in enumerate(blocks)]
    ids = [one["id"] for one in kept]
    if len(set(ids)) < len(ids):
        raise _invalid("", "twice", _("A block stands on the page twice."))
    _check_owned(kept, shop_id)
    return kept


def _block(place: int, given: Mapping[str, Any]) -> dict[str, Any]:
    kind, key, title = given.get("kind"), str(given.get("id") or ""), given.get("title") or ""
    if kind not in BlockKind.values:
        raise _invalid(f"/{place}/kind", "unknown", _("There is no block of this kind."))
    if not (key.isascii() and key.isalnum() and len(key) <= 20):
        raise _invalid(f"/{place}/id", "bad_text", _("A block has an id of letters and digits."))
    if not is_plain_text(title, 0, 40):
        raise _invalid(f"/{place}/title", "bad_text", _("A title has at most 40 characters."))
    return {"id": key, "kind": str(kind), "title": title} | _READ[BlockKind(kind)](place, given)


def _banner(place: int, given: Mapping[str, Any]) -> dict[str, Any]:
    pictures = given.get("pictures") or ()
    if not 1 <= len(pictures) <= MAX_BANNERS:
        detail = _("A banner has one to six pictures.")
        raise _invalid(f"/{place}/pictures", "bad_count", detail)
    return {
        "pictures": [
            {"image_url": str(one["image_url"]), "product_id": str(one.get("product_id") or "")}
            for one in pictures
        ]
    }


def _grid(place: int, given: Mapping[str, Any]) -> dict[str, Any]:
    source = given.get("source") or GridSource.CHOSEN
    if source not in GridSource.values:
        raise _invalid(f"/{place}/source", "unknown", _("Choose products, or how they are found."))
    chosen = list(dict.fromkeys(given.get("product_ids") or ()))
    if source == GridSource.CHOSEN:
        if not 1 <= len(chosen) <= MAX_PRODUCTS:
            detail = _("A grid has one to 24 products.")
            raise _invalid(f"/{place}/product_ids", "bad_count", detail)
        return {"source": str(source), "product_ids": chosen, "count": len(chosen)}
    count = given.get("count") or 8
    if not isinstance(count, int) or not 1 <= count <= MAX_PRODUCTS:
        detail = _("A grid has one to 24 products.")
        raise _invalid(f"/{place}/count", "bad_count", detail)
    return {"source": str(source), "product_ids": [], "count": count}


def _notice(place: int, given: Mapping[str, Any]) -> dict[str, Any]:
    text = str(given.get("text") or "").strip()
    if not is_plain_text(text, 1, 500, is_multiline=True):
        raise _invalid(f"/{place}/text", "bad_text", _("A notice has 1 to 500 characters."))
    return {"text": text}


_READ = {BlockKind.BANNER: _banner, BlockKind.PRODUCT_GRID: _grid, BlockKind.NOTICE: _notice}


def _check_owned(blocks: Sequence[Mapping[str, Any]], shop_id: int) -> None:
    """Refuse pictures and products that are not the shop's."""
    pictures = [one for block in blocks for one in block.get("pictures", ())]
    wanted = {one["product_id"] for one in pictures if one["product_id"]}
    wanted |= {key for block in blocks for key in block.get("product_ids", ())}
    own = Product.objects.filter(shop_id=shop_id, public_id__in=wanted)
    known = set(own.values_list("public_id", flat=True)) if wanted else set()
    names = {one["image_url"] for one in pictures}
    paths = {url[len(settings.MEDIA_URL) :] for url in names if url.startswith(PREFIX)}
    rows = ShopPicture.objects.filter(shop_id=shop_id, path__in=paths)
    shown = {one.url for one in rows} if paths else set()
    for place, block in enumerate(blocks):
        for one in block.get("pictures", ()):
            if one["image_url"] not in shown:
                detail = _("This picture is none of the shop's: upload it first.")
                raise _invalid(f"/{place}/pictures", "unknown_picture", detail)
        named = {one["product_id"] for one in block.get("pictures", ()) if one["product_id"]}
        if not named | set(block.get("product_ids", ())) <= known:
            detail = _("A product on the page is one of the shop's.")
            raise _invalid(f"/{place}/product_ids", "unknown_product", detail)


def _invalid(pointer: str, code: str, detail: Any) -> PageInvalid:
    return PageInvalid(str(detail), errors=[FieldError(f"/blocks{pointer}", code, detail)])

"""Pictures of a shop: taken in, named by products, and files that nobody names thrown away."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.errors import TooManyPictures
from catalog.models import ShopPicture
from catalog.services.content import Content
from kernel import audit
from kernel.actors import Actor
from kernel.errors import FieldError
from kernel.pictures import BadPicture, Rendered, render
from kernel.text import readable_name
from shops.models import Shop

#: Where files lie in the default storage: ``pictures/<shop>/<digest>.jpg``.
FOLDER = "pictures"
PREFIX = f"{settings.MEDIA_URL}{FOLDER}/"
#: A main picture is at least so wide and high (CA-02).
MIN_MAIN_SIDE = 600
#: A file without a row may belong to an upload that is not committed yet.
KEEP_UNNAMED = timedelta(days=1)


@transaction.atomic
def take(
    *, shop: Shop, files: Iterable[tuple[str, bytes]], actor: Actor, at: datetime
) -> list[ShopPicture]:
    """Keep pictures (name, content) of `shop`, read one after the other; return them in order.

    A picture that the shop has is the one it has. Raises BadPicture, TooManyPictures; no row is
    written then, and the sweep removes the files. The quota is counted without a lock: requests
    at the same moment may pass it by what they bring.
    """
    known = ShopPicture.objects.filter(shop_id=shop.pk).count()
    kept = []
    for name, content in files:
        picture, is_new = _kept(shop, name, _made(name, content), actor)
        known += is_new
        if known > settings.MAX_SHOP_PICTURES:
            raise TooManyPictures
        if is_new:
            after = {"file": picture.filename, "digest": picture.digest}
            audit.record(
                actor=actor, action="catalog.upload_picture", target=picture, at=at, after=after
            )
        kept.append(picture)
    return kept


def _kept(shop: Shop, name: str, made: Rendered, actor: Actor) -> tuple[ShopPicture, bool]:
    digest = hashlib.sha256(made.content).hexdigest()
    known = ShopPicture.objects.filter(shop_id=shop.pk, digest=digest).first()
    if known is not None:
        return known, False
    # The storage gives a file its own name when there is one of this name: a file belongs to one
    # row, and the sweep cannot meet an upload.
    path = default_storage.save(
        f"{FOLDER}/{shop.public_id}/{digest}.jpg", ContentFile(made.content)
    )
    return ShopPicture.objects.get_or_create(
        shop_id=shop.pk,
        digest=digest,
        defaults={
            "path": path,
            "filename": readable_name(name),
            "width": made.width,
            "height": made.height,
            "size": len(made.content),
            "actor_label": actor.label[:120],
        },
    )


def _made(name: str, content: bytes) -> Rendered:
    try:
        return render(content)
    except BadPicture as refusal:
        fault = refusal.errors[0]
        said = {"file": readable_name(name) or "–", "fault": fault.detail}
        raise BadPicture.about(fault.code, _("File %(file)s: %(fault)s") % said) from None


def faults(shop_id: int, content: Content, more: Iterable[str] = ()) -> list[FieldError]:
    """Return what is wrong with the uploaded pictures that `content` and `more` (of SKUs) name.

    They are the shop's own, and main ones are large enough (CA-02). Addresses elsewhere are not
    looked at. One query, and none where nothing uploaded is named.
    """
    named = {
        "/image_urls": content.image_urls,
        "/detail_image_urls": content.detail_image_urls,
        "/price_evidence_url": [content.price_evidence_url],
        "/skus": list(more),
    }
    paths = {path for urls in named.values() for path in _paths(urls)}
    if not paths:
        return []
    rows = ShopPicture.objects.filter(shop_id=shop_id, path__in=paths)
    sides = {path: min(size) for path, *size in rows.values_list("path", "width", "height")}
    found: list[FieldError] = []
    for pointer, urls in named.items():
        least = MIN_MAIN_SIDE if pointer == "/image_urls" else 0
        found += _faults_at(pointer, [sides.get(path) for path in _paths(urls)], least)
    return found


def _faults_at(pointer: str, sides: Sequence[int | None], least: int) -> Iterator[FieldError]:
    if None in sides:
        detail = _("This picture is none of the shop's: upload it first.")
        yield FieldError(pointer, "unknown_picture", detail)
    if any(side is not None and side < least for side in sides):
        detail = _("A main picture is at least 600 pixels wide and high.")
        yield FieldError(pointer, "picture_too_small", detail)


def _paths(urls: Collection[str]) -> list[str]:
    start = len(settings.MEDIA_URL)
    return [url[start:] for url in urls if url.startswith(PREFIX)]


def sweep(*, at: datetime) -> int:
    """Delete files that no row names and that are older than a day; return how many went."""
    gone = 0
    for shop_id in _folders():
        rows = ShopPicture.objects.filter(shop__public_id=shop_id)
        named = set(rows.values_list("path", flat=True))
        for name in default_storage.listdir(f"{FOLDER}/{shop_id}")[1]:
            path = f"{FOLDER}/{shop_id}/{name}"
            if path in named or default_storage.get_modified_time(path) > at - KEEP_UNNAMED:
                continue
            default_storage.delete(path)
            gone += 1
    return gone


def _folders() -> list[str]:
    try:
        return default_storage.listdir(FOLDER)[0]
    except FileNotFoundError:
        return []

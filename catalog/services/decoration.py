"""A shop's page: drafted, published in versions, brought back (SH-20)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from catalog.models import ShopPage, ShopPageVersion
from catalog.services import blocks as reading
from kernel import audit
from kernel.actors import Actor
from kernel.errors import NotFound, StaleVersion


@transaction.atomic
def begin(*, shop_id: int) -> ShopPage:
    """Return the page of the shop, an empty draft where there was none."""
    return ShopPage.objects.get_or_create(shop_id=shop_id)[0]


@transaction.atomic
def save_draft(
    *,
    shop_id: int,
    blocks: Sequence[Mapping[str, Any]],
    version: int,
    at: datetime,
    actor: Actor,
) -> ShopPage:
    """Let the draft be `blocks`; buyers see nothing of it yet. Raises StaleVersion, PageInvalid."""
    page = _locked(shop_id)
    if page.version != version:
        raise StaleVersion(extra={"version": page.version})
    return _write(page, blocks, at, actor)


@transaction.atomic
def add_block(*, shop_id: int, block: Mapping[str, Any], at: datetime, actor: Actor) -> ShopPage:
    """Put a block below the others of the draft; it gets an id. Raises PageInvalid."""
    page = _locked(shop_id)
    return _write(page, [*page.blocks, {**block, "id": secrets.token_hex(4)}], at, actor)


@transaction.atomic
def move_block(*, shop_id: int, block_id: str, place: int, at: datetime, actor: Actor) -> ShopPage:
    """Let a block of the draft be the `place`-th from the top, 1 the first. Raises NotFound."""
    page = _locked(shop_id)
    rest, block = _without(page, block_id)
    rest.insert(max(place, 1) - 1, block)
    return _write(page, rest, at, actor)


@transaction.atomic
def remove_block(*, shop_id: int, block_id: str, at: datetime, actor: Actor) -> ShopPage:
    """Take a block out of the draft. Raises NotFound."""
    page = _locked(shop_id)
    rest, _block = _without(page, block_id)
    return _write(page, rest, at, actor)


@transaction.atomic
def publish(*, shop_id: int, at: datetime, actor: Actor) -> ShopPageVersion:
    """Let buyers see the draft from now on. Raises PageInvalid when it shows what is gone."""
    page = _locked(shop_id)
    kept = reading.read(page.blocks, shop_id=shop_id)
    return _publish(page, kept, None, at, actor)


@transaction.atomic
def restore(*, shop_id: int, number: int, at: datetime, actor: Actor) -> ShopPageVersion:
    """Let buyers see version `number` again, as a version of its own; the draft stays.

    Raises NotFound for a version that never was.
    """
    page = _locked(shop_id)
    known = ShopPageVersion.objects.filter(shop_id=shop_id, number=number).first()
    if known is None:
        raise NotFound
    return _publish(page, known.blocks, number, at, actor)


def _publish(
    page: ShopPage, blocks: list[Any], restores: int | None, at: datetime, actor: Actor
) -> ShopPageVersion:
    rows = ShopPageVersion.objects.filter(shop_id=page.shop_id).order_by("-number")
    last = rows.values_list("number", flat=True).first() or 0
    made = ShopPageVersion.objects.create(
        shop_id=page.shop_id,
        page=page,
        number=last + 1,
        blocks=blocks,
        restores=restores,
        published_at=at,
        actor_label=actor.label[:120],
    )
    after = {"number": made.number, "restores": restores}
    audit.record(actor=actor, action="catalog.publish_page", target=page, at=at, after=after)
    return made


def _write(
    page: ShopPage, blocks: Sequence[Mapping[str, Any]], at: datetime, actor: Actor
) -> ShopPage:
    before = [one["kind"] for one in page.blocks]
    page.blocks = reading.read(blocks, shop_id=page.shop_id)
    page.version += 1
    page.updated_at = at
    page.save(update_fields=["blocks", "version", "updated_at"])
    audit.record(
        actor=actor,
        action="catalog.edit_page",
        target=page,
        at=at,
        before={"blocks": before},
        after={"blocks": [one["kind"] for one in page.blocks]},
    )
    return page


def _locked(shop_id: int) -> ShopPage:
    begin(shop_id=shop_id)
    rows = ShopPage.objects.select_for_update(no_key=True, of=("self",))
    return rows.get(shop_id=shop_id)


def _without(page: ShopPage, block_id: str) -> tuple[list[Any], Any]:
    found = [one for one in page.blocks if one["id"] == block_id]
    if not found:
        raise NotFound
    return [one for one in page.blocks if one["id"] != block_id], found[0]

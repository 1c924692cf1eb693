"""Identity blocks, frozen: equal blocks of a shop are one row (decisions on the identity block)."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from cachetools import LRUCache
from django.db import transaction

from orders.models import IdentitySnapshot

Block = Mapping[str, Any]
#: (shop pk, digest)
Key = tuple[int, str]

#: Snapshots are never changed and never deleted, so their keys can be remembered for good.
_known: LRUCache[Key, int] = LRUCache(10_000)
_mutex = threading.Lock()


@dataclass(frozen=True)
class Face:
    """A block as a shop's orders freeze it."""

    shop_id: int
    block: Block
    #: Of a presenter: an active creator (CA-19). No part of what is frozen.
    is_creator: bool = False

    @cached_property
    def key(self) -> Key:
        """What tells it from other faces of the shop: the hash of its canonical JSON."""
        text = json.dumps(self.block, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return self.shop_id, hashlib.sha256(text.encode()).hexdigest()[:32]


def freeze(faces: Iterable[Face]) -> dict[Key, int]:
    """Return key → primary key of the snapshot of each face; those not seen before are written."""
    wanted = {face.key: face for face in faces}
    with _mutex:
        found = {key: pk for key in wanted if (pk := _known.get(key)) is not None}
    unknown = [face for key, face in wanted.items() if key not in found]
    if unknown:
        written = _find_or_write(unknown)
        found |= written
        transaction.on_commit(partial(_remember, written))
    return found


def _find_or_write(faces: Collection[Face]) -> dict[Key, int]:
    found = _find({face.key for face in faces})
    missing = sorted((face for face in faces if face.key not in found), key=lambda face: face.key)
    if not missing:
        return found
    IdentitySnapshot.objects.bulk_create(
        [
            IdentitySnapshot(shop_id=face.shop_id, digest=face.key[1], body=face.block)
            for face in missing
        ],
        ignore_conflicts=True,  # another checkout may freeze the same block just now
    )
    return found | _find({face.key for face in missing})


def _find(keys: Collection[Key]) -> dict[Key, int]:
    rows = IdentitySnapshot.objects.filter(
        shop_id__in={shop_id for shop_id, _digest in keys},
        digest__in={digest for _shop_id, digest in keys},
    ).values_list("shop_id", "digest", "pk")
    return {(shop_id, digest): pk for shop_id, digest, pk in rows if (shop_id, digest) in keys}


def _remember(written: Mapping[Key, int]) -> None:
    with _mutex:
        _known.update(written)

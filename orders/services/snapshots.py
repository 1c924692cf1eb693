"""Identity blocks, frozen: equal blocks of a shop are one row (decisions on the identity block)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from orders.models import IdentitySnapshot

Block = Mapping[str, Any]


def digest_of(block: Block) -> str:
    """Return the hash of the block's canonical JSON: 32 hexadecimal digits."""
    text = json.dumps(block, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def freeze_blocks(blocks: Iterable[tuple[int, Block]]) -> dict[tuple[int, str], IdentitySnapshot]:
    """Return (shop pk, digest) → the snapshot of each block; those not seen before are written."""
    wanted = {(shop_id, digest_of(block)): block for shop_id, block in blocks}
    found = _find(wanted)
    missing = {key: block for key, block in wanted.items() if key not in found}
    if not missing:
        return found
    IdentitySnapshot.objects.bulk_create(
        [
            IdentitySnapshot(shop_id=shop_id, digest=digest, body=block)
            for (shop_id, digest), block in sorted(missing.items(), key=lambda item: item[0])
        ],
        ignore_conflicts=True,  # another checkout may freeze the same block just now
    )
    return found | _find(missing)


def _find(keys: Iterable[tuple[int, str]]) -> dict[tuple[int, str], IdentitySnapshot]:
    keys = set(keys)
    rows = IdentitySnapshot.objects.filter(
        shop_id__in={shop_id for shop_id, _digest in keys},
        digest__in={digest for _shop_id, digest in keys},
    ).defer("body")
    return {(row.shop_id, row.digest): row for row in rows if (row.shop_id, row.digest) in keys}

"""Retries that do nothing twice: the effect and the kept answer are one transaction."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from kernel import crypto, walls
from kernel.errors import KeyInFlight, KeyReused
from kernel.models import IdempotencyRecord

MAX_KEY_LENGTH = 255


def fingerprint(body: Any) -> str:
    """Return a keyed hash of a JSON body that does not depend on the order of its keys.

    Keyed, for a body may hold an address: who reads the table cannot try addresses against it.
    """
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), default=str)
    return crypto.fingerprint(text)


def run_once(
    *, scope: str, key: str, body: Any, act: Callable[[], tuple[int, Any]]
) -> tuple[int, Any, bool]:
    """Run `act` once for (`scope`, `key`) and return (status, body, was replayed).

    `act` returns a status below 400 and a JSON body; when it raises, nothing is kept and the key is
    free again. `act` must not talk to the outside: it runs inside the transaction.

    Raises KeyReused for the same key with another body, KeyInFlight while the first still runs.
    """
    mark = fingerprint(body)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"{scope}\x1f{key}"]
            )
            is_ours = cursor.fetchone()[0]
        if not is_ours:
            raise KeyInFlight
        known = IdempotencyRecord.objects.filter(scope=scope, key=key).first()
        if known is not None:
            if known.fingerprint != mark:
                raise KeyReused
            return known.status, known.body, True
        status, answer = act()
        IdempotencyRecord.objects.create(
            scope=scope,
            key=key,
            fingerprint=mark,
            shop_id=walls.current(),
            status=status,
            body=answer,
        )
        return status, answer, False

"""Encryption of personal data at rest, with key rotation (newest key first)."""

from __future__ import annotations

import hmac
import json
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(value: dict[str, Any]) -> bytes:
    """Return `value` sealed with the newest key of HAODIAN_FIELD_KEYS."""
    return seal(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def decrypt(sealed: bytes | memoryview) -> dict[str, Any]:
    """Return what `encrypt` sealed with any of the keys. Raises cryptography's InvalidToken."""
    return json.loads(unseal(sealed))


def seal(content: bytes) -> bytes:
    """Return `content` sealed with the newest key of HAODIAN_FIELD_KEYS, a third longer."""
    return _box(tuple(settings.HAODIAN_FIELD_KEYS)).encrypt(content)


def unseal(sealed: bytes | memoryview) -> bytes:
    """Return what `seal` sealed with any of the keys. Raises cryptography's InvalidToken."""
    return _box(tuple(settings.HAODIAN_FIELD_KEYS)).decrypt(bytes(sealed))


def reseal(sealed: bytes | memoryview) -> bytes | None:
    """Return the same sealed with the newest key, None when it is already.

    Raises cryptography's InvalidToken when none of the keys opens it.
    """
    token, keys = bytes(sealed), tuple(settings.HAODIAN_FIELD_KEYS)
    try:
        _box(keys[:1]).decrypt(token)
    except InvalidToken:
        return _box(keys).rotate(token)
    return None


def mark(message: bytes) -> bytes:
    """Return 32 bytes that only who holds the newest of HAODIAN_FIELD_KEYS could make."""
    return _mark(settings.HAODIAN_FIELD_KEYS[0], message)


def is_marked(message: bytes, by: bytes | memoryview) -> bool:
    """Tell whether `by` is the mark of `message` by any of the keys."""
    marks = (_mark(key, message) for key in settings.HAODIAN_FIELD_KEYS)
    return any(hmac.compare_digest(bytes(by), one) for one in marks)


def _mark(key: str, message: bytes) -> bytes:
    return hmac.digest(key.encode(), b"mark\x1f" + message, "sha256")


def fingerprint(*parts: str) -> str:
    """Return a keyed hash of `parts` (32 hex digits): it recognises an input and tells none."""
    message = "\x1f".join(parts).encode()
    return hmac.digest(settings.SECRET_KEY.encode(), message, "sha256").hex()[:32]

"""HMAC-SHA256 over ``timestamp.body``: what both ends of the wire know."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings

#: Who we are to the gateway; a notice that is meant for somebody else is refused.
MERCHANT = "haodian"
APP = "haodian-app"
ENVIRONMENT = "sandbox"

TIMESTAMP_HEADER = "X-Sandbox-Timestamp"
SIGNATURE_HEADER = "X-Sandbox-Signature"


def sign(timestamp: str, body: bytes, key: str | None = None) -> str:
    """Return the signature (hexadecimal) of the raw `body` sent at `timestamp` (Unix seconds)."""
    secret = settings.SANDBOX_GATEWAY_SECRET if key is None else key
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def is_signed(timestamp: str, body: bytes, signature: str) -> bool:
    """Tell whether `signature` is ours. Without a key nothing is."""
    if not settings.SANDBOX_GATEWAY_SECRET:
        return False
    expected = sign(timestamp, body)
    return hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))

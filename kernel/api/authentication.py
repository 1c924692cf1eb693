"""Signed access tokens, checked without a query."""

from __future__ import annotations

import hashlib
import time
from threading import Lock
from typing import Any

from allauth.headless.contrib.rest_framework.authentication import JWTTokenAuthentication
from cachetools import LRUCache
from django.contrib.auth import get_user_model
from django.utils.functional import SimpleLazyObject
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

#: Digest of a token whose signature was checked → (user pk, end of its life): an app sends the same
#: one for a quarter of an hour. Neither token nor claims are kept, which are ten times as large.
_verified: LRUCache[bytes, tuple[int, float]] = LRUCache(20_000)
_mutex = Lock()


class BearerAuthentication(JWTTokenAuthentication):
    """``Authorization: Bearer <access token>``; the user is loaded only when something asks."""

    keyword = "Bearer"

    def authenticate_credentials(self, key: str) -> Any:
        """Return (lazy user, ``{"user_id"}``). Raises AuthenticationFailed."""
        digest = hashlib.sha256(key.encode()).digest()
        with _mutex:
            user_id, ends_at = _verified.get(digest, (0, 0.0))
        if ends_at <= time.time():
            user_id, ends_at = self._verify(key)
            with _mutex:
                _verified[digest] = user_id, ends_at
        lazy_user = SimpleLazyObject(lambda: get_user_model().objects.get(pk=user_id))
        return lazy_user, {"user_id": user_id}

    def _verify(self, key: str) -> tuple[int, float]:
        _user, claims = super().authenticate_credentials(key)
        try:
            return int(claims["sub"]), float(claims["exp"])
        except (KeyError, ValueError):
            raise AuthenticationFailed("Invalid token.") from None

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="haodian"'


class BearerScheme(OpenApiAuthenticationExtension):
    """Tells the schema about the header."""

    target_class = BearerAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}

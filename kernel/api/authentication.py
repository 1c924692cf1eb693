"""Signed access tokens, checked without a query."""

from __future__ import annotations

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

#: Claims of tokens whose signature was checked: an app sends the same one for a quarter of an hour.
_verified: LRUCache[str, dict[str, Any]] = LRUCache(20_000)
_mutex = Lock()


class BearerAuthentication(JWTTokenAuthentication):
    """``Authorization: Bearer <access token>``; the user is loaded only when something asks."""

    keyword = "Bearer"

    def authenticate_credentials(self, key: str) -> Any:
        """Return (lazy user, claims), ``user_id`` among them. Raises AuthenticationFailed."""
        with _mutex:
            claims = _verified.get(key)
        if claims is None or claims["exp"] <= time.time():
            claims = self._verify(key)
            with _mutex:
                _verified[key] = claims
        user_id = claims["user_id"]
        return SimpleLazyObject(lambda: get_user_model().objects.get(pk=user_id)), claims

    def _verify(self, key: str) -> dict[str, Any]:
        _user, claims = super().authenticate_credentials(key)
        try:
            return claims | {"user_id": int(claims["sub"]), "exp": claims["exp"]}
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

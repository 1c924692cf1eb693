"""Signed access tokens, checked without a query."""

from __future__ import annotations

from typing import Any

from allauth.headless.contrib.rest_framework.authentication import JWTTokenAuthentication
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request


class BearerAuthentication(JWTTokenAuthentication):
    """``Authorization: Bearer <access token>``; the user is loaded only when something asks."""

    def authenticate_credentials(self, key: str) -> Any:
        user, claims = super().authenticate_credentials(key)
        try:
            claims["user_id"] = int(claims["sub"])
        except ValueError:
            raise AuthenticationFailed("Invalid token.") from None
        return user, claims

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="haodian"'


class BearerScheme(OpenApiAuthenticationExtension):
    """Tells the schema about the header."""

    target_class = BearerAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}

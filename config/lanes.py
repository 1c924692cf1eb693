"""Middleware that pages need and calls of the API do not: sessions, messages, who is signed in.

A call of the API says who it is in one header, so its way is kept short; the addresses of sign-in
below it have sessions of their own and take the way of the pages.
"""

from typing import cast

from django.contrib.auth import middleware as auth
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

API = "/api/v1/"
SIGN_IN = "/api/v1/auth/"


def is_call(path: str) -> bool:
    """Tell whether a path is the API's, sign-in left out."""
    return path.startswith(API) and not path.startswith(SIGN_IN)


class _ForPages(MiddlewareMixin):
    """Steps aside for calls of the API."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        passed = self.get_response if is_call(request.path) else super().__call__
        return cast("HttpResponseBase", passed(request))  # WSGI: nothing to await


class SessionMiddleware(_ForPages, sessions.SessionMiddleware):
    """Sessions, for pages."""


class AuthenticationMiddleware(_ForPages, auth.AuthenticationMiddleware):
    """Who is signed in, for pages."""


class MessageMiddleware(_ForPages, messages.MessageMiddleware):
    """What the next page tells, for pages."""

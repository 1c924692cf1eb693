"""Who knocks: people with their tokens, and what a door answered."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from allauth.headless.tokens.strategies.jwt import internal
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from accounts.models import User
from tests.walks.bodies import Request
from tests.walks.doors import Door


@dataclass(frozen=True)
class Caller:
    """A person at the door; nobody signed in has no user."""

    name: str
    user: User | None

    def client(self) -> APIClient:
        """Return a client that answers a crash as 500 instead of raising it."""
        client = APIClient(raise_request_exception=False)
        if self.user is not None:
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {token_of(self.user.pk)}")
        return client


@dataclass(frozen=True)
class Answer:
    """What came back, as text."""

    status: int
    text: str
    content_type: str

    @property
    def code(self) -> str:
        """The problem's code, or nothing."""
        try:
            body = json.loads(self.text)
        except ValueError:
            return ""
        return body.get("code", "") if isinstance(body, dict) else ""


def ask(caller: Caller, door: Door, request: Request) -> Answer:
    """Send `request` to `door` as `caller`."""
    client, keywords = caller.client(), {"headers": request.headers}
    if door.method == "get":
        response = client.get(request.path, request.query, **keywords)
    elif isinstance(request.body, bytes):  # as it is, without being written as JSON first
        response = client.generic(
            door.method.upper(), request.path, request.body, "application/json", **keywords
        )
    else:
        send: Any = getattr(client, door.method)
        shape = "multipart" if door.is_form else "json"
        response = send(request.path, _files(request.body), format=shape, **keywords)
    return _read(response)


def ask_plainly(caller: Caller, method: str, path: str) -> Answer:
    """Send an empty JSON object to an address that no document of ours describes."""
    client: Any = caller.client()
    if method == "GET":
        return _read(client.get(path))
    return _read(client.generic(method, path, "{}", "application/json"))


def _read(response: Any) -> Answer:
    text = response.getvalue().decode(errors="replace")  # a file is read to its end
    return Answer(response.status_code, text, response.headers.get("Content-Type", ""))


def _files(body: Any) -> Any:
    """Return the body with a fresh file for each value that is bytes."""
    if not isinstance(body, dict):
        return body
    return {
        name: SimpleUploadedFile("walk.csv", value) if isinstance(value, bytes) else value
        for name, value in body.items()
    }


@cache
def token_of(user_pk: int) -> str:
    """Return an access token of the user."""
    return internal.create_token("access", sub=str(user_pk), sid="walk", expires_in=7200)[0]

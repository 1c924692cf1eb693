"""The seven people of the story, each with an app of their own."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

import httpx

from demo.story.teller import StoryBroke

API = "/api/v1"
PATIENCE = 30.0


class Person:
    """Somebody with an app: a name, a token and the API."""

    def __init__(self, name: str, base_url: str) -> None:
        self.name = name
        self.http = httpx.Client(base_url=base_url, timeout=30.0)
        self.email = ""

    def sign_up(self, password: str) -> None:
        """Make a new log-in and hold its access token."""
        self.email = f"{uuid.uuid4().hex[:12]}@story.haodian.example"
        self._authenticate("signup", {"email": self.email, "password": password})

    def sign_in(self, email: str, password: str) -> None:
        """Log in and hold the access token."""
        self.email = email
        self._authenticate("login", {"email": email, "password": password})

    def _authenticate(self, act: str, body: dict[str, str]) -> None:
        response = self.http.post(f"{API}/auth/app/v1/auth/{act}", json=body)
        if response.status_code != httpx.codes.OK:
            raise StoryBroke(f"{self.name} could not {act}: {response.status_code} {response.text}")
        token = response.json()["meta"]["access_token"]
        self.http.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **params: Any) -> Any:
        """Return the JSON of a GET, or raise StoryBroke."""
        return self._expect(self.http.get(API + path, params=params), "GET", path, ())

    def post(self, path: str, body: Any = None, *, key: str = "", refusal: str = "") -> Any:
        """Return the JSON of a POST with an idempotency key.

        With `refusal` the call must be refused with that code; the problem document is returned.
        """
        headers = {"Idempotency-Key": key or uuid.uuid4().hex}
        response = self.http.post(API + path, json=body or {}, headers=headers)
        return self._expect(response, "POST", path, (refusal,) if refusal else ())

    def put(self, path: str, body: Any) -> Any:
        """Return the JSON of a PUT."""
        return self._expect(self.http.put(API + path, json=body), "PUT", path, ())

    def patch(self, path: str, body: Any) -> Any:
        """Return the JSON of a PATCH."""
        return self._expect(self.http.patch(API + path, json=body), "PATCH", path, ())

    def _expect(
        self, response: httpx.Response, method: str, path: str, refusals: tuple[str, ...]
    ) -> Any:
        body = response.json() if response.content else None
        if refusals:
            if response.is_error and body and body.get("code") in refusals:
                return body
            raise StoryBroke(
                f"{self.name}: {method} {path} should be refused with {refusals[0]}, "
                f"got {response.status_code} {response.text[:500]}"
            )
        if response.is_error:
            raise StoryBroke(
                f"{self.name}: {method} {path} → {response.status_code} {response.text[:800]}"
            )
        return body


def eventually(question: Callable[[], Any], what: str) -> Any:
    """Ask until the answer is true and return it: facts reach other rooms a moment after commit."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        answer = question()
        if answer:
            return answer
        time.sleep(0.2)
    raise StoryBroke(f"waited {PATIENCE:.0f} s in vain for {what}")

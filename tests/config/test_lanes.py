"""The short way of API calls: what a page's way gives, without what only pages need."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings

CALL = "/api/v1/orders/groups/G0"


def test_an_answer_carries_the_headers_of_safety_and_its_length(client):
    answer = client.get(CALL, headers={"Accept-Language": "zh-CN"})
    assert answer.status_code == 401
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer["Content-Language"] == "zh-hans"
    assert "Accept-Language" in answer["Vary"]
    assert int(answer["Content-Length"]) == len(answer.content)
    assert answer["X-Request-Id"] == answer.json()["request_id"]


@pytest.mark.parametrize(
    ("path", "has_sessions"), [(CALL, False), ("/api/v1/auth/app/v1/config", True), ("/", True)]
)
def test_only_pages_and_sign_in_have_sessions(path, has_sessions):
    answer = Client().get(path)
    assert hasattr(answer.wsgi_request, "session") is has_sessions


def test_a_foreign_host_is_refused_in_the_shape_of_the_api(client):
    answer = client.get(CALL, headers={"Host": "elsewhere.example"})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")


def test_an_unknown_address_is_404_whatever_the_slash(client):
    for path in ("/api/v1/nowhere", "/api/v1/nowhere/", CALL + "/"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path


def test_a_call_without_tls_is_sent_to_it():
    with override_settings(SECURE_SSL_REDIRECT=True, SECURE_HSTS_SECONDS=60):
        caller = Client()  # with middleware of its own
        answer = caller.get(CALL)
        assert (answer.status_code, answer["Location"]) == (301, f"https://testserver{CALL}")
        answer = caller.get(CALL, secure=True)
        assert answer.status_code == 401
        assert answer["Strict-Transport-Security"].startswith("max-age=60")


def test_what_fails_is_a_problem_without_a_word_of_why(monkeypatch):
    from orders.api import buyer

    def broken(*_args: object, **_keys: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(buyer.GroupView, "initial", broken)
    answer = Client(raise_request_exception=False).get(CALL)
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert b"secret" not in answer.content

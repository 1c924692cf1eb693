"""Bodies: what is read, and what is refused before a view sees it."""

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.kernel.api.problems import assert_problem

URL = "/api/t/open"


def send(client: APIClient, raw: bytes, content_type: str = "application/json") -> Any:
    return client.generic("POST", URL, raw, content_type=content_type)


def test_a_plain_body_is_read(anonymous_client: APIClient) -> None:
    response = send(anonymous_client, '{"title": "灯 😀", "quantity": 2}'.encode())

    assert response.status_code == 201
    assert response.json() == {
        "title": "灯 😀",
        "quantity": 2,
        "cost": {"amount": 2, "currency": "CNY"},
    }


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"",
        b'{"title": "a",}',
        b"{'title': 'a'}",
        b'{"title": "a"} {}',
        b'{"title": NaN}',
        b'{"title": Infinity}',
        b'{"title": -Infinity}',
        b'{"title": "a", "title": "b"}',
        b'{"title": "a", "data": {"x": 1, "x": 2}}',
        b'{"title": "a", "number": 1e400}',
        b'{"title": "a", "number": ' + b"9" * 31 + b"}",
        b'{"title": "a", "number": 0.' + b"9" * 400 + b"}",
        b'{"title": "\xff\xfe"}',
        b'\xef\xbb\xbf{"title": "a"}',
        '{"title": "a"}'.encode("utf-16"),
        b'{"title": "a\\u0000b"}',
        b'{"title": "\\ud800"}',
        b'{"title": "a", "tags": ["\\udfff"]}',
        b'{"title": "a", "data": {"\\u0000": 1}}',
        b'{"title": "a", "data": ' + b"[" * 20 + b"]" * 20 + b"}",
        b"[" * 100_000,
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    ],
    ids=lambda raw: raw[:24].decode("latin-1"),
)
def test_what_is_not_strict_json_is_malformed(anonymous_client: APIClient, raw: bytes) -> None:
    response = send(anonymous_client, raw)

    if raw:
        assert_problem(response, 400, "malformed_body")
    else:
        assert_problem(response, 400, "invalid", ["/title"])


def test_sixteen_levels_are_deep_enough(anonymous_client: APIClient) -> None:
    nested = "[" * 14 + "]" * 14

    assert send(anonymous_client, f'{{"title": "a", "data": {nested}}}'.encode()).status_code == 201


@pytest.mark.parametrize("raw", [b"null", b"[]", b'"text"', b"3", b"true"])
def test_a_body_that_is_no_object_is_refused(anonymous_client: APIClient, raw: bytes) -> None:
    assert_problem(send(anonymous_client, raw), 400, "invalid", ["/"])


def test_more_than_a_megabyte_is_too_large(anonymous_client: APIClient) -> None:
    body = json.dumps({"title": "a", "tags": ["x" * 100] * 10_000}).encode()
    assert len(body) > 1_000_000

    assert_problem(send(anonymous_client, body), 413, "body_too_large")


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "garbage",
    ],
)
def test_only_json_is_read(anonymous_client: APIClient, content_type: str) -> None:
    response = send(anonymous_client, b"title=a", content_type)

    assert_problem(response, 415, "unsupported_media_type")

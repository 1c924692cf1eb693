"""How a refusal of the API is checked: its whole shape, always."""

from http import HTTPStatus
from typing import Any


def assert_problem(
    response: Any, status: int, code: str, pointers: list[str] | None = None
) -> dict[str, Any]:
    """Check that `response` is a problem with `code`; return the document."""
    body = response.json()
    assert (response.status_code, body["code"]) == (status, code), body
    assert response["Content-Type"] == "application/problem+json"
    assert response["X-Request-Id"] == body["request_id"]
    assert body["type"] == "about:blank"
    assert body["title"] == HTTPStatus(status).phrase
    assert body["status"] == status
    assert isinstance(body["detail"], str)
    assert body["detail"] != ""
    if pointers is not None:
        assert sorted(fault["pointer"] for fault in body["errors"]) == sorted(pointers)
    for fault in body["errors"]:
        assert set(fault) == {"pointer", "code", "detail"}
    return body

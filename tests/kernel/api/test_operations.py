"""What an operation takes and gives."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from rest_framework.test import APIClient

from kernel.api import operations
from kernel.api.operations import operation
from kernel.api.serializers import In
from kernel.models import IdempotencyRecord, OutboxMessage
from tests.factories.accounts import UserFactory
from tests.kernel.api.problems import assert_problem

URL = "/api/t/open"


@pytest.mark.parametrize(
    ("fields", "pointers", "code"),
    [
        ({}, ["/title"], "required"),
        ({"title": None}, ["/title"], "required"),
        ({"title": "  "}, ["/title"], "required"),
        ({"title": 5}, ["/title"], "invalid"),
        ({"title": True}, ["/title"], "invalid"),
        ({"title": ["a"]}, ["/title"], "invalid"),
        ({"title": "x" * 201}, ["/title"], "max_length"),
        ({"title": "a", "price_amount": 1}, ["/price_amount"], "unknown_field"),
        ({"title": "a", "a/b~c": 1}, ["/a~1b~0c"], "unknown_field"),
        ({"title": "a", "quantity": 0}, ["/quantity"], "min_value"),
        ({"title": "a", "quantity": -1}, ["/quantity"], "min_value"),
        ({"title": "a", "quantity": 10_000}, ["/quantity"], "max_value"),
        ({"title": "a", "quantity": "2"}, ["/quantity"], "invalid"),
        ({"title": "a", "quantity": 2.5}, ["/quantity"], "invalid"),
        ({"title": "a", "quantity": True}, ["/quantity"], "invalid"),
        ({"title": "a", "quantity": None}, ["/quantity"], "required"),
        ({"title": "a", "number": 2**31}, ["/number"], "max_value"),
        ({"title": "a", "number": -(2**31)}, ["/number"], "min_value"),
        ({"title": "a", "price": 0}, ["/price"], "min_value"),
        ({"title": "a", "price": 10**10 + 1}, ["/price"], "max_value"),
        ({"title": "a", "rate_bp": 10_001}, ["/rate_bp"], "max_value"),
        ({"title": "a", "tags": "b"}, ["/tags"], "not_a_list"),
        ({"title": "a", "tags": ["b", 3, "c", None]}, ["/tags/1", "/tags/3"], None),
    ],
)
def test_a_wrong_field_is_named_with_its_pointer_and_code(
    anonymous_client: APIClient, fields: dict[str, Any], pointers: list[str], code: str | None
) -> None:
    body = assert_problem(anonymous_client.post(URL, fields), 400, "invalid", pointers)

    assert code is None or {fault["code"] for fault in body["errors"]} == {code}


def test_every_fault_is_told_at_once(anonymous_client: APIClient) -> None:
    response = anonymous_client.post(URL, {"quantity": 0, "number": "x"})

    assert_problem(response, 400, "invalid", ["/title", "/quantity", "/number"])


def test_text_is_trimmed(anonymous_client: APIClient) -> None:
    assert anonymous_client.post(URL, {"title": "  a "}).json()["title"] == "a"


def test_an_amount_that_is_missing_is_null_not_zero(anonymous_client: APIClient) -> None:
    assert anonymous_client.post(URL, {"title": "a"}).json()["cost"] is None


@pytest.mark.django_db
def test_a_post_that_takes_nothing_refuses_something(client_for: Callable[..., APIClient]) -> None:
    client = client_for(UserFactory())

    assert client.post("/api/t/signed", {}).status_code == 200
    assert client.generic("POST", "/api/t/signed").status_code == 200
    assert_problem(client.post("/api/t/signed", {"amount": 1}), 400, "invalid", ["/amount"])


@pytest.mark.django_db
def test_nothing_where_something_was_promised_is_not_found(
    client_for: Callable[..., APIClient],
) -> None:
    assert_problem(client_for(UserFactory()).get("/api/t/signed"), 404, "not_found")


@pytest.mark.django_db
@pytest.mark.parametrize("key", [None, "", "x" * 256, "clé", "a\tb"])
def test_an_operation_that_must_run_once_demands_a_key(
    client_for: Callable[..., APIClient], key: str | None
) -> None:
    headers = {} if key is None else {"Idempotency-Key": key}

    response = client_for(UserFactory()).post("/api/t/once", {"title": "a"}, headers=headers)

    assert_problem(response, 400, "invalid", ["/headers/Idempotency-Key"])
    assert OutboxMessage.objects.count() == 0


@pytest.mark.django_db
def test_a_retry_gets_the_first_answer_and_says_so(client_for: Callable[..., APIClient]) -> None:
    client = client_for(UserFactory())
    key = {"Idempotency-Key": "k" * 255}

    first = client.post("/api/t/once", {"title": "a"}, headers=key)
    second = client.post("/api/t/once", {"title": "a"}, headers=key)

    assert (first.status_code, "Idempotent-Replayed" in first) == (201, False)
    assert (second.status_code, second["Idempotent-Replayed"]) == (201, "true")
    assert first.json() == second.json()
    assert OutboxMessage.objects.count() == 1


@pytest.mark.django_db
def test_the_same_key_for_another_body_is_refused(client_for: Callable[..., APIClient]) -> None:
    client = client_for(UserFactory())
    key = {"Idempotency-Key": "k"}
    client.post("/api/t/once", {"title": "a"}, headers=key)

    response = client.post("/api/t/once", {"title": "b"}, headers=key)

    assert_problem(response, 422, "idempotency_key_reused")
    assert list(OutboxMessage.objects.values_list("topic", flat=True)) == ["a"]


@pytest.mark.django_db
def test_two_people_may_use_the_same_key(client_for: Callable[..., APIClient]) -> None:
    key = {"Idempotency-Key": "k"}

    answers = [
        client_for(UserFactory()).post("/api/t/once", {"title": title}, headers=key)
        for title in ("a", "b")
    ]

    assert [answer.json()["title"] for answer in answers] == ["a", "b"]


@pytest.mark.django_db
def test_a_refused_act_keeps_nothing_and_frees_its_key(
    client_for: Callable[..., APIClient],
) -> None:
    client = client_for(UserFactory())
    key = {"Idempotency-Key": "k"}

    response = client.post("/api/t/once", {"title": "broken"}, headers=key)

    assert_problem(response, 409, "stale_version")
    assert (OutboxMessage.objects.count(), IdempotencyRecord.objects.count()) == (0, 0)
    assert client.post("/api/t/once", {"title": "whole"}, headers=key).status_code == 201


class _Body(msgspec.Struct):
    title: str


class _Shape(In):
    struct = _Body


@pytest.mark.parametrize(("takes", "learnt"), [(_Shape, [_Body]), (In, []), (None, [])])
def test_a_struct_is_learnt_before_there_are_threads(monkeypatch, takes, learnt) -> None:
    """Two threads that are the first to use a struct of msgspec crash the process."""
    seen = []
    monkeypatch.setattr(operations.msgspec.json, "Decoder", seen.append)

    @operation(takes=takes)
    def post(self, request, data=None): ...

    assert seen == learnt

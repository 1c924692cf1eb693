"""Pages by cursor."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from kernel.models import OutboxMessage
from tests.kernel.api.problems import assert_problem

URL = "/api/t/open"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def lamps(*topics: str) -> list[OutboxMessage]:
    return OutboxMessage.objects.bulk_create(
        [OutboxMessage(topic=topic, payload={}) for topic in topics]
    )


def token(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def walk(client: APIClient, url: str = URL, limit: int = 2) -> list[str]:
    """Follow `next` to the end, then `previous` to the start; both ways give the same rows."""
    there, back = [], []
    page = client.get(url, {"limit": limit}).json()
    assert page["previous"] is None
    while True:
        there.append([row["id"] for row in page["results"]])
        if page["next"] is None:
            break
        page = client.get(url, {"limit": limit, "cursor": page["next"]}).json()
    while True:
        back.insert(0, [row["id"] for row in page["results"]])
        if page["previous"] is None:
            break
        page = client.get(url, {"limit": limit, "cursor": page["previous"]}).json()
    flat = [one for rows in there for one in rows]
    assert [one for rows in back for one in rows] == flat
    return flat


def test_an_empty_list_is_one_empty_page(anonymous_client: APIClient) -> None:
    page = anonymous_client.get(URL).json()

    assert page == {"results": [], "next": None, "previous": None}


def test_a_list_that_fits_has_no_neighbours(anonymous_client: APIClient) -> None:
    lamps("a", "b")

    page = anonymous_client.get(URL, {"limit": 2}).json()

    assert [row["topic"] for row in page["results"]] == ["a", "b"]
    assert (page["next"], page["previous"]) == (None, None)


def test_rows_equal_in_the_ordering_are_each_shown_once(anonymous_client: APIClient) -> None:
    made = lamps(*["same"] * 7)

    assert walk(anonymous_client) == [str(one.pk) for one in made]


@pytest.mark.parametrize("way", ["up", "down"])
def test_empty_columns_are_paged_through_both_ways(anonymous_client: APIClient, way: str) -> None:
    made = lamps(*"abcdefg")
    for hours, one in ((1, made[1]), (1, made[4]), (2, made[2])):
        OutboxMessage.objects.filter(pk=one.pk).update(relayed_at=NOON + timedelta(hours=hours))
    order = ("relayed_at", "pk") if way == "up" else ("-relayed_at", "-pk")
    expected = [str(one.pk) for one in OutboxMessage.objects.order_by(*order)]

    for limit in (1, 2, 3, 5):
        assert walk(anonymous_client, f"/api/t/nullable/{way}", limit) == expected


@settings(max_examples=25)
@given(st.lists(st.sampled_from("abc"), max_size=9), st.integers(min_value=1, max_value=4))
def test_any_list_is_walked_whole_without_repeats(topics: list[str], limit: int) -> None:
    OutboxMessage.objects.all().delete()
    lamps(*topics)
    expected = [str(one.pk) for one in OutboxMessage.objects.order_by("topic", "pk")]

    assert walk(APIClient(), limit=limit) == expected


def test_rows_that_appear_meanwhile_neither_repeat_nor_hide_others(
    anonymous_client: APIClient,
) -> None:
    lamps("b", "d", "f")
    page = anonymous_client.get(URL, {"limit": 2}).json()
    lamps("a", "c", "e")

    rest = anonymous_client.get(URL, {"limit": 9, "cursor": page["next"]}).json()

    assert [row["topic"] for row in rest["results"]] == ["e", "f"]


def test_no_page_counts_or_skips_rows(anonymous_client: APIClient) -> None:
    lamps(*["same"] * 30)
    page = anonymous_client.get(URL, {"limit": 20}).json()

    with CaptureQueriesContext(
        connection,
    ) as captured:
        anonymous_client.get(URL, {"limit": 20, "cursor": page["next"]})

    assert len(captured) == 1
    statement = captured.captured_queries[0]["sql"]
    assert ("OFFSET" in statement, "COUNT" in statement) == (False, False)


def test_filters_apply_and_unknown_ones_are_refused(anonymous_client: APIClient) -> None:
    lamps("a", "b")

    page = anonymous_client.get(URL, {"topic": "b"}).json()

    assert [row["topic"] for row in page["results"]] == ["b"]
    assert_problem(anonymous_client.get(URL, {"tpic": "b"}), 400, "invalid", ["/tpic"])


@pytest.mark.parametrize("limit", ["0", "-1", "101", "x", "", "1e1", "٣", "9" * 5_000, "1.0", " 5"])
def test_a_limit_is_a_number_from_1_to_100(anonymous_client: APIClient, limit: str) -> None:
    assert_problem(anonymous_client.get(URL, {"limit": limit}), 400, "invalid", ["/limit"])


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "é",
        "!!!!",
        "a" * 601,
        token(),
        token(0),
        token(0, "a"),
        token(0, "a", 1, 2),
        token(2, "a", 1),
        token("0", "a", 1),
        token(0, "a", "x"),
        token(0, "a", [1]),
        token(0, "a\x00", 1),
        token(0, {"a": 1}, 1),
        token({"a": 1}),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        base64.urlsafe_b64encode(b"[" * 400).decode(),
    ],
)
def test_a_cursor_that_is_not_ours_is_refused(anonymous_client: APIClient, cursor: str) -> None:
    assert_problem(anonymous_client.get(URL, {"cursor": cursor}), 400, "invalid", ["/cursor"])


@pytest.mark.parametrize("value", ["yesterday", "2026-13-45T00:00:00Z", 5, 1.5])
def test_a_cursor_with_a_value_of_another_type_is_refused(
    anonymous_client: APIClient, value: Any
) -> None:
    response = anonymous_client.get("/api/t/nullable/up", {"cursor": token(0, value, 1)})

    assert_problem(response, 400, "invalid", ["/cursor"])

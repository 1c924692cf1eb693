"""Lists of the consoles: pages by their neighbours, counts that end, searches by number."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from itertools import chain

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kernel import counting
from kernel.keyset import LAST
from kernel.models import AuditEntry
from tests.kernel.admin import urls

AT = datetime(2026, 3, 1, tzinfo=UTC)
LIST = "/lab/kernel/auditentry/"
PAGE = 25

pytestmark = pytest.mark.django_db

Visit = Callable[..., Client]


@pytest.fixture
def _sixty() -> None:
    """Sixty entries of which always three have one time."""
    AuditEntry.objects.bulk_create(
        AuditEntry(
            at=AT + timedelta(minutes=n // 3), actor_role="system", action="open", target_id=f"n{n}"
        )
        for n in range(60)
    )


@pytest.fixture(params=[("-at", "-pk"), ("at", "-pk"), ("actor_user_id", "pk")])
def _ordered(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(urls.EntryPage, "ordering", request.param)


def shown(page: str) -> list[str]:
    return re.findall(rf'href="{LIST}(n\d+)/change/', page)


def link(page: str, name: str) -> str | None:
    found = re.search(rf'rel="{name}" href="([^"]+)"', page)
    return LIST + unescape(found[1]) if found else None


def walk(client: Client, url: str, name: str) -> list[list[str]]:
    pages = []
    following: str | None = url
    while following:
        page = client.get(following).content.decode()
        pages.append(shown(page))
        following = link(page, name)
    return pages


@pytest.mark.usefixtures("_sixty", "_ordered")
def test_a_list_is_walked_on_and_back_without_a_gap(visit: Visit) -> None:
    client = visit()
    expected = list(
        AuditEntry.objects.order_by(*urls.EntryPage.ordering).values_list("target_id", flat=True)
    )

    on = walk(client, LIST, "next")
    back = walk(client, f"{LIST}?from={LAST}", "prev")

    assert [len(page) for page in on] == [PAGE, PAGE, 10]
    assert list(chain(*on)) == expected
    assert list(chain(*reversed(back))) == expected


@pytest.mark.usefixtures("_sixty")
def test_no_page_is_skipped_to_and_no_count_is_without_end(visit: Visit) -> None:
    client = visit()
    second = link(client.get(LIST).content.decode(), "next")

    with CaptureQueriesContext(connection) as queries:
        client.get(str(second))

    asked = [one["sql"] for one in queries.captured_queries if "kernel_auditentry" in one["sql"]]
    assert not any("OFFSET" in one for one in asked)
    assert all(f"LIMIT {counting.COUNT_CAP + 1}" in one for one in asked if "COUNT(" in one)
    assert len(asked) == 2


@pytest.mark.usefixtures("_sixty")
def test_a_count_ends_at_its_cap(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    before = visit().get(LIST).content.decode()
    monkeypatch.setattr(counting, "COUNT_CAP", 59)
    after = visit().get(LIST).content.decode()

    assert re.search(r"<span>60 audit entries</span>", before)
    assert re.search(r"<span>59\+ audit entries</span>", after)


@pytest.mark.usefixtures("_sixty")
@pytest.mark.parametrize("cursor", ["", "x", "WzBd", "WzAsMV0", "p" * 700])
def test_a_cursor_of_another_list_leads_to_the_first_page(visit: Visit, cursor: str) -> None:
    response = visit().get(f"{LIST}?from={cursor}", follow=True)

    assert response.status_code == 200
    assert len(shown(response.content.decode())) == PAGE


@pytest.mark.usefixtures("_sixty")
def test_a_filter_keeps_the_page_within_it_and_a_new_one_begins_anew(visit: Visit) -> None:
    page = visit().get(f"{LIST}?action=open").content.decode()
    following = str(link(page, "next"))

    second = visit().get(following).content.decode()

    assert "action=open" in following
    assert "from=" not in str(link(second, "first"))


@pytest.mark.usefixtures("_sixty")
def test_only_offered_columns_sort(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    first = shown(visit().get(LIST).content.decode())
    monkeypatch.setattr(urls.EntryPage, "sortable_by", (), raising=False)

    assert shown(visit().get(f"{LIST}?o=-2").content.decode()) == first


@pytest.mark.usefixtures("_sixty")
def test_a_number_is_found_whole_and_only_among_what_one_sees(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(urls.EntryPage, "search_exactly", ("target_id",))
    AuditEntry.objects.create(at=AT, actor_role="system", action="x", target_id="N7", shop_id=5)

    def found(word: str, **who: object) -> list[str]:
        return shown(visit(**who).get(f"{LIST}?q={word}").content.decode())

    assert found("n7") == ["n7"]
    assert found(" n8 ") == ["n8"]
    assert found("n") == []

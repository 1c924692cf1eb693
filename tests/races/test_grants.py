"""Two operators accept exclusive rights to one brand at once; the brand's row is the lock."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db.models import QuerySet

from catalog.enums import PaperStatus
from catalog.models import BrandGrant
from catalog.services import papers
from kernel.actors import SYSTEM
from shops.enums import GrantKind
from tests.factories.catalog import BrandFactory, BrandGrantFactory
from tests.races.racing import ends_of, no_lock, pause

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def race() -> Counter[str]:
    """Accept an exclusive right of each of two shops to one brand."""
    brand = BrandFactory()
    grants = [
        BrandGrantFactory(brand=brand, kind=GrantKind.EXCLUSIVE, status=PaperStatus.PENDING)
        for _ in range(2)
    ]
    return ends_of(
        *(lambda one=one: papers.approve(paper=one, at=AT, actor=SYSTEM) for one in grants)
    )


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have looked for another before either writes, where nothing keeps them apart."""
    decide = papers._decide

    def later(*args: Any) -> Any:
        pause()
        pause()
        return decide(*args)

    monkeypatch.setattr(papers, "_decide", later)


@pytest.mark.usefixtures("slow")
def test_of_two_exclusive_rights_accepted_at_once_one_stands() -> None:
    assert race() == {"ok": 1, "grant_exclusive": 1}
    assert BrandGrant.objects.filter(status=PaperStatus.APPROVED).count() == 1


@pytest.mark.usefixtures("slow")
def test_control_without_the_lock_both_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(QuerySet, "select_for_update", no_lock)
        ends = race()

    assert ends == {"ok": 2}

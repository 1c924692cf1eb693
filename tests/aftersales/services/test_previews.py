"""Who pays what."""

import pytest

from aftersales.services import previews
from tests.factories.aftersales import requested_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def providers(monkeypatch):
    """Nobody has registered yet."""
    monkeypatch.setattr(previews, "_providers", [])


def test_without_anybody_else_the_shop_bears_it_all(providers):
    preview = previews.who_pays(requested_case())

    assert preview.amount == 5_000
    assert [(str(one.label), one.amount) for one in preview.bearers] == [("The shop", 5_000)]


def test_rooms_above_say_who_bears_what_and_are_asked_once(providers):
    def shares(case):
        return [("Shop", case.amount - 500), ("Creator", 500)]

    previews.register(shares)
    previews.register(shares)

    preview = previews.who_pays(requested_case())

    assert [(one.label, one.amount) for one in preview.bearers] == [
        ("Shop", 4_500),
        ("Creator", 500),
    ]

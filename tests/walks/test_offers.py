"""No page of a shop offers what its reader may not have."""

import pytest

from tests.walks.offers import refused_offers

pytestmark = pytest.mark.django_db


def test_what_a_page_offers_its_reader_may_follow(world):
    found = list(refused_offers(world))
    assert found == [], "\n".join(found)

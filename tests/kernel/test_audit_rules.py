"""The rules that watch the trail in every test do find what is missing."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from kernel import audit
from kernel.actors import Actor, Role
from tests.factories.accounts import UserFactory

AT = datetime(2026, 3, 1, tzinfo=UTC)

pytestmark = pytest.mark.django_db


CLERK = Actor(role=Role.MERCHANT, user_id=1, shop_id=1, label="Lin (owner)")


@pytest.fixture
def in_a_request() -> Iterator[None]:
    one, two = audit.request_id.set("r"), audit.client_ip.set(lambda: "192.0.2.1")
    yield
    audit.request_id.reset(one)
    audit.client_ip.reset(two)


@pytest.mark.parametrize(
    ("actor", "action", "missing"),
    [
        (Actor(role=Role.OPERATOR), "orders.look", "who"),
        (Actor(role=Role.MERCHANT, user_id=3), "orders.look", "of which shop"),
        (CLERK, "orders.set_price", "what it changed"),
        (CLERK, "orders.grant_role", "what it changed"),
    ],
)
def test_an_entry_that_says_too_little_fails_its_test(
    in_a_request: None, actor: Actor, action: str, missing: str
) -> None:
    with pytest.raises(AssertionError, match=missing):
        audit.record(actor=actor, action=action, target=UserFactory(), at=AT)


def test_what_says_enough_passes(in_a_request: None) -> None:
    person, after = UserFactory(), {"price": 1}

    assert audit.record(actor=CLERK, action="orders.set_price", target=person, at=AT, after=after)
    assert audit.record(actor=CLERK, action="orders.look", target=person, at=AT).ip == "192.0.2.1"

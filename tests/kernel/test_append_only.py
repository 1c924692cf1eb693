"""What the database refuses, whoever asks."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, transaction

from kernel import audit
from kernel.actors import SYSTEM, Actor, Role
from kernel.models import AuditEntry
from tests.factories.accounts import UserFactory

AT = datetime(2026, 3, 1, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry() -> AuditEntry:
    return audit.record(actor=SYSTEM, action="tests.try", target=UserFactory(), at=AT)


def test_an_audit_entry_cannot_be_changed(entry: AuditEntry) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(reason="nothing happened")

    assert AuditEntry.objects.get(pk=entry.pk).reason == ""


def test_an_audit_entry_cannot_be_deleted(entry: AuditEntry) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.all().delete()

    assert AuditEntry.objects.count() == 1


def test_an_entry_says_who_did_what_to_what_in_which_request() -> None:
    person = UserFactory()
    clerk = Actor(role=Role.MERCHANT, user_id=7, shop_id=3, label="Lin (owner)")
    token = audit.request_id.set("req-1")
    place = audit.client_ip.set(lambda: "192.0.2.1")

    try:
        entry = audit.record(
            actor=clerk,
            action="shops.rename",
            target=person,
            at=AT,
            before={"name": "a"},
            after={"name": "b"},
            reason="r" * 600,
        )
    finally:
        audit.client_ip.reset(place)
        audit.request_id.reset(token)

    assert (entry.actor_role, entry.actor_user_id, entry.actor_label) == (
        "merchant",
        7,
        "Lin (owner)",
    )
    assert (entry.target_model, entry.target_id) == ("accounts.user", person.public_id)
    assert (entry.before, entry.after, entry.reason) == ({"name": "a"}, {"name": "b"}, "r" * 500)
    assert (entry.shop_id, entry.request_id, entry.ip) == (3, "req-1", "192.0.2.1")


def test_merchants_see_the_entries_of_their_shop_and_strangers_none() -> None:
    person = UserFactory()
    ours = audit.record(actor=SYSTEM, action="a", target=person, at=AT, shop_id=3)
    theirs = audit.record(actor=SYSTEM, action="b", target=person, at=AT, shop_id=4)

    def seen(actor: Actor) -> list[int]:
        return sorted(AuditEntry.objects.visible_to(actor).values_list("pk", flat=True))

    assert seen(Actor(role=Role.MERCHANT, shop_id=3)) == [ours.pk]
    assert seen(Actor(role=Role.OPERATOR)) == [ours.pk, theirs.pk]
    assert seen(Actor(role=Role.BUYER, user_id=1)) == []

"""The audit trail as a chain: nothing that was written changes unseen (GV-09, A4)."""

import hashlib
import json
import logging
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from kernel import audit, sealing
from kernel.actors import SYSTEM, Actor, Role
from kernel.models import AuditCheck, AuditEntry, AuditPending, AuditSeal
from tests.factories.accounts import UserFactory

AT = datetime(2026, 3, 1, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def act(count: int = 1) -> list[AuditEntry]:
    person = UserFactory()
    clerk = Actor(role=Role.MERCHANT, user_id=person.pk, shop_id=3, label="Lin (owner)")
    return [
        audit.record(
            actor=clerk if number % 2 else SYSTEM,
            action=f"tests.try_{number % 3}",
            target=person,
            at=AT + timedelta(seconds=number),
            before={"price": number},
            after={"price": number + 1, "名": "王"},
            reason="why",
        )
        for number in range(count)
    ]


def tamper(*statements: str) -> None:
    """What somebody with the tables' owner's rights can do."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("kernel_auditentry", "kernel_auditseal"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        for statement in statements:
            cursor.execute(statement)
        for table in ("kernel_auditentry", "kernel_auditseal"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")


def test_gv_09_what_is_done_is_sealed_in_a_chain_that_holds() -> None:
    """Each entry has one place in the chain, and a reading of the whole finds no fault.

    Page: /operator/kernel/auditentry/
    """
    entries = act(5)
    assert (sealing.verify().sealed, sealing.verify().waiting) == (0, 5)

    assert sealing.seal() == 5
    assert sealing.seal() == 0
    act(2)
    assert sealing.seal() == 2

    found = sealing.verify()
    assert (found.sealed, found.waiting, found.fault) == (7, 0, "")
    places = AuditSeal.objects.order_by("number").values_list("number", "entry_id")
    assert [pk for _number, pk in places][:5] == [entry.pk for entry in entries]
    assert [number for number, _pk in places] == list(range(1, 8))


def test_a_batch_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BATCH", 3)
    act(7)

    assert [sealing.seal() for _ in range(4)] == [3, 3, 1, 0]
    assert sealing.verify().fault == ""
    assert AuditSeal.objects.filter(mark__isnull=False).count() == 3


def test_the_database_refuses_to_change_a_seal() -> None:
    act()
    sealing.seal()

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditSeal.objects.update(digest=bytes(32))
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditSeal.objects.all().delete()


#: Each names what it does, given the key of an entry in the middle.
COLUMNS = {
    "at": "at + interval '1 microsecond'",
    "actor_role": "'operator'",
    "actor_user_id": "coalesce(actor_user_id, 0) + 1",
    "actor_label": "'Somebody else'",
    "on_behalf_of": "'shp_somebody'",
    "shop_id": "coalesce(shop_id, 0) + 1",
    "action": "'tests.other'",
    "target_model": "'shops.shop'",
    "target_id": "'elsewhere'",
    "before": "'{}'",
    "after": "jsonb_set(after, '{price}', '0')",
    "reason": "''",
    "request_id": "'another'",
    "ip": "'10.0.0.1'",
}


def _forge_all(pk: int) -> None:
    """Rewrite an entry and every digest after it: only the mark cannot be made."""
    tamper(f"UPDATE kernel_auditentry SET reason = 'forged' WHERE id = {pk}")
    last = sealing.ORIGIN
    for seal in AuditSeal.objects.select_related("entry").order_by("number"):
        last = sealing.digest(last, seal.entry)
        tamper(
            f"UPDATE kernel_auditseal SET digest = '\\x{last.hex()}' WHERE number = {seal.number}"
        )


def _swap(pk: int) -> None:
    tamper(
        f"UPDATE kernel_auditseal SET entry_id = -1 WHERE entry_id = {pk}",
        f"UPDATE kernel_auditseal SET entry_id = {pk} WHERE entry_id = {pk + 1}",
        f"UPDATE kernel_auditseal SET entry_id = {pk + 1} WHERE entry_id = -1",
    )


WAYS: dict[str, Callable[[int], None]] = {
    "entry and seal gone": lambda pk: tamper(
        f"DELETE FROM kernel_auditseal WHERE entry_id = {pk}",
        f"DELETE FROM kernel_auditentry WHERE id = {pk}",
    ),
    "entry gone": lambda pk: tamper(f"DELETE FROM kernel_auditentry WHERE id = {pk}"),
    "seal gone": lambda pk: tamper(f"DELETE FROM kernel_auditseal WHERE entry_id = {pk}"),
    "two change places": _swap,
    "all digests made again": _forge_all,
    "a line slipped in": lambda pk: tamper(
        "INSERT INTO kernel_auditentry (at, actor_role, actor_label, action, target_model,"
        " target_id, before, after, reason, request_id) SELECT at, actor_role, actor_label,"
        f" 'tests.forged', target_model, target_id, before, after, '', '' FROM kernel_auditentry"
        f" WHERE id = {pk}",
    ),
    "mark gone": lambda pk: tamper("UPDATE kernel_auditseal SET mark = NULL"),
    "mark of nobody": lambda pk: tamper(f"UPDATE kernel_auditseal SET mark = '\\x{'00' * 32}'"),
} | {
    f"{name} changed": lambda pk, name=name, value=value: tamper(
        f"UPDATE kernel_auditentry SET {name} = {value} WHERE id = {pk}"
    )
    for name, value in COLUMNS.items()
}


def test_every_column_is_tampered_with() -> None:
    fields = {field.attname for field in AuditEntry._meta.concrete_fields}

    assert fields == COLUMNS.keys() | {"id"}


def test_a_hundred_of_a_hundred_tamperings_are_found() -> None:
    """A4: each way at places picked by chance, until a hundred were tried."""
    rng = random.Random(20260301)
    entries = act(30)
    sealing.seal()
    act(10)
    sealing.seal()
    assert sealing.verify().fault == ""
    missed = []
    ways = (list(WAYS) * 5)[:100]
    for way in ways:
        pk = entries[rng.randrange(1, 29)].pk
        with transaction.atomic():
            WAYS[way](pk)
            if not sealing.verify().fault:
                missed.append((way, pk))
            transaction.set_rollback(True)

    assert (len(ways), missed) == (100, [])
    assert sealing.verify().fault == ""  # and what nobody touched holds


def test_an_end_that_was_cut_off_is_told_by_a_head_seen_earlier(
    caplog: pytest.LogCaptureFixture,
) -> None:
    act(3)
    sealing.seal()
    act(2)
    with caplog.at_level(logging.INFO, logger="kernel.sealing"):
        sealing.seal()
    head = caplog.messages[-1].rpartition(" ")[2]
    assert head == sealing.verify().head
    last = list(AuditSeal.objects.order_by("-number").values_list("entry_id", flat=True)[:2])
    tamper(
        "DELETE FROM kernel_auditseal WHERE number > 3",
        f"DELETE FROM kernel_auditentry WHERE id >= {min(last)}",
    )

    assert sealing.verify().fault == ""
    assert sealing.verify(head).fault == "the chain ends at 3 and was seen to reach 5"
    assert "seen earlier" in sealing.verify(f"2:{'00' * 32}").fault


def test_an_entry_that_is_never_sealed_is_a_fault() -> None:
    act(2)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kernel_auditpending SET since = now() - interval '11 minutes'")
    assert "not sealed in time" in sealing.verify().fault

    AuditPending.objects.all().delete()

    assert "neither sealed nor waiting" in sealing.verify().fault


def test_the_command_says_so_and_fails() -> None:
    (entry,) = act()
    sealing.seal()
    out = StringIO()
    call_command("audit", "verify", stdout=out)
    assert "1 sealed, 0 waiting" in out.getvalue()

    tamper(f"UPDATE kernel_auditentry SET reason = 'no' WHERE id = {entry.pk}")

    with pytest.raises(CommandError, match="is not what seal 1 says"):
        call_command("audit", "verify", stdout=StringIO())
    with pytest.raises(CommandError, match="number:digest"):
        call_command("audit", "verify", "--anchor", "head", stdout=StringIO())


def test_an_exported_trail_is_checked_without_a_key() -> None:
    act(3)
    sealing.seal()
    out = StringIO()
    call_command("audit", "export", "--since", "2", stdout=out)

    lines = [json.loads(line) for line in out.getvalue().splitlines()]

    assert [line["number"] for line in lines] == [2, 3]
    assert lines[1]["entry"]["after"] == {"price": 3, "名": "王"}
    told = json.dumps(
        lines[1]["entry"], ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()
    before = bytes.fromhex(lines[0]["digest"])
    assert hashlib.sha256(before + told).hexdigest() == lines[1]["digest"]


def test_the_nightly_reading_is_kept_and_a_fault_is_an_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    (entry,) = act()
    sealing.seal()
    assert sealing.check(AT).fault == ""

    tamper(f"UPDATE kernel_auditentry SET reason = 'no' WHERE id = {entry.pk}")
    sealing.check(AT)

    assert AuditCheck.objects.order_by("-pk").first().fault.startswith("entry")
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_the_chain_outlives_its_key(settings) -> None:
    old, new = settings.HAODIAN_FIELD_KEYS[0], Fernet.generate_key().decode()
    act(2)
    sealing.seal()
    settings.HAODIAN_FIELD_KEYS = [new]
    assert "our mark" in sealing.verify().fault

    settings.HAODIAN_FIELD_KEYS = [new, old]
    tamper()  # nothing: the test's one transaction holds no trigger back
    assert sealing.mark_anew() == 1
    assert sealing.mark_anew() == 0

    settings.HAODIAN_FIELD_KEYS = [new]
    assert sealing.verify().fault == ""


def test_a_broken_chain_is_not_marked_anew() -> None:
    (entry,) = act()
    sealing.seal()
    tamper(f"UPDATE kernel_auditentry SET reason = 'no' WHERE id = {entry.pk}")

    with pytest.raises(ValueError, match="is not what seal 1 says"):
        sealing.mark_anew()

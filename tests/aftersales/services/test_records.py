"""What is said in a case stays said, to those it is meant for."""

import pytest
from django.db import DatabaseError, transaction

from aftersales.errors import CaseEnded
from aftersales.models import NegotiationRecord
from aftersales.selectors.cases import timeline
from aftersales.services import records
from tests.factories.aftersales import (
    OPENED_AT,
    SUPPORT,
    buyer_of,
    closed_case,
    requested_case,
)
from tests.factories.shops import ShopFactory, actor_of

pytestmark = pytest.mark.django_db


def test_both_sides_read_what_was_said_and_support_alone_its_notes():
    case = requested_case()
    records.say(case_id=case.pk, text="Hello?", at=OPENED_AT, actor=buyer_of(case))
    records.note(case_id=case.pk, text="Third case this week.", at=OPENED_AT, actor=SUPPORT)

    read = {
        actor.role: [entry.action for entry in timeline(case, actor)]
        for actor in (buyer_of(case), actor_of(case.shop), SUPPORT)
    }

    assert read == {
        "buyer": ["requested", "message"],
        "merchant": ["requested", "message"],
        "support": ["requested", "message", "note"],
    }


def test_another_shop_reads_nothing():
    case = requested_case()

    assert timeline(case, actor_of(ShopFactory())) == []


def test_nobody_talks_in_a_case_that_ended_but_support_may_note():
    case = closed_case()
    before = NegotiationRecord.objects.count()

    with pytest.raises(CaseEnded):
        records.say(case_id=case.pk, text="But…", at=OPENED_AT, actor=buyer_of(case))
    assert NegotiationRecord.objects.count() == before

    records.note(case_id=case.pk, text="Calm now.", at=OPENED_AT, actor=SUPPORT)
    assert NegotiationRecord.objects.count() == before + 1


@pytest.mark.parametrize(
    "change",
    [lambda rows: rows.update(text="Never said."), lambda rows: rows._raw_delete(rows.db)],
    ids=["update", "delete"],
)
def test_the_database_refuses_to_rewrite_the_record(change):
    requested_case()
    rows = NegotiationRecord.objects.all()

    with pytest.raises(DatabaseError), transaction.atomic():
        change(rows)

    assert rows.count() == 1

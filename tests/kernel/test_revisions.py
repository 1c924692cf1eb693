"""What is remembered, and how it is known to be old."""

from datetime import UTC, datetime, timedelta

import pytest

from kernel.models import Revision
from kernel.revisions import MAX_AGE, Kept, Memory, read_revised, revisions_of
from tests.factories.accounts import AccountFactory

AT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.django_db
def test_each_change_of_what_is_shown_is_a_revision() -> None:
    account = AccountFactory()
    subject = f"account:{account.public_id}"
    before = revisions_of([subject, "account:nobody"])

    account.name = "Another name"
    account.save(update_fields=["name"])

    assert revisions_of([subject, "account:nobody"]) == {
        subject: before[subject] + 1,
        "account:nobody": 0,
    }


@pytest.mark.django_db
def test_what_nobody_is_shown_makes_no_revision() -> None:
    account = AccountFactory()

    type(account).objects.filter(pk=account.pk).update(follower_count=9)

    assert not Revision.objects.filter(subject=f"account:{account.public_id}").exists()


@pytest.mark.django_db
def test_nothing_is_asked_about_nothing(django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        assert revisions_of([]) == {}
        assert read_revised([], read=dict, subjects=lambda *_: (), at=AT) == {}


def test_a_value_is_remembered_for_its_age() -> None:
    memory: Memory[str, int] = Memory(10)
    memory.keep({"a": Kept(1, {}, AT)})

    found = [
        list(memory.recall(["a", "b"], AT + age))
        for age in (timedelta(0), MAX_AGE, MAX_AGE + timedelta(seconds=1), -2 * MAX_AGE)
    ]

    assert found == [["a"], ["a"], [], []]


def test_a_memory_forgets_what_was_not_used_longest() -> None:
    memory: Memory[int, int] = Memory(2)
    for number in (1, 2):
        memory.keep({number: Kept(number, {}, AT)})
    memory.recall([1], AT)
    memory.keep({3: Kept(3, {}, AT)})

    assert set(memory.recall([1, 2, 3], AT)) == {1, 3}


@pytest.mark.django_db
def test_a_change_while_reading_leaves_a_value_that_looks_old() -> None:
    account = AccountFactory()
    subject = f"account:{account.public_id}"

    def read(keys):
        type(account).objects.filter(pk=account.pk).update(name="Changed meanwhile")
        return dict.fromkeys(keys, "whatever was read")

    kept = read_revised(["a"], read=read, subjects=lambda *_: [subject], at=AT)["a"]

    assert kept.revisions[subject] == revisions_of([subject])[subject] - 1


@pytest.mark.django_db
def test_what_turns_out_to_depend_on_more_is_read_once_more() -> None:
    reads = []

    def read(keys):
        reads.append(list(keys))
        return dict.fromkeys(keys, "seen")

    def subjects(key, value):
        return [f"shop:{key}", *(["account:acc_1"] if value else [])]

    kept = read_revised([7], read=read, subjects=subjects, at=AT)[7]

    assert kept.revisions == {"shop:7": 0, "account:acc_1": 0}
    assert reads == [[7], [7]]

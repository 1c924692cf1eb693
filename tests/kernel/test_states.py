"""Moves of a status, on a machine of the house: a role profile, active ⇄ suspended."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now

from accounts.enums import RoleStatus
from accounts.models import RoleProfile
from kernel import states
from kernel.actors import Actor, Role
from kernel.errors import IllegalTransition
from kernel.models import StatusChange
from tests.factories.accounts import RoleProfileFactory

AT = datetime(2026, 3, 1, tzinfo=UTC)
OPERATOR = Actor(role=Role.OPERATOR, user_id=1, label="Mo (operator)")


@pytest.mark.django_db
def test_a_move_writes_the_status_its_columns_and_its_history() -> None:
    profile = RoleProfileFactory()
    moved_at = datetime(2026, 1, 1, tzinfo=UTC)

    was = states.move(
        profile,
        to=RoleStatus.SUSPENDED,
        at=AT,
        actor=OPERATOR,
        reason="fraud",
        created_at=moved_at,
    )

    assert was == RoleStatus.ACTIVE
    assert (profile.status, profile.created_at) == (RoleStatus.SUSPENDED, moved_at)
    stored = RoleProfile.objects.get(pk=profile.pk)
    assert (stored.status, stored.created_at) == (RoleStatus.SUSPENDED, moved_at)
    change = StatusChange.objects.values().get()
    change.pop("id")
    assert change == {
        "model": "accounts.roleprofile",
        "object_id": profile.pk,
        "field": "status",
        "from_status": "active",
        "to_status": "suspended",
        "at": AT,
        "actor_label": "Mo (operator)",
        "reason": "fraud",
    }


@pytest.mark.django_db
def test_a_move_that_the_table_does_not_list_is_refused_and_changes_nothing() -> None:
    profile = RoleProfileFactory()

    with pytest.raises(IllegalTransition) as refusal:
        states.move(profile, to=RoleStatus.ACTIVE, at=AT)

    assert refusal.value.extra == {"from": "active", "to": "active"}
    assert RoleProfile.objects.get(pk=profile.pk).status == RoleStatus.ACTIVE
    assert StatusChange.objects.count() == 0


@pytest.mark.django_db
def test_the_stored_status_decides_not_the_one_in_memory() -> None:
    profile = RoleProfileFactory()
    stale = RoleProfile.objects.get(pk=profile.pk)
    states.move(profile, to=RoleStatus.SUSPENDED, at=AT)

    with pytest.raises(IllegalTransition):
        states.move(stale, to=RoleStatus.SUSPENDED, at=AT)

    assert stale.status == RoleStatus.ACTIVE  # untouched: the caller may reload it
    assert StatusChange.objects.count() == 1


@pytest.mark.django_db
def test_a_row_that_is_gone_cannot_be_moved() -> None:
    profile = RoleProfileFactory()
    RoleProfile.objects.filter(pk=profile.pk).delete()

    with pytest.raises(IllegalTransition) as refusal:
        states.move(profile, to=RoleStatus.SUSPENDED, at=AT)

    assert refusal.value.extra == {"from": None, "to": "suspended"}


@pytest.mark.django_db
def test_long_labels_and_reasons_are_cut_to_their_columns() -> None:
    profile = RoleProfileFactory()

    states.move(
        profile,
        to=RoleStatus.SUSPENDED,
        at=AT,
        actor=Actor(role=Role.OPERATOR, label="x" * 500),
        reason="y" * 500,
    )

    change = StatusChange.objects.get()
    assert (len(change.actor_label), len(change.reason)) == (120, 200)


def race_to_suspend(profile: RoleProfile, *, guarded: bool) -> int:
    """Let two threads suspend one profile at once; return how many believe they did."""
    barrier = threading.Barrier(2)
    wins: list[int] = []

    def suspend() -> None:
        mine = RoleProfile.objects.get(pk=profile.pk)
        barrier.wait(10)
        try:
            if guarded:
                states.move(mine, to=RoleStatus.SUSPENDED, at=AT)
            else:
                assert mine.status == RoleStatus.ACTIVE
                RoleProfile.objects.filter(pk=mine.pk).update(status=RoleStatus.SUSPENDED)
            wins.append(1)
        except IllegalTransition:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=suspend) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    return len(wins)


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_of_two_racing_moves_one_wins() -> None:
    profile = RoleProfileFactory()

    assert race_to_suspend(profile, guarded=True) == 1

    assert StatusChange.objects.count() == 1


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_control_without_the_guard_both_win() -> None:
    assert race_to_suspend(RoleProfileFactory(), guarded=False) == 2


@pytest.mark.django_db
def test_a_set_moves_along_a_path_with_columns_and_reasons_of_their_own(
    django_assert_num_queries,
) -> None:
    first, second = RoleProfileFactory(), RoleProfileFactory()
    days = {one.pk: datetime(2026, 1, day, tzinfo=UTC) for day, one in ((1, first), (2, second))}

    with django_assert_num_queries(1):
        states.move_all(
            RoleProfile,
            [second.pk, first.pk],
            path=[RoleStatus.SUSPENDED, RoleStatus.ACTIVE, RoleStatus.SUSPENDED],
            at=AT,
            actor=OPERATOR,
            reasons={second.pk: "fraud"},
            each={pk: {"created_at": day} for pk, day in days.items()},
        )

    assert {one.pk: (one.status, one.created_at) for one in RoleProfile.objects.all()} == {
        pk: (RoleStatus.SUSPENDED, day) for pk, day in days.items()
    }
    history = StatusChange.objects.order_by("id").values_list(
        "object_id", "from_status", "to_status", "reason"
    )
    assert list(history) == [
        (one.pk, *step)
        for one, reason in ((first, ""), (second, "fraud"))
        for step in (
            ("active", "suspended", reason),
            ("suspended", "active", ""),
            ("active", "suspended", ""),
        )
    ]


@pytest.mark.django_db
def test_a_set_moves_whole_or_not_at_all() -> None:
    first, second = RoleProfileFactory(), RoleProfileFactory()
    states.move(second, to=RoleStatus.SUSPENDED, at=AT)

    with pytest.raises(IllegalTransition) as refusal:
        states.move_all(RoleProfile, [first.pk, second.pk], path=[RoleStatus.SUSPENDED], at=AT)

    assert refusal.value.extra == {"from": "suspended", "to": "suspended"}
    assert RoleProfile.objects.get(pk=first.pk).status == RoleStatus.ACTIVE
    assert StatusChange.objects.count() == 1


@pytest.mark.django_db
def test_columns_of_their_own_are_given_for_all_or_for_none() -> None:
    first, second = RoleProfileFactory(), RoleProfileFactory()

    with pytest.raises(ValueError, match="further columns"):
        states.move_all(
            RoleProfile,
            [first.pk, second.pk],
            path=[RoleStatus.SUSPENDED],
            at=AT,
            each={first.pk: {"created_at": AT}},
        )

    assert StatusChange.objects.count() == 0


@pytest.mark.django_db
def test_a_path_with_a_step_that_the_table_does_not_list_is_refused() -> None:
    profile = RoleProfileFactory()

    with pytest.raises(IllegalTransition):
        states.move_all(
            RoleProfile, [profile.pk], path=[RoleStatus.SUSPENDED, RoleStatus.SUSPENDED], at=AT
        )

    assert RoleProfile.objects.get(pk=profile.pk).status == RoleStatus.ACTIVE


@pytest.mark.django_db
def test_a_column_may_take_the_clock_of_the_database(django_assert_num_queries) -> None:
    profile = RoleProfileFactory()

    with django_assert_num_queries(1):
        states.move(profile, to=RoleStatus.SUSPENDED, at=AT, created_at=Now() - timedelta(days=1))

    stored = RoleProfile.objects.get(pk=profile.pk).created_at
    assert timedelta(hours=23) < datetime.now(UTC) - stored < timedelta(hours=25)


@pytest.mark.django_db
def test_nothing_moves_nowhere() -> None:
    states.move_all(RoleProfile, [], path=[RoleStatus.SUSPENDED], at=AT)

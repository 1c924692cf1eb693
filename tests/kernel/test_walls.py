"""The second wall: what a shop's role sees, and that it ends where it should."""

from __future__ import annotations

import pytest
from django.db import Error, IntegrityError, connection, transaction

from kernel import walls
from shops.models import Guarantee, Shop, Staff
from tests.factories.shops import ShopFactory, StaffFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_tripwire")]


def role():
    """Return the role and the shop of now, as the database knows them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('haodian.shop_id', true)")
        return cursor.fetchone()


@pytest.fixture
def two():
    return StaffFactory(), StaffFactory()


def test_behind_the_wall_there_is_one_shop_whatever_is_asked(two):
    ours, theirs = two

    with walls.behind(ours.shop_id):
        assert list(Shop.objects.all()) == [ours.shop]
        assert list(Staff.objects.values_list("pk", flat=True)) == [ours.pk]
        assert not Staff.objects.filter(pk=theirs.pk).exists()
        assert walls.current() == ours.shop_id

    assert Staff.objects.count() == 2
    assert walls.current() is None


def test_rows_of_another_shop_are_neither_made_nor_changed_nor_deleted(two):
    ours, theirs = two

    with walls.behind(ours.shop_id):
        assert Staff.objects.filter(pk=theirs.pk).update(email="x@example.com") == 0
        assert Staff.objects.filter(pk=theirs.pk).delete()[0] == 0
        with pytest.raises(Error, match="row-level security"), transaction.atomic():
            Guarantee.objects.create(
                shop_id=theirs.shop_id, kind="seven_days", starts_at=theirs.created_at
            )
        with pytest.raises(Error, match="row-level security"), transaction.atomic():
            Staff.objects.filter(pk=ours.pk).update(shop_id=theirs.shop_id)

    theirs.refresh_from_db()
    assert theirs.email != "x@example.com"


def test_what_no_wall_opens_is_closed(two):
    with walls.behind(two[0].shop_id), connection.cursor() as cursor:
        for table in ("accounts_address", "ledger_leg", "django_session", "orders_cartline"):
            with pytest.raises(Error, match="permission denied"), transaction.atomic():
                cursor.execute(f"SELECT 1 FROM {table}")
        with pytest.raises(Error, match="permission denied"), transaction.atomic():
            cursor.execute("SELECT password FROM accounts_user")


def test_the_role_ends_with_the_block_in_a_transaction_that_goes_on(two):
    before = role()

    with walls.behind(two[0].shop_id):
        assert role() == ("haodian_shop", str(two[0].shop_id))

    assert role() == (before[0], "")


def test_the_role_ends_when_the_block_raises(two):
    before = role()

    with pytest.raises(ZeroDivisionError), walls.behind(two[0].shop_id):
        1 / 0  # noqa: B018 -- raises
    with pytest.raises(IntegrityError), walls.behind(two[0].shop_id):
        Staff.objects.filter(pk=two[0].pk).update(status="active", user=None)

    assert role()[0] == before[0]
    assert walls.current() is None


def test_what_the_block_wrote_is_undone_when_it_raises(two):
    def rename():
        Staff.objects.update(email="x@example.com")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), walls.behind(two[0].shop_id):
        rename()

    assert not Staff.objects.filter(email="x@example.com").exists()


def test_the_same_wall_twice_is_one_and_another_is_refused(two):
    ours, theirs = two

    with walls.behind(ours.shop_id):
        with walls.behind(ours.shop_id):
            pass
        assert role()[0] == "haodian_shop"
        with pytest.raises(RuntimeError, match="behind the wall"), walls.behind(theirs.shop_id):
            pass


def test_outside_of_it_all_shops_are_there_and_then_one_again(two):
    ours, _theirs = two

    with walls.behind(ours.shop_id):
        with walls.outside("a test"):
            assert walls.current() is None
            assert Staff.objects.count() == 2
        assert Staff.objects.count() == 1
        assert walls.current() == ours.shop_id


def test_outside_of_no_wall_nothing_changes(django_assert_num_queries):
    with django_assert_num_queries(0), walls.outside("a test"):
        pass


def test_after_a_failure_outside_the_wall_stands_again(two):
    ours, _theirs = two

    with walls.behind(ours.shop_id):
        with pytest.raises(ZeroDivisionError), walls.outside("a test"):
            1 / 0  # noqa: B018 -- raises
        assert Staff.objects.count() == 1
        with (
            pytest.raises(IntegrityError),
            transaction.atomic(),
            walls.outside("a test"),
        ):
            Staff.objects.filter(pk=ours.pk).update(status="active", user=None)
        assert Staff.objects.count() == 1
        assert role()[0] == "haodian_shop"


def test_pieces_that_are_asked_for_later_are_made_behind_the_same_wall(two):
    ours, _theirs = two

    def pieces():
        for _ in range(2):
            yield ",".join(Staff.objects.values_list("email", flat=True)).encode()

    with walls.behind(ours.shop_id):
        kept = walls.kept(pieces())

    for piece in kept:
        assert piece == ours.email.encode()
        assert walls.current() is None
    everybody = next(iter(walls.kept(pieces())))
    assert everybody.count(b",") == 1


def test_of_a_row_that_is_open_in_part_that_part_is_read(two):
    ours, _theirs = two
    people = type(ours.user).objects.filter(pk=ours.user_id)

    with walls.behind(ours.shop_id):
        assert [str(one) for one in walls.readable(people)] == [str(ours.user)]
        with pytest.raises(Error, match="permission denied"), transaction.atomic():
            list(people)
    assert walls.readable(Staff.objects.all()).query.deferred_loading[0] == frozenset()


def test_no_shop_is_no_rows():
    ShopFactory()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('role', 'haodian_shop', true)")
        for unset in ("", None):
            cursor.execute("SELECT set_config('haodian.shop_id', %s, true)", [unset])
            assert not Shop.objects.exists()
        cursor.execute("SELECT set_config('role', 'none', true)")

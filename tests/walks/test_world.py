"""The world is what the walks need it to be."""

import pytest
from django.conf import settings
from django.db.models import Model

from tests.walks import rows

pytestmark = pytest.mark.django_db
#: Tables with an owner that this world leaves empty, and why.
EMPTY = {
    "orders_priceadjustment": "written for freight alone, and these orders go free",
    "kernel_idempotencyrecord": "answers are kept by doors, and this world is made by services",
    "accounts_user_groups": "Django's own groups are not used",
    "accounts_user_user_permissions": "nor are its permissions",
}


def _owned() -> list[type[Model]]:
    return [
        model
        for model in rows.tables()
        if model.__module__.partition(".")[0] in settings.CONSOLE_ROOMS
        and rows.OWNERS.keys() & {field.column for field in model._meta.concrete_fields}
    ]


def test_every_table_that_has_an_owner_holds_rows_of_both_sides(world):
    nothing = dict.fromkeys(world.before_b, 0)
    first = rows.between(nothing, world.before_b)
    second = rows.between(world.before_b, world.after_b)
    owned = {model._meta.db_table for model in _owned()} - set(EMPTY)
    assert sorted(owned - set(first)) == []
    assert sorted(owned - set(second)) == []


def test_a_changed_a_deleted_and_a_new_row_move_the_fingerprint(world):
    before = rows.between(world.before_b, world.after_b) | rows.added(world.before_b, world.after_b)
    staff = world.b.front.places["clerk"]

    def after(act) -> list[str]:
        with rows.rolled_back():
            act()
            now = rows.between(world.before_b, world.after_b)
            now |= rows.added(world.before_b, world.after_b)
        return rows.changes(before, now)

    def change() -> None:
        type(staff).objects.filter(pk=staff.pk).update(role="manager")

    def delete() -> None:
        world.b.front.shop.return_addresses.all().delete()

    def add() -> None:
        world.b.front.shop.return_addresses.create(receiver="x", phone="1", province="p", city="c")

    assert after(change) == ["shops_staff"]
    assert after(delete) == ["shops_returnaddress"]
    assert after(add) == ["shops_returnaddress (new)"]
    assert after(lambda: None) == []

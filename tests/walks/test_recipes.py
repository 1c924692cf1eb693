"""Every door can be opened by somebody: else no walk would prove anything."""

import pytest

from tests.walks import doors
from tests.walks.recipes import UnknownName, recipe

pytestmark = pytest.mark.django_db


def test_every_operation_has_a_request_that_its_rightful_caller_may_send(world):
    unusable = []
    for door in doors.described():
        try:
            found = recipe(door, world, world.b)
        except UnknownName as error:
            unusable.append(f"{door.name}: no fixture of kind {error}")
            continue
        if not found.is_usable:
            unusable.append(f"{door.name}: {found.answer} for {found.request}")
    assert unusable == [], "\n".join(unusable)

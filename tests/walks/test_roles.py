"""The role matrix: docs/roles.csv is what the doors and the consoles do."""

import os

import pytest

from tests.walks import rows
from tests.walks.roles import FILE, matrix, people_of, read, written

pytestmark = pytest.mark.django_db


def test_every_role_may_do_what_the_file_says_and_nothing_else(world, record_property):
    with rows.rolled_back():
        roles = [person.role for person in people_of(world)]
    found = list(matrix(world))
    text = written(roles, found)
    if os.environ.get("WRITE_ROLES"):
        FILE.write_text(text)

    record_property("walk", f"{len(found)} doors, pages and acts, {len(found) * len(roles)} probes")
    said, is_so = read().splitlines(), text.splitlines()
    assert sorted(set(is_so) - set(said)) == [], "done, and not in docs/roles.csv (make roles)"
    assert sorted(set(said) - set(is_so)) == [], "in docs/roles.csv, and not done (make roles)"
    assert [what for what, allowed in found if allowed[0] and _is_closed(what)] == []


def _is_closed(what: str) -> bool:
    """Tell whether nobody without a log-in has business there."""
    return what.startswith(("/merchant/", "/support/", "/operator/"))

"""The wall alone: every `visible_to` shows everything, and still no shop sees another's rows."""

import pytest

from kernel.actors import Role
from kernel.admin.sites import merchant_site
from tests.walks import doors
from tests.walks.consoles import pages
from tests.walks.recipes import recipe
from tests.walks.tenants import TenantWalk
from tests.walks.windows import Window

pytestmark = pytest.mark.django_db


def merchants_doors(world):
    """Return every door of merchants, each tried once by the shop whose rows are wanted."""
    found = [door for door in doors.described() if door.audience is Role.MERCHANT]
    for door in found:
        recipe(door, world, world.b)
    return found


def leaks(findings):
    """Return what was seen or changed of the other shop; a fault of the server is one too."""
    return [
        str(one)
        for one in findings
        if ": saw" in str(one) or ": changed" in str(one) or ": 50" in str(one)
    ]


def test_no_door_of_merchants_leaks_without_filters(world, without_filters, record_property):
    near = merchants_doors(world)
    without_filters()

    report = TenantWalk(world).run(near)

    record_property("walk", report.summary)
    assert leaks(report.findings) == []


def test_no_page_of_the_console_leaks_without_filters(world, without_filters, record_property):
    without_filters()
    window = Window(world, "owner of A", world.a.people.owner)

    looked = window.look(pages(merchant_site, world))
    looked = window.look(pages(merchant_site, world, is_plain=True), methods=("post",))

    record_property("walk", looked.summary)
    assert leaks(looked.findings) == []


def test_without_filters_and_without_the_wall_the_same_walks_find_the_other_shop(
    world, without_filters, without_the_wall
):
    """The control, for each half: the filters were really gone."""
    near = merchants_doors(world)
    without_filters()

    report = TenantWalk(world).run(near)
    looked = Window(world, "owner of A", world.a.people.owner).look(
        pages(merchant_site, world, is_plain=True)
    )

    assert len(leaks(report.findings)) > 100
    assert len(leaks(looked.findings)) > 20

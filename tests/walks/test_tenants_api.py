"""Two shops on one platform: neither hears, sees or touches anything of the other by the API."""

import pytest

from catalog.models.product import ProductQuerySet
from kernel.actors import Role
from kernel.scoping import ShopOwnedQuerySet
from orders.models.order import BuyerOrShopQuerySet
from tests.walks import doors, rows
from tests.walks.bodies import Request
from tests.walks.callers import Caller, ask_plainly
from tests.walks.canaries import sightings
from tests.walks.recipes import recipe
from tests.walks.tenants import TenantWalk

pytestmark = pytest.mark.django_db


def test_strangers_see_and_change_nothing_of_the_other_side_at_any_door(world, record_property):
    report = TenantWalk(world).run(doors.described())

    record_property("walk", report.summary)
    assert report.findings == [], str(report)


def test_doors_that_others_describe_tell_nothing_either(world):
    callers = [Caller("owner of A", world.a.people.owner), Caller("nobody", None)]
    paths = [path for path, _view in doors.routed() if path.startswith("/api/v1/auth/")]
    found = []
    for path in paths:
        address = path.replace("{key}", world.b.front.token).replace("{client}", "app")
        for method in ("GET", "POST"):
            for caller in callers:
                with rows.rolled_back():
                    answer = ask_plainly(caller, method, address)
                if answer.status >= 500 or sightings("B", answer.text):
                    found.append(f"{method} {address} as {caller.name}: {answer}")
    assert paths
    assert found == []


def test_the_rightful_caller_is_told_what_the_walk_looks_for(world):
    """The control: where no canary, no private id and no status rule is, a leak would not show."""
    walk, blind = TenantWalk(world), []
    for door in doors.described():
        if door.is_write or door.audience not in (Role.BUYER, Role.CREATOR, Role.AGENCY):
            continue  # the others answer a stranger with a status that the walk insists on
        own, other = (recipe(door, world, side).answer for side in (world.b, world.a))
        if not walk.seen(own, Request(door.path)) and own.text == other.text:
            blind.append(f"{door}: {own.text}")
    assert blind == [], "\n".join(blind)


@pytest.mark.parametrize(
    ("queryset", "part"),
    [
        (BuyerOrShopQuerySet, "/aftersales/shops/"),
        (BuyerOrShopQuerySet, "/orders/shops/"),
        (BuyerOrShopQuerySet, "/orders/orders"),
        (ProductQuerySet, "/catalog/shops/"),
        (ShopOwnedQuerySet, "/shops/shops/"),
    ],
)
def test_the_walk_notices_a_queryset_that_shows_everything(
    world, monkeypatch, without_the_wall, queryset, part
):
    """The control: with one `visible_to` gone the same walk sees canaries and changed rows."""
    near = [door for door in doors.described() if part in door.path]
    for door in near:
        recipe(door, world, world.b)
    monkeypatch.setattr(queryset, "visible_to", lambda self, actor: self)

    report = TenantWalk(world).run(near)

    said = [one.what.split()[0] for one in report.findings]
    assert "saw" in said
    assert "changed" in said

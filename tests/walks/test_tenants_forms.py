"""What the acts of the merchant console offer, and what they take: nothing of another shop."""

import pytest

from kernel.admin.sites import merchant_site
from tests.walks.forms import fill, foreign_values, offers
from tests.walks.windows import Window

pytestmark = pytest.mark.django_db


def test_the_forms_of_all_acts_show_nothing_of_the_other_shop(world, record_property):
    window = Window(world, "owner of A", world.a.people.owner)
    acts = {kind.name for page in merchant_site._registry.values() for kind in page.acts}

    opened = {}
    for offer in offers(merchant_site, world):
        opened[offer.page.path] = window.open(offer.page).status_code

    record_property("walk", f"{window.looked.summary}, {len(acts)} kinds of acts")
    assert window.looked.findings == [], str(window.looked)
    assert set(opened.values()) == {200}


def test_what_belongs_to_the_other_shop_is_refused_in_every_field(world, record_property):
    window = Window(world, "owner of A", world.a.people.owner)

    taken = []
    for offer in offers(merchant_site, world):
        data = fill(offer.own)
        window.open(offer.page, "post", data)
        for name, value in foreign_values(offer, world):
            answer = window.open(offer.page, "post", {**data, name: value})
            if answer.status_code == 302:
                taken.append(f"{offer.page.path}: {name}={value}")

    record_property("walk", window.looked.summary)
    assert window.looked.findings == [], str(window.looked)
    assert taken == []


def test_there_are_values_of_the_other_shop_to_refuse(world):
    """The control: forms whose choices never differ would make the walk above an empty one."""
    fields = {
        name for offer in offers(merchant_site, world) for name, _ in foreign_values(offer, world)
    }

    assert fields >= {"product"}

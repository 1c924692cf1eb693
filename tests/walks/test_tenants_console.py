"""Two shops on one platform: the merchant console of one shows and changes nothing of the other."""

import pytest

from kernel.admin.sites import merchant_site, operator_site, support_site
from kernel.scoping import ShopOwnedQuerySet
from orders.models.order import BuyerOrShopQuerySet
from tests.walks.consoles import pages, patterns
from tests.walks.windows import Window

pytestmark = pytest.mark.django_db


def test_the_owner_of_one_shop_sees_nothing_of_the_other_at_any_address(world, record_property):
    window = Window(world, "owner of A", world.a.people.owner)

    looked = window.look(pages(merchant_site, world))

    record_property("walk", looked.summary)
    assert looked.findings == [], str(looked)
    assert looked.visited == set(patterns(merchant_site))


def test_posting_to_any_address_changes_nothing_of_the_other_shop(world, record_property):
    window = Window(world, "owner of A", world.a.people.owner)

    looked = window.look(pages(merchant_site, world, is_plain=True), methods=("post",))

    record_property("walk", looked.summary)
    assert looked.findings == [], str(looked)


@pytest.mark.parametrize("who", ["clerk", "buyer", "creator", "former", "nobody"])
def test_nobody_else_sees_anything_either(world, record_property, who):
    user = world.former if who == "former" else world.a.people.users.get(who)
    window = Window(world, who, user)

    looked = window.look(pages(merchant_site, world, is_plain=True))

    record_property("walk", looked.summary)
    assert looked.findings == [], str(looked)


@pytest.mark.parametrize("site", [support_site, operator_site], ids=lambda site: site.name)
@pytest.mark.parametrize("who", ["owner", "creator", "nobody"])
def test_the_platforms_consoles_are_closed(world, record_property, site, who):
    window = Window(world, who, world.a.people.users.get(who))
    shut = ("/login/", "/jsi18n/")

    open_to_all = {}
    for page in pages(site, world, is_plain=True):
        answer = window.open(page)
        if answer.status_code == 200 and not page.path.endswith(shut):
            open_to_all[page.path] = answer

    record_property("walk", window.looked.summary)
    assert window.looked.findings == [], str(window.looked)
    assert open_to_all == {}


def test_the_owner_of_the_other_shop_sees_the_canaries(world):
    """The control: what the walk looks for is there, in every room of the console."""
    window = Window(world, "owner of B", world.b.people.owner)
    blind = {f"/merchant/{label}/{name}/" for label, name in _names(merchant_site)}

    for page in pages(merchant_site, world, is_plain=True):
        found = window.seen(window.client.get(page.path), page.path)
        if found:
            blind = {start for start in blind if not page.path.startswith(start)}

    assert blind == set()


@pytest.mark.parametrize("queryset", [BuyerOrShopQuerySet, ShopOwnedQuerySet])
def test_the_walk_notices_a_queryset_that_shows_everything(
    world, monkeypatch, without_the_wall, queryset
):
    """The control: with one `visible_to` gone the same walk finds the other shop."""
    monkeypatch.setattr(queryset, "visible_to", lambda self, actor: self)
    window = Window(world, "owner of A", world.a.people.owner)

    looked = window.look(pages(merchant_site, world, is_plain=True))

    assert any(": saw CANARY-B" in one for one in looked.findings)


def _names(site):
    return [(model._meta.app_label, model._meta.model_name) for model in site._registry]

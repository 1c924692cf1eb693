"""Named filters of the order list."""

import pytest
from django.db import IntegrityError, transaction

from kernel.actors import Actor, Role
from kernel.errors import InvalidInput
from orders.enums import OrderStatus, PrintKind
from orders.errors import TooManyViews
from orders.models import Order, OrderView, PrintedOrder
from orders.selectors import filtered
from orders.services.printing import runs
from orders.services.views import remove_view, save_view
from tests.factories.orders import PLACED_AT, make_order
from tests.factories.shops import ShopFactory, StaffFactory, actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return ShopFactory()


def clerk(shop):
    user = StaffFactory(shop=shop).user
    return Actor(role=Role.MERCHANT, shop_id=shop.pk, user_id=user.pk)


def save(shop, actor, name="Urgent", **filters):
    return save_view(
        shop=shop, name=name, filters=filters or {"flag": 5}, actor=actor, at=PLACED_AT
    )


def test_a_view_is_ones_own_and_the_same_name_replaces_it(shop):
    one, other = clerk(shop), clerk(shop)

    first = save(shop, one)
    again = save(shop, one, status="to_ship", unknown="x")
    save(shop, other)

    assert (again.pk, again.filters) == (first.pk, {"status": "to_ship"})
    assert list(OrderView.objects.visible_to(one)) == [again]
    assert OrderView.objects.count() == 2


def test_a_view_lets_through_what_it_names(shop):
    wanted, plain = (make_order(OrderStatus.TO_SHIP, shop=shop) for _ in range(2))
    Order.objects.filter(pk=wanted.pk).update(flag=5)

    view = save(shop, clerk(shop), status="to_ship", flag=5, is_frozen=False)

    assert list(filtered(Order.objects.filter(shop=shop), view.filters)) == [wanted]
    printing = runs.start(
        shop=shop,
        kind=PrintKind.PICK_LIST,
        filters=view.filters,
        actor=actor_of(shop),
        at=PLACED_AT,
    )
    assert list(PrintedOrder.objects.values_list("printing", "order")) == [(printing.pk, wanted.pk)]
    assert plain.printed.count() == 0


def test_a_view_that_asks_for_nothing_is_refused(shop):
    with pytest.raises(InvalidInput):
        save(shop, clerk(shop), unknown="x")

    assert not OrderView.objects.exists()


def test_one_person_has_a_most_of_views(shop, settings):
    settings.MAX_ORDER_VIEWS = 1
    actor = clerk(shop)
    view = save(shop, actor)

    with pytest.raises(TooManyViews):
        save(shop, actor, "Another")
    save(shop, actor)
    save(shop, clerk(shop), "Another")
    remove_view(view_id=view.pk)
    save(shop, actor, "Another")

    assert OrderView.objects.count() == 2


def test_the_database_has_a_name_once_for_each_person(shop):
    view = save(shop, clerk(shop))

    with pytest.raises(IntegrityError), transaction.atomic():
        OrderView.objects.create(shop=shop, user=view.user, name=view.name)

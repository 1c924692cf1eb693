"""What a binding brought: every figure is that of the rows, before and after (BI-17)."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Follow, PastFollow
from accounts.services import follows
from insights.models import BindingEffect
from insights.models.effect import FIGURES
from insights.services import effects
from orders.models import Order
from shops.enums import BindingStatus, EndReason, Relation, StaffRole
from tests.factories.accounts import UserFactory
from tests.factories.orders import PLACED_AT, make_sku
from tests.factories.shops import BindingFactory, ShopFactory, StaffFactory, owner_of
from tests.insights.trade import sold

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
BOUND = PLACED_AT
MONTH = timedelta(days=30)


@pytest.fixture
def binding() -> Any:
    return BindingFactory(bound_at=BOUND)


@pytest.fixture
def sku(binding: Any) -> Any:
    return make_sku(binding.shop, price=1_000, stock=10_000)


def follow(user: Any, binding: Any, at: Any) -> None:
    follows.follow(user_id=user.pk, account=binding.account, at=at)


def measured(binding: Any, at: Any = BOUND + MONTH) -> BindingEffect:
    effects.measure([binding], at=at)
    return BindingEffect.objects.get(binding=binding)


def span(effect: BindingEffect, side: str) -> dict[str, int]:
    return {name: getattr(effect, f"{side}_{name}") for name in FIGURES}


def by_hand(binding: Any, begins: Any, ends: Any) -> dict[str, int]:
    """The same, row by row in plain Python."""
    orders = [one for one in Order.objects.filter(shop=binding.shop) if one.paid_at]
    inside = [one for one in orders if begins <= one.paid_at < ends]
    fans = set(
        Follow.objects.filter(account=binding.account, created_at__lt=ends).values_list(
            "user_id", flat=True
        )
    ) | set(
        PastFollow.objects.filter(
            account=binding.account, since__lt=ends, until__gte=ends
        ).values_list("user_id", flat=True)
    )
    again = [
        one
        for one in inside
        if any(
            other.buyer_id == one.buyer_id and one.paid_at - MONTH <= other.paid_at < one.paid_at
            for other in orders
        )
    ]
    buyers = {one.buyer_id for one in inside}
    return {
        "orders": len(inside),
        "gmv_amount": sum(one.pay_amount for one in inside),
        "repurchase_amount": sum(one.pay_amount for one in again),
        "buyers": len(buyers),
        "followers": len(fans),
        "follower_buyers": len(buyers & fans),
    }


def test_bi_17_a_binding_is_measured_against_the_days_before_it(
    binding: Any, sku: Any, client_for: Any
) -> None:
    """A known fan buys twice afterwards, a stranger once before; the report says what it was worth.

    Page: /merchant/insights/bindingeffect/
    API: GET /api/v1/insights/shops/{shop_id}/binding-effects
    """
    fan, gone = UserFactory(), UserFactory()
    follow(gone, binding, BOUND - 9 * DAY)
    sold(sku, paid_at=BOUND - 2 * DAY, buyer=gone)
    follow(fan, binding, BOUND + DAY)
    sold(sku, paid_at=BOUND + 2 * DAY, buyer=fan)
    sold(sku, paid_at=BOUND + 5 * DAY, buyer=fan, quantity=2)
    follows.unfollow(user_id=gone.pk, account=binding.account, at=BOUND + 3 * DAY)
    sold(sku, paid_at=BOUND + MONTH, buyer=fan)  # a moment too late

    assert effects.measure_due(at=BOUND + MONTH) == 1
    assert effects.measure_due(at=BOUND + 2 * MONTH) == 0

    paid = Order.objects.order_by("paid_at").values_list("pay_amount", flat=True)
    url = f"/api/v1/insights/shops/{binding.shop.public_id}/binding-effects"
    (told,) = client_for(owner_of(binding.shop)).get(url).json()["results"]
    assert (told["binding_id"], told["days"]) == (binding.public_id, 30)
    assert told["before"]["gmv"]["amount"] == paid[0]
    assert (told["before"]["followers"], told["before"]["conversion_bp"]) == (1, 10_000)
    assert told["after"]["gmv"]["amount"] == paid[1] + paid[2]
    assert told["after"]["repurchase_gmv"]["amount"] == paid[2]
    assert (told["after"]["followers"], told["after"]["follower_buyers"]) == (1, 1)
    assert told["gmv_change_bp"] == (paid[1] + paid[2] - paid[0]) * 10_000 // paid[0]

    desk = Client()
    desk.force_login(owner_of(binding.shop), backend="django.contrib.auth.backends.ModelBackend")
    assert binding.account.name in desk.get("/merchant/insights/bindingeffect/").content.decode()
    effect = BindingEffect.objects.get()
    page = desk.get(
        f"/merchant/insights/bindingeffect/{effect.public_id}/", follow=True
    ).content.decode()
    assert "30 days before, 30 days after" in page
    assert "100.0 %" in page


def test_the_figures_are_those_of_the_rows_whatever_happened(binding: Any, sku: Any) -> None:
    chance = random.Random(17)
    people = [UserFactory() for _n in range(6)]
    for _event in range(60):
        at = BOUND + timedelta(hours=chance.randrange(-65 * 24, 35 * 24))
        person = chance.choice(people)
        if chance.random() < 0.5:
            sold(sku, paid_at=at, buyer=person, quantity=chance.randrange(1, 4))
        elif chance.random() < 0.6:
            follow(person, binding, at)
        else:
            later = at + timedelta(hours=1)
            follows.unfollow(user_id=person.pk, account=binding.account, at=later)

    for days in (1, 7, 30):
        effect = measured(binding, BOUND + days * DAY)
        whole = timedelta(days=days)
        assert span(effect, "before") == by_hand(binding, BOUND - whole, BOUND)
        assert span(effect, "after") == by_hand(binding, BOUND, BOUND + whole)
    assert effect.before.orders > 3
    assert effect.after.follower_buyers > 0


def test_a_young_binding_is_compared_by_the_days_it_has_and_again_each_day(
    binding: Any, sku: Any
) -> None:
    sold(sku, paid_at=BOUND + timedelta(hours=30))
    assert effects.measure_due(at=BOUND + timedelta(hours=23)) == 0

    assert effects.measure_due(at=BOUND + timedelta(hours=25)) == 1
    assert effects.measure_due(at=BOUND + timedelta(hours=47)) == 0
    assert BindingEffect.objects.get().after.orders == 0
    assert effects.measure_due(at=BOUND + timedelta(hours=48)) == 1

    effect = BindingEffect.objects.get()
    assert (effect.days, effect.after.orders, effect.gmv_change_bp) == (2, 1, None)


def test_a_binding_that_ended_is_compared_by_the_days_it_had(binding: Any) -> None:
    type(binding).objects.filter(pk=binding.pk).update(
        status=BindingStatus.ENDED,
        ended_at=BOUND + timedelta(days=4, hours=5),
        end_reason=EndReason.values[0],
        is_main=False,
    )

    assert effects.measure_due(at=BOUND + MONTH) == 1
    assert effects.measure_due(at=BOUND + 2 * MONTH) == 0
    assert BindingEffect.objects.get().days == 4


def test_who_broadcasts_for_a_shop_is_measured_too(binding: Any) -> None:
    other = BindingFactory(shop=binding.shop, relation=Relation.SELF, bound_at=BOUND)

    assert effects.measure_due(at=BOUND + DAY) == 2
    assert BindingEffect.objects.filter(binding=other).exists()


def test_many_bindings_are_measured_by_as_many_statements_as_one(binding: Any) -> None:
    for _n in range(3):
        BindingFactory(bound_at=BOUND)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        effects.measure_due(at=BOUND + DAY)

    assert len(queries) <= 5
    assert BindingEffect.objects.count() == 4


def test_the_report_is_the_shops_own(binding: Any, client_for: Any) -> None:
    measured(binding)
    url = f"/api/v1/insights/shops/{binding.shop.public_id}/binding-effects"
    other = client_for(owner_of(ShopFactory()))
    editor = client_for(StaffFactory(shop=binding.shop, role=StaffRole.PRODUCT_EDITOR).user)

    assert other.get(url).status_code == 404
    assert editor.get(url).status_code == 403


def test_leaving_twice_is_one_leaving(binding: Any) -> None:
    fan = UserFactory()
    follow(fan, binding, BOUND)

    gone = [
        follows.unfollow(user_id=fan.pk, account=binding.account, at=BOUND + DAY) for _n in "ab"
    ]

    assert gone == [True, False]
    assert PastFollow.objects.count() == 1

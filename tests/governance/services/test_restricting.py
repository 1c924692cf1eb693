"""What a deposit or a score that is too low keeps a shop from, and how that ends."""

from datetime import date, timedelta

import pytest

from affiliates.services import memberships
from catalog.errors import NotListable
from catalog.models import Product
from catalog.selectors.offers import buyable
from catalog.services import shelf
from governance.enums import Effect, Measure
from governance.errors import AlreadyExempt, ExemptionLifted, RuleBeginsInThePast
from governance.models import Deposit
from governance.policies import Rule
from governance.selectors import rule_at
from governance.services import consequences, restricting, rules
from insights.models import ShopScore
from kernel import delivery
from kernel.actors import ANONYMOUS
from kernel.models import AuditEntry
from shops.enums import RestrictionKind, RestrictionReason
from shops.errors import ShopRestricted
from shops.models import ShopRestriction
from shops.services import restrictions
from tests.factories.orders import make_sku
from tests.factories.shops import ShopFactory, actor_of
from tests.governance.shops import AT, noon, operator, paid, staked

pytestmark = pytest.mark.django_db


def in_force(shop) -> dict[str, int | None]:
    rows = ShopRestriction.objects.filter(shop=shop, until__isnull=True)
    return dict(rows.values_list("kind", "limit"))


def test_after_3_days_nothing_is_listed_after_7_nothing_is_sold_and_it_comes_back() -> None:
    sku = make_sku()
    shop, product = sku.product.shop, sku.product
    other = make_sku(shop=shop).product
    shelf.delist(product=other, actor=actor_of(shop), at=AT)
    deposit = staked(0, shop, base=50_000)
    assert deposit.short_since == AT

    restricting.apply_all(at=AT + timedelta(days=3, seconds=-1))
    assert in_force(shop) == {}
    restricting.apply_all(at=AT + timedelta(days=3))
    assert in_force(shop) == {"listing": None}
    with pytest.raises(NotListable):
        shelf.list_product(product=other, actor=actor_of(shop), at=AT)
    assert buyable([sku.pk], at=AT).keys() == {sku.pk}

    restricting.apply_all(at=AT + timedelta(days=7))
    restricting.apply_all(at=AT + timedelta(days=8))
    assert in_force(shop) == {"listing": None, "sales": None}
    assert buyable([sku.pk], at=AT) == {}
    assert not Product.objects.visible_to(ANONYMOUS).filter(shop=shop).exists()

    paid(shop, 50_000)
    delivery.deliver_all()
    assert in_force(shop) == {}
    assert buyable([sku.pk], at=AT).keys() == {sku.pk}
    assert list(Product.objects.visible_to(ANONYMOUS).filter(shop=shop)) == [product]
    ended = ShopRestriction.objects.filter(shop=shop, until__isnull=False)
    assert ended.count() == 2
    assert AuditEntry.objects.filter(action="shops.lift_restriction", shop_id=shop.pk).count() == 2


def test_the_days_are_those_of_the_rule_in_force() -> None:
    shop = ShopFactory()
    staked(0, shop, base=50_000)
    days = {"listing_after_days": 1, "sales_after_days": 2}
    rules.set_deposit_rule(
        rule=Rule(**{**vars(rule_at(AT)), **days}),
        effective_from=AT + timedelta(hours=1),
        at=AT,
        actor=operator(),
    )

    restricting.apply_all(at=AT + timedelta(days=2))

    assert in_force(shop) == {"listing": None, "sales": None}


def test_a_new_product_of_a_restricted_shop_is_not_submitted() -> None:
    shop = ShopFactory()
    impose(shop, RestrictionKind.LISTING)
    product = make_sku(shop=shop).product
    Product.objects.filter(pk=product.pk).update(
        review_status="not_submitted", draft_status="unsubmitted", shelf_status="off"
    )

    with pytest.raises(ShopRestricted):
        shelf.submit(product=product, actor=actor_of(shop), at=AT)

    product.refresh_from_db()
    assert product.review_status == "not_submitted"


def impose(shop, kind, reason=RestrictionReason.DEPOSIT, limit=None) -> bool:
    return restrictions.impose(
        shop_id=shop.pk, kind=kind, reason=reason, source="x", limit=limit, at=AT
    )


def test_two_reasons_keep_each_their_own() -> None:
    shop = ShopFactory()
    assert impose(shop, RestrictionKind.SALES)
    assert not impose(shop, RestrictionKind.SALES)
    assert impose(shop, RestrictionKind.SALES, RestrictionReason.SCORE)

    lifted = restrictions.lift(
        shop_id=shop.pk, reason=RestrictionReason.DEPOSIT, kinds=[RestrictionKind.SALES], at=AT
    )

    assert (lifted, in_force(shop)) == (1, {"sales": None})


def score(shop, tenths: int | None, day: date = date(2025, 6, 11)) -> ShopScore:
    made, _new = ShopScore.objects.update_or_create(
        shop=shop,
        day=day,
        defaults={"orders": 40, "score_tenths": tenths, "computed_at": noon(2025, 6, 11)},
    )
    return made


@pytest.mark.parametrize(
    ("tenths", "expected"),
    [
        (600, {}),
        (599, {"alliance": None}),
        (500, {"alliance": None}),
        (499, {"alliance": None, "daily_orders": 100}),
        (None, {}),
    ],
)
def test_a_low_score_leads_to_what_the_rule_says(tenths, expected) -> None:
    shop = ShopFactory()
    score(shop, tenths)

    consequences.apply_all(at=AT)

    assert in_force(shop) == expected


def test_it_is_lifted_by_a_better_score_and_follows_another_limit() -> None:
    shop = ShopFactory()
    low = score(shop, 400)
    assert consequences.apply_all(at=AT) == 2
    assert consequences.apply_all(at=AT) == 0
    assert ShopRestriction.objects.filter(source=low.public_id).count() == 2
    rules.set_consequence(
        measure=Measure.TOTAL,
        effect=Effect.DAILY_ORDERS,
        threshold_tenths=500,
        limit=7,
        effective_from=AT + timedelta(hours=1),
        at=AT,
        actor=operator(),
    )
    consequences.apply_all(at=AT + timedelta(hours=2))
    assert in_force(shop) == {"alliance": None, "daily_orders": 7}

    score(shop, 550, day=date(2025, 6, 12))
    consequences.apply_all(at=AT + timedelta(days=1))
    assert in_force(shop) == {"alliance": None}
    score(shop, 800, day=date(2025, 6, 13))
    consequences.apply_all(at=AT + timedelta(days=2))
    assert in_force(shop) == {}


def test_a_part_of_the_score_may_lead_to_something_of_its_own() -> None:
    shop = ShopFactory()
    made = score(shop, 900)
    ShopScore.objects.filter(pk=made.pk).update(logistics_tenths=300)
    rule = {"measure": Measure.LOGISTICS, "effect": Effect.DAILY_ORDERS, "limit": 50}
    rules.set_consequence(
        **rule, threshold_tenths=400, effective_from=AT + timedelta(1), at=AT, actor=operator()
    )

    consequences.apply_all(at=AT)
    assert in_force(shop) == {}
    consequences.apply_all(at=AT + timedelta(days=2))

    assert in_force(shop) == {"daily_orders": 50}
    with pytest.raises(RuleBeginsInThePast):
        rules.set_consequence(
            **rule, threshold_tenths=400, effective_from=AT, at=AT, actor=operator()
        )


def test_a_restricted_shop_does_not_join_the_alliance() -> None:
    shop = ShopFactory()
    score(shop, 599)
    consequences.apply_all(at=AT)

    with pytest.raises(ShopRestricted):
        memberships.join(shop=shop, at=AT, actor=actor_of(shop))

    score(shop, 600)
    consequences.apply_all(at=AT)
    assert memberships.join(shop=shop, at=AT, actor=actor_of(shop)).status == "joined"


def test_an_operator_exempts_with_a_reason_and_lets_it_count_again() -> None:
    shop = ShopFactory()
    score(shop, 400)
    consequences.apply_all(at=AT)
    desk = operator()

    made = consequences.exempt(
        shop=shop, effect=Effect.DAILY_ORDERS, note="flood", at=AT, actor=desk
    )
    delivery.deliver_all()
    assert in_force(shop) == {"alliance": None}
    assert consequences.apply_all(at=AT) == 0
    with pytest.raises(AlreadyExempt):
        consequences.exempt(shop=shop, effect=Effect.DAILY_ORDERS, note="x", at=AT, actor=desk)

    consequences.lift_exemption(exemption=made, reason="dry", at=AT, actor=desk)
    delivery.deliver_all()
    assert in_force(shop) == {"alliance": None, "daily_orders": 100}
    with pytest.raises(ExemptionLifted):
        consequences.lift_exemption(exemption=made, reason="dry", at=AT, actor=desk)


def test_an_unknown_deposit_restricts_nobody() -> None:
    shop = ShopFactory()

    restricting.apply_all(at=AT)

    assert not Deposit.objects.filter(shop=shop).exists()
    assert in_force(shop) == {}

"""governance.services.assessing: what is due, from when, and why."""

from datetime import UTC, date, datetime, timedelta

import pytest

from governance.errors import RuleBeginsInThePast, TiersAreWrong
from governance.models import Deposit, DepositAssessment
from governance.policies import Rule, are_tiers, base_of, exceeds
from governance.selectors import missing_for_opening, rule_at
from governance.services import assessing, moving, rules
from insights.models import ShopDay, ShopScore
from tests.factories.orders import make_sku
from tests.factories.shops import PreparingShopFactory, ShopFactory
from tests.governance.services.test_moving import case_of
from tests.governance.shops import (
    all_right,
    indebted,
    noon,
    operator,
    paid,
    sold_last_month,
    staked,
)

pytestmark = pytest.mark.django_db

MONTH = date(2025, 6, 1)
DAY_1, DAY_8 = noon(2025, 6, 1), datetime(2025, 6, 7, 16, tzinfo=UTC)  # 8 June in China
TIERS = [[5_000_000, 50_000], [10_000_000, 200_000], [None, 500_000]]


def old_shop(gmv_amount: int, month: date = MONTH, **fields):
    """Return a shop that was assessed the first time in another month."""
    shop = ShopFactory(**fields)
    deposit = staked(0, shop, at=noon(2025, 4, 20))
    DepositAssessment.objects.create(
        deposit=deposit,
        shop=shop,
        cause="first",
        month=date(2025, 4, 1),
        tiers=TIERS,
        base_amount=0,
        announced_at=noon(2025, 4, 20),
        effective_at=noon(2025, 4, 28),
        applied_at=noon(2025, 4, 28),
    )
    if gmv_amount:
        sold_last_month(shop, gmv_amount, month)
    return shop


def due(shop) -> tuple[int, int, str]:
    deposit = Deposit.objects.get(shop=shop)
    return deposit.due_amount, deposit.coming_amount, deposit.status


@pytest.mark.parametrize(
    ("gmv", "amount"),
    [
        (0, 50_000),
        (5_000_000, 50_000),
        (5_000_001, 200_000),
        (10_000_000, 200_000),
        (10_000_001, 500_000),
    ],
)
def test_the_tier_of_last_months_sales_is_the_base_deposit(gmv: int, amount: int) -> None:
    assert base_of(gmv, TIERS) == amount


def test_it_is_announced_on_day_1_and_holds_from_day_8() -> None:
    shop = old_shop(7_000_000)

    assessing.assess_all(at=DAY_1)
    assessing.assess_all(at=DAY_1 + timedelta(hours=5))

    made = DepositAssessment.objects.get(shop=shop, cause="monthly")
    assert (made.gmv_amount, made.base_amount, made.tiers) == (7_000_000, 200_000, TIERS)
    assert made.effective_at == DAY_8
    assert due(shop) == (0, 200_000, "due")
    assert assessing.apply_to(shop_id=shop.pk, at=DAY_8 - timedelta(seconds=1)) == 0
    assert due(shop) == (0, 200_000, "due")
    assert assessing.apply_to(shop_id=shop.pk, at=DAY_8) == 1
    assert due(shop) == (200_000, 200_000, "shortfall")
    assert Deposit.objects.get(shop=shop).short_since == DAY_8


def test_a_later_announcement_still_gives_seven_days() -> None:
    shop = old_shop(1_000_000)

    assessing.assess_all(at=noon(2025, 6, 5))

    made = DepositAssessment.objects.get(shop=shop, cause="monthly")
    assert made.effective_at == datetime(2025, 6, 11, 16, tzinfo=UTC)


def test_sales_that_are_still_being_added_up_are_waited_for() -> None:
    shop = old_shop(1_000_000)
    ShopDay.objects.filter(shop=shop, day=date(2025, 5, 31)).update(marks=1)

    assessing.assess_all(at=DAY_1)
    assert not DepositAssessment.objects.filter(shop=shop, cause="monthly").exists()

    ShopDay.objects.filter(shop=shop).update(added_marks=1, marks=1)
    assessing.assess_all(at=DAY_1)
    assert DepositAssessment.objects.filter(shop=shop, cause="monthly").count() == 1


def test_other_months_and_other_shops_do_not_count() -> None:
    shop = old_shop(1_000_000)
    ShopDay.objects.create(shop=shop, day=date(2025, 6, 1), gmv_amount=90_000_000)
    ShopDay.objects.create(shop=shop, day=date(2025, 4, 30), gmv_amount=90_000_000)
    old_shop(90_000_000)

    assessing.assess_all(at=DAY_1)

    assert DepositAssessment.objects.get(shop=shop, cause="monthly").gmv_amount == 1_000_000


def test_a_newcomer_owes_nothing_until_the_trial_ends() -> None:
    shop = ShopFactory(opened_at=noon(2025, 6, 1))
    assessing.assess_all(at=noon(2025, 6, 2))
    assessing.assess_all(at=noon(2025, 6, 3))
    assert due(shop) == (0, 0, "ok")
    assert Deposit.objects.get(shop=shop).is_trial

    assessing.assess_all(at=noon(2025, 6, 30))
    assert DepositAssessment.objects.filter(shop=shop).count() == 1
    ShopDay.objects.create(shop=shop, day=date(2025, 6, 29), orders=50)
    assessing.assess_all(at=noon(2025, 6, 30))

    made = DepositAssessment.objects.get(shop=shop, cause="trial_over")
    assert (made.base_amount, made.effective_at) == (50_000, datetime(2025, 7, 6, 16, tzinfo=UTC))
    assessing.apply_to(shop_id=shop.pk, at=made.effective_at)
    assert due(shop) == (50_000, 50_000, "shortfall")
    assert not Deposit.objects.get(shop=shop).is_trial


def test_a_shop_that_is_no_newcomer_owes_its_first_deposit_a_week_later() -> None:
    shop = ShopFactory()  # opened long ago

    assessing.assess_all(at=noon(2025, 6, 20))

    made = DepositAssessment.objects.get(shop=shop)
    assert (made.cause, made.base_amount, made.is_trial) == ("first", 50_000, False)
    assert made.effective_at == datetime(2025, 6, 26, 16, tzinfo=UTC)


def test_a_shop_that_never_opened_is_not_assessed() -> None:
    shop = PreparingShopFactory()

    assessing.assess_all(at=DAY_1)

    assert not Deposit.objects.filter(shop=shop).exists()


def test_a_rule_of_an_operator_holds_from_its_day_and_for_what_is_worked_out_then() -> None:
    shop = old_shop(1_000_000)
    rule = Rule(**{**vars(rule_at(DAY_1)), "tiers": [[None, 77]]})
    rules.set_deposit_rule(
        rule=rule, effective_from=DAY_1 + timedelta(days=30), at=DAY_1, actor=operator()
    )

    assessing.assess_all(at=DAY_1)
    july = noon(2025, 7, 2)
    assessing.assess_all(at=july)

    rows = DepositAssessment.objects.filter(shop=shop, cause="monthly").order_by("month")
    assert [(one.base_amount, one.rule_id is None) for one in rows] == [(50_000, True), (77, False)]


@pytest.mark.parametrize(
    "tiers",
    [[], [[5, 1]], [[5, 1], [None, 1]], [[5, 2], [None, 1]], [[5, 1], [4, 2], [None, 3]], [[None]]],
)
def test_tiers_that_do_not_rise_or_have_an_end_are_refused(tiers) -> None:
    assert not are_tiers(tiers)
    rule = Rule(**{**vars(rule_at(DAY_1)), "tiers": tiers})

    with pytest.raises(TiersAreWrong):
        rules.set_deposit_rule(
            rule=rule, effective_from=DAY_1 + timedelta(1), at=DAY_1, actor=operator()
        )


def test_a_rule_does_not_begin_in_the_past() -> None:
    with pytest.raises(RuleBeginsInThePast):
        rules.set_deposit_rule(
            rule=rule_at(DAY_1), effective_from=DAY_1, at=DAY_1, actor=operator()
        )


@pytest.mark.parametrize(
    ("amount", "balance", "base", "is_beyond"),
    [
        (500, 500, 2_000, False),
        (501, 500, 2_000, True),
        (501, 5_000, 500, True),
        (500, 5_000, 500, False),
        (1, -100, 500, True),
    ],
)
def test_beyond_is_more_than_the_lower_of_what_is_there_and_what_is_due(
    amount: int, balance: int, base: int, is_beyond: bool
) -> None:
    assert exceeds(amount=amount, balance=balance, base=base) is is_beyond


def advanced(*, is_risky: bool = False):
    """Return a shop whose experience deposit is due since AT, and its covered deposit."""
    shop = indebted()
    deposit = staked(20_000, shop, base=50_000, at=noon(2025, 6, 1))
    if is_risky:
        category = make_sku(shop=shop).product.category
        top = type(category).objects.get(pk=int(category.path.strip("/").split("/")[0]))
        ShopScore.objects.create(
            shop=shop, day=date(2025, 6, 1), category=top, orders=0, computed_at=noon(2025, 6, 1)
        )
        rule = Rule(**{**vars(rule_at(DAY_1)), "high_risk_categories": [top.public_id], "pk": None})
        rules.set_deposit_rule(
            rule=rule,
            effective_from=noon(2025, 6, 2),
            at=noon(2025, 6, 1),
            actor=operator(),
        )
    at = noon(2025, 6, 10)
    moving.advance(case=case_of(shop), amount=30_000, reason="x", at=at, actor=operator())
    deposit.refresh_from_db()
    return shop, deposit


@pytest.mark.parametrize(
    ("is_risky", "amount", "days"), [(True, 500_000, 90), (False, 100_000, 30)]
)
def test_the_experience_deposit_is_times_the_base_and_goes_after_days_without_shortfall(
    is_risky: bool, amount: int, days: int
) -> None:
    shop, deposit = advanced(is_risky=is_risky)
    assert (deposit.experience_amount, deposit.is_high_risk) == (amount, is_risky)
    whole = noon(2025, 6, 20)
    paid(shop, 1_000_000, at=whole)

    assert assessing.drop_proven(at=whole + timedelta(days=days, seconds=-1)) == 0
    assert assessing.drop_proven(at=whole + timedelta(days=days)) == 1
    assert assessing.drop_proven(at=whole + timedelta(days=days)) == 0

    assert due(shop) == (50_000, 50_000, "ok")
    assert all_right()


def test_it_stays_while_something_is_missing() -> None:
    shop, _deposit = advanced()

    assert assessing.drop_proven(at=noon(2026, 6, 1)) == 0

    assert due(shop) == (150_000, 150_000, "advanced")


def test_what_is_missing_for_opening_is_the_base_deposit_where_there_is_no_trial(settings) -> None:
    shop = PreparingShopFactory()
    assert missing_for_opening(shop, DAY_1) == 0

    settings.DEPOSIT_RULE = settings.DEPOSIT_RULE | {"trial_days": 0}
    assert missing_for_opening(shop, DAY_1) == 50_000
    staked(20_000, shop)
    assert missing_for_opening(shop, DAY_1) == 30_000
    staked(30_000, shop)
    assert missing_for_opening(shop, DAY_1) == 0

"""The experience score: from rows, as of midnight, and the same when worked out again by hand."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from aftersales.enums import CaseKind, ReasonCode, RecordAction
from aftersales.models import NegotiationRecord, RefundCase
from aftersales.services import deciding
from catalog.models import Category
from insights.enums import ExemptReason, RowPart, ScoreMetric
from insights.errors import AlreadyExempt, BandsAreWrong, ExemptionLifted, NeverCounted, RuleBegins
from insights.models import ScoreRule, ShopScore
from insights.policies import OF_CASES, PART_OF, WEIGHTS
from insights.selectors import measures
from insights.services import days, exemptions, rules, scores
from kernel import delivery
from kernel.actors import SYSTEM
from kernel.models import AuditEntry
from orders.enums import OrderStatus
from orders.models import Order, Refund
from shops.models import Shop
from shops.selectors import storefronts
from tests.factories.aftersales import open_case
from tests.factories.orders import make_order, make_sku
from tests.factories.shops import ShopFactory, actor_of
from tests.insights.trade import give_back, noon, sold

pytestmark = pytest.mark.django_db
TODAY = date(2025, 6, 11)
AT = noon(TODAY, 4)


def back(number: int, hour: int = 12):
    """Noon of a day before today."""
    return noon(TODAY - timedelta(days=number), hour)


def ship(order, *, hours: int):
    """Let the order be shipped so many hours after its promise; negative ones are before it."""
    Order.objects.filter(pk=order.pk).update(shipped_at=order.ship_by_at + timedelta(hours=hours))


def shipped(sku, paid_at, *, hours=-1):
    """An order that was shipped around its promise."""
    order = sold(sku, paid_at=paid_at, status=OrderStatus.SHIPPED)
    ship(order, hours=hours)
    return order


def granted(order, *, at, reason=ReasonCode.QUALITY, hours=2):
    """A refund for what the goods are, answered after `hours` and booked."""
    case = open_case(order, CaseKind.REFUND_SHIPPED, at=at, reason=reason, is_received=True)
    answered = at + timedelta(hours=hours)
    deciding.approve(case_id=case.pk, version=case.version, at=answered, actor=actor_of(order.shop))
    case.refresh_from_db()
    return case


def called(order, *, at, for_seller=False):
    """A return that was rejected and brought before the platform."""
    case = open_case(order, CaseKind.RETURN_AND_REFUND, at=at)
    said = [(RecordAction.REJECTED, 3), (RecordAction.ESCALATED, 4)]
    for action, hours in [*said, *([(RecordAction.FOR_SELLER, 9)] if for_seller else [])]:
        NegotiationRecord.objects.create(
            case=case, shop=case.shop, buyer=case.buyer, actor_role="merchant", action=action,
            at=at + timedelta(hours=hours),
        )  # fmt: skip
    return case


def trade(shop, count=30):
    """So many orders in the window, shipped in time, and some on either side of it."""
    sku = make_sku(shop)
    orders = [shipped(sku, back(20 - place % 10)) for place in range(count)]
    shipped(sku, back(31))
    sold(sku, paid_at=noon(TODAY, 0, 0))
    return sku, orders


def by_hand(score) -> int:
    """Work the score out again from the rows of each measure alone, with fractions."""
    window = measures.window_of(score)
    points: dict = {}
    for one in score.metrics.all():
        rows = list(measures.rows_of(window, one.metric, RowPart.DENOMINATOR))
        if one.metric in OF_CASES:
            hours = [
                Fraction((row.answered_at - row.created_at) // timedelta(minutes=1), 60)
                for row in rows
            ]
            value = 10 * sum(hours) / len(hours) if hours else None
        else:
            part = list(measures.rows_of(window, one.metric, RowPart.NUMERATOR))
            assert {row.pk for row in part} <= {row.pk for row in rows}
            value = Fraction(10_000 * len(part), len(rows)) if rows else None
        if value is None:
            continue
        value = int(value + Fraction(1, 2))
        bands = settings.SCORE_RULES[one.metric]["bands"]
        is_more = one.metric == ScoreMetric.SHIPPED_ON_TIME
        good = [given for limit, given in bands if (value >= limit if is_more else value <= limit)]
        part_points = points.setdefault(PART_OF[one.metric], [])
        part_points.append((settings.SCORE_RULES[one.metric]["weight"], good[0] if good else 0))
    sub = {
        part: int(
            Fraction(sum(w * p for w, p in known), sum(w for w, _p in known)) + Fraction(1, 2)
        )
        for part, known in points.items()
    }
    total = Fraction(sum(WEIGHTS[part] * tenths for part, tenths in sub.items()))
    return int(total / sum(WEIGHTS[part] for part in sub) + Fraction(1, 2))


def counts(score) -> dict:
    """Measure → (numerator, denominator)."""
    return {one.metric: (one.numerator, one.denominator) for one in score.metrics.all()}


def test_sh_14_a_score_of_rows_by_the_formula() -> None:
    """Thirty days, three parts, 50 + 15 + 35; worked out again from the rows it is the same.

    Page: /merchant/insights/shopscore/
    """
    shop = ShopFactory()
    sku, orders = trade(shop)
    shipped(sku, back(9), hours=1)  # too late
    granted(orders[0], at=back(5))
    granted(orders[1], at=back(5), reason=ReasonCode.NO_LONGER_WANTED, hours=10)
    called(orders[2], at=back(4))
    called(orders[3], at=back(4), for_seller=True)

    score = scores.refresh(shop_id=shop.pk, day=TODAY, at=AT)

    assert score.orders == 31
    assert counts(score) == {
        ScoreMetric.QUALITY_RETURN: (1, 31),
        ScoreMetric.SHIPPED_ON_TIME: (30, 31),
        ScoreMetric.REFUND_HOURS: (12 * 60, 2),
        ScoreMetric.RETURN_HOURS: (6 * 60, 2),
        ScoreMetric.PLATFORM_HELP: (1, 31),
    }
    values = {one.metric: one.value for one in score.metrics.all()}
    assert values[ScoreMetric.QUALITY_RETURN] == 323  # 3.23 %
    assert values[ScoreMetric.REFUND_HOURS] == 60  # 6.0 hours
    assert (score.product_tenths, score.logistics_tenths) == (400, 750)
    # hours: 30 × 950 and 30 × 1000; help at 3.23 %: 40 × 0
    assert score.service_tenths == 585
    assert score.score_tenths == 517  # (50 × 400 + 15 × 750 + 35 × 585) / 100 = 517.25
    assert by_hand(score) == score.score_tenths


def test_sh_13_the_storefront_shows_the_score() -> None:
    """What was worked out stands in the identity block.

    API: GET /api/v1/shops/shops/{shop_id}
    """
    shop = ShopFactory()
    trade(shop)

    score = scores.refresh(shop_id=shop.pk, day=TODAY, at=AT)

    shop.refresh_from_db()
    assert shop.score_tenths == score.score_tenths == 1_000
    assert storefronts([shop.pk], at=AT)[shop.pk]["shop"]["score"] == "100.0"


def test_sh_14_fewer_than_thirty_orders_give_no_score() -> None:
    """A new shop has parts, and no score.

    Page: /merchant/insights/shopscore/
    """
    shop = ShopFactory(score_tenths=900)
    trade(shop, count=29)

    score = scores.refresh(shop_id=shop.pk, day=TODAY, at=AT)

    assert (score.orders, score.score_tenths) == (29, None)
    shop.refresh_from_db()
    assert shop.score_tenths is None


def test_nothing_that_happens_after_midnight_changes_a_score() -> None:
    shop = ShopFactory()
    sku, orders = trade(shop)
    late = sold(sku, paid_at=back(2))  # its promise ends with the window
    before = scores.refresh(shop_id=shop.pk, day=TODAY, at=AT)
    was = counts(before), before.score_tenths

    granted(orders[0], at=back(1, 23))  # asked before midnight, booked at one
    called(orders[1], at=back(1, 21))  # rejected at midnight, the platform called at one
    Order.objects.filter(pk=late.pk).update(shipped_at=noon(TODAY, 2), status=OrderStatus.SHIPPED)
    again = scores.refresh(shop_id=shop.pk, day=TODAY, at=AT + timedelta(days=3))

    assert (counts(again), again.score_tenths) == was
    assert ShopScore.objects.count() == 1


def test_an_order_closed_before_it_had_to_be_shipped_is_not_late() -> None:
    shop = ShopFactory()
    sku = make_sku(shop)
    for place, hours in enumerate((-1, 1)):
        order = sold(sku, paid_at=back(10))
        give_back(
            order, 5_000, at=order.ship_by_at + timedelta(hours=hours), reference=f"c:{place}"
        )
        Order.objects.filter(pk=order.pk).update(
            status=OrderStatus.CLOSED, closed_at=order.ship_by_at + timedelta(hours=hours)
        )
    sold(sku, paid_at=back(1))  # not due yet

    score = scores.refresh(shop_id=shop.pk, day=TODAY, at=AT)

    assert counts(score)[ScoreMetric.SHIPPED_ON_TIME] == (0, 1)


def test_what_has_no_rows_leaves_its_weight_to_the_others() -> None:
    shop = ShopFactory()
    sku = make_sku(shop)
    for _ in range(30):
        sold(sku, paid_at=back(1))  # not due: nothing to say of logistics

    score = scores.refresh(shop_id=shop.pk, day=TODAY, at=AT)

    assert score.logistics_tenths is None
    hours = score.metrics.get(metric=ScoreMetric.REFUND_HOURS)
    assert (hours.value, hours.points_tenths) == (None, None)
    assert score.score_tenths == 1_000
    assert by_hand(score) == 1_000


def test_sh_15_what_is_exempt_does_not_count_and_counts_again_when_lifted() -> None:
    """Support exempts a case, then a whole order, with a reason; the score follows.

    Page: /support/insights/scoreexemption/
    """
    shop = ShopFactory()
    _sku, orders = trade(shop)
    bad, fine = granted(orders[0], at=back(5)), granted(orders[1], at=back(5), hours=20)
    scores.refresh(shop_id=shop.pk, day=TODAY, at=AT)

    kwargs = {"note": "Photos of another shop's goods.", "actor": SYSTEM}
    later = AT + timedelta(hours=1)
    exempt = exemptions.exempt(
        order=orders[0], case=bad, reason=ExemptReason.MALICIOUS_BUYER, at=later, **kwargs
    )
    delivery.deliver_all()

    score = ShopScore.objects.get()
    assert score.computed_at == later
    assert counts(score)[ScoreMetric.QUALITY_RETURN] == (1, 30)
    assert counts(score)[ScoreMetric.REFUND_HOURS] == (20 * 60, 1)
    assert by_hand(score) == score.score_tenths

    exemptions.exempt(
        order=orders[1], reason=ExemptReason.FORCE_MAJEURE, at=later + timedelta(hours=1), **kwargs
    )
    delivery.deliver_all()

    score = ShopScore.objects.get()
    assert counts(score)[ScoreMetric.QUALITY_RETURN] == (0, 29)
    assert counts(score)[ScoreMetric.REFUND_HOURS] == (0, 0)
    assert score.score_tenths is None  # 29 orders

    exemptions.lift(
        exemption=exempt, reason="Mistaken.", at=later + timedelta(hours=2), actor=SYSTEM
    )
    delivery.deliver_all()

    assert counts(ShopScore.objects.get())[ScoreMetric.QUALITY_RETURN] == (1, 29)
    assert fine.order_id == orders[1].pk
    acts = AuditEntry.objects.filter(action__startswith="insights.").order_by("pk")
    assert [one.action for one in acts] == [
        "insights.exempt", "insights.exempt", "insights.lift_exemption",
    ]  # fmt: skip


def test_an_exemption_is_refused_twice_and_for_what_never_counted() -> None:
    order = sold(make_sku(), paid_at=back(3))
    kwargs = {"reason": ExemptReason.APPEAL_WON, "note": "x", "at": AT, "actor": SYSTEM}
    made = exemptions.exempt(order=order, **kwargs)

    with pytest.raises(AlreadyExempt):
        exemptions.exempt(order=order, **kwargs)
    with pytest.raises(NeverCounted):
        exemptions.exempt(order=make_order(OrderStatus.UNPAID), **kwargs)
    exemptions.lift(exemption=made, reason="x", at=AT, actor=SYSTEM)
    with pytest.raises(ExemptionLifted):
        exemptions.lift(exemption=made, reason="x", at=AT, actor=SYSTEM)


def test_a_case_of_another_order_cannot_be_exempt_with_this_one() -> None:
    case = open_case(sold(make_sku(), paid_at=back(3), status=OrderStatus.SHIPPED), at=back(1))
    order = sold(make_sku(), paid_at=back(3))

    with pytest.raises(IntegrityError, match="scoreexemption_of_case"), transaction.atomic():
        exemptions.exempt(
            order=order, case=case, reason=ExemptReason.APPEAL_WON, note="x", at=AT, actor=SYSTEM
        )


def rule(**changes):
    """Set a rule for late shipping that takes effect at midnight."""
    values = {
        "metric": ScoreMetric.SHIPPED_ON_TIME, "category": None, "weight": 100, "target": 9_000,
        "bands": [[9_000, 800], [5_000, 100]], "effective_from": noon(TODAY, 0), "at": back(1),
        "actor": SYSTEM,
    }  # fmt: skip
    return rules.set_rule(**(values | changes))


def test_a_rule_counts_from_its_day_on_and_the_categorys_goes_first() -> None:
    shop = ShopFactory()
    sku, _orders = trade(shop)
    general = rule()
    category = Category.objects.get(pk=int(sku.product.category.path.strip("/").split("/")[0]))

    today = scores.refresh(shop_id=shop.pk, day=TODAY, at=AT)
    yesterday = scores.refresh(shop_id=shop.pk, day=TODAY - timedelta(days=1), at=AT)

    measure = today.metrics.get(metric=ScoreMetric.SHIPPED_ON_TIME)
    assert (measure.rule, measure.points_tenths, measure.target) == (general, 800, 9_000)
    assert yesterday.metrics.get(metric=ScoreMetric.SHIPPED_ON_TIME).rule is None

    theirs = rule(category=category, bands=[[9_000, 700]], effective_from=noon(TODAY, 0))
    again = scores.refresh(shop_id=shop.pk, day=TODAY, at=AT)

    assert again.metrics.get(metric=ScoreMetric.SHIPPED_ON_TIME).rule == theirs
    assert again.category == category


@pytest.mark.parametrize(
    "bands",
    [[], [[9_000]], [[5_000, 800], [9_000, 100]], [[9_000, 100], [5_000, 800]],
     [[9_000, 1_001]], [[9_000, 500], [9_000, 400]], [[9_000, 500], [5_000, 500]]],
)  # fmt: skip
def test_bands_that_do_not_fall_are_refused(bands) -> None:
    with pytest.raises(BandsAreWrong):
        rule(bands=bands)

    assert not ScoreRule.objects.exists()


def test_a_rule_is_neither_backdated_nor_changed() -> None:
    with pytest.raises(RuleBegins):
        rule(effective_from=back(1))
    made = rule()

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        ScoreRule.objects.filter(pk=made.pk).update(weight=1)


def test_the_daily_run_scores_every_shop_that_sold_once() -> None:
    shop, quiet = ShopFactory(), ShopFactory(score_tenths=500)
    trade(shop)
    idle = ShopFactory()
    days.mark_traded(since=back(90))
    days.add_up_all()

    assert scores.refresh_all(at=AT) == 2
    assert scores.refresh_all(at=AT) == 0

    assert set(ShopScore.objects.values_list("shop_id", flat=True)) == {shop.pk, quiet.pk}
    assert Shop.objects.get(pk=quiet.pk).score_tenths is None
    assert Shop.objects.get(pk=idle.pk).score_tenths is None
    assert Refund.objects.count() == RefundCase.objects.count() == 0
    assert connection.in_atomic_block

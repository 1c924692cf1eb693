"""The deposit and what follows from scores, through the consoles."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from catalog.selectors.offers import buyable
from governance.models import (
    ConsequenceExemption,
    ConsequenceRule,
    Deduction,
    Deposit,
    DepositAssessment,
    DepositEntry,
    DepositPayment,
    DepositRule,
)
from governance.services import assessing, consequences, deductions, payments, restricting
from insights.models import ShopScore
from kernel import delivery
from shops.enums import StaffRole
from shops.models import Shop, ShopRestriction
from tests.factories.orders import make_sku
from tests.factories.shops import ShopFactory, actor_of
from tests.governance.services.test_assessing import old_shop
from tests.governance.services.test_moving import case_of
from tests.governance.shops import all_right, earned, indebted, operator, paid, staked

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 7, 1, 4, tzinfo=UTC)
PAGE = "/merchant/governance/deposit/"
OPERATOR = "/operator/governance/"


@pytest.fixture(autouse=True)
def clock():
    """The consoles' time stands still, at noon of a first of the month."""
    with time_machine.travel(NOW, tick=False):
        yield


def post(desk, url: str, **values):
    """Send a form; what is refused is seen as 422."""
    return desk.post(url, values)


def test_sh_06_a_shop_sees_what_is_due_its_arithmetic_and_from_when(shop_desk) -> None:
    """Last month's sales, the tier they fall into, the notice on day 1, in force on day 8.

    Page: /merchant/governance/deposit/
    """
    shop = old_shop(7_000_000, date(2025, 7, 1))
    assessing.assess_all(at=NOW)
    deposit = Deposit.objects.get(shop=shop)
    desk = shop_desk(shop)

    assert deposit.public_id in desk.get(PAGE).text
    page = desk.get(f"{PAGE}{deposit.public_id}/change/").text

    assert "Sales of the month before ¥70,000.00 → ¥2,000.00 + ¥0.00 = ¥2,000.00" in page
    assert page.count("this shop") == 1
    assert "2025-07-08" in page
    home = desk.get("/merchant/").text
    assert "Missing from 2025-07-08 on" in home
    assessing.apply_to(shop_id=shop.pk, at=NOW + timedelta(days=7))
    assert "Missing now" in desk.get("/merchant/").text
    assert "Missing now" not in shop_desk(shop, StaffRole.ORDER_CLERK).get("/merchant/").text


def test_sh_07_the_experience_deposit_is_explained_and_goes_back_after_closing(
    shop_desk, support_desk, operator_desk
) -> None:
    """Support advances for a case beyond what is there; the shop reads why; closed, it goes back.

    Page: /merchant/governance/deposit/
    """
    shop = indebted()
    deposit = staked(20_000, shop, base=50_000)
    case = case_of(shop)
    act = "/support/governance/deposit/do/advance/"

    refused = post(support_desk, act, number=case.number, amount="300.01", reason="no money")
    assert refused.status_code == 422
    assert DepositEntry.objects.filter(kind="advance").count() == 0
    done = post(support_desk, act, number=case.number, amount="300", reason="no money")
    assert done.status_code == 302

    page = shop_desk(shop).get(f"{PAGE}{deposit.public_id}/change/").text
    assert "The platform advanced ¥300.00" in page
    assert "2 times the base is due besides it. ¥500.00 + ¥1,000.00 = ¥1,500.00" in page
    assert case.number in page
    assert all_right()

    other = earned()
    back = staked(50_000, other, base=50_000)
    url = f"{OPERATOR}deposit/{back.public_id}/do/refund/"
    assert post(operator_desk(), url).status_code == 422  # still open
    Shop.objects.filter(pk=other.pk).update(status="closed")
    assert post(operator_desk(), url).status_code == 302
    back.refresh_from_db()
    assert (back.balance_amount, back.status) == (0, "refunded")


def test_sh_08_the_ledger_of_a_deposit_and_its_shortfall(shop_desk, operator_desk) -> None:
    """Due, there, set aside and refundable apart; too low restricts, paid releases.

    Page: /merchant/governance/deposit/
    """
    shop = earned(200_000)
    sku = make_sku(shop=shop)
    deposit = staked(0, shop, base=100_000, at=NOW - timedelta(days=7))
    restricting.apply_all(at=NOW)
    desk = shop_desk(shop)
    assert buyable([sku.pk], at=NOW) == {}
    listed = desk.get("/merchant/shops/shoprestriction/").text
    assert "Buyers can buy nothing of this shop." in listed
    assert "Pay into the deposit what is missing: it ends at once." in listed

    assert post(desk, f"{PAGE}do/top-up/", amount="1900.01").status_code == 422
    assert post(desk, f"{PAGE}do/top-up/", amount="1600").status_code == 302
    delivery.deliver_all()

    assert buyable([sku.pk], at=NOW).keys() == {sku.pk}
    assert not ShopRestriction.objects.filter(shop=shop, until__isnull=True).exists()
    asking, deciding = operator_desk(), operator_desk()
    url = f"{OPERATOR}deposit/{deposit.public_id}/do/"
    assert post(asking, f"{url}freeze/", amount="100", reason="case").status_code == 302
    told = {"violation": "V1", "amount": "150", "reason": "fake goods"}
    assert post(asking, f"{url}deduct/", **told).status_code == 302
    page = desk.get(f"{PAGE}{deposit.public_id}/change/").text
    for text in ("¥1,450.00", "¥100.00", "¥350.00", "V1", "fake goods", "-¥150.00"):
        assert text in page, text
    assert post(desk, f"{PAGE}do/withdraw/", amount="350.01").status_code == 422
    assert post(desk, f"{PAGE}do/withdraw/", amount="350").status_code == 302
    assert all_right()

    paid(shop, 200_000, at=NOW)
    told |= {"violation": "V2", "amount": "1000.01"}
    assert post(asking, f"{url}deduct/", **told).status_code == 302
    waiting = Deduction.objects.get(violation="V2")
    decide = f"{OPERATOR}deduction/{waiting.public_id}/do/approve/"
    assert post(asking, decide).status_code == 422
    assert post(deciding, decide).status_code == 302
    waiting.refresh_from_db()
    assert waiting.status == "done"
    assert all_right()


def test_a_payment_is_started_paid_at_the_sandbox_and_in_the_deposit(shop_desk) -> None:
    shop = ShopFactory()
    desk = shop_desk(shop)

    assert post(desk, f"{PAGE}do/pay/", amount="500", gateway="sandbox").status_code == 302
    payment = DepositPayment.objects.get(shop=shop)
    url = f"/merchant/governance/depositpayment/{payment.number}/"
    assert post(desk, f"{url}do/pay-in-sandbox/").status_code == 302
    payments.collect_pending(at=NOW)

    assert "paid" in desk.get(f"{url}change/").text
    assert Deposit.objects.get(shop=shop).balance_amount == 50_000
    assert post(desk, f"{url}do/pay-in-sandbox/").status_code == 404


def test_only_who_may_move_the_shops_money_moves_its_deposit(shop_desk) -> None:
    shop = earned()
    staked(50_000, shop)
    manager = shop_desk(shop, StaffRole.MANAGER)

    assert manager.get(PAGE).status_code == 200
    for act in ("top-up", "pay", "withdraw"):
        assert post(manager, f"{PAGE}do/{act}/", amount="1", gateway="sandbox").status_code == 403
    clerk = shop_desk(shop, StaffRole.ORDER_CLERK)
    assert clerk.get(PAGE).status_code in (403, 404)
    assert DepositEntry.objects.filter(shop=shop).count() == 1


def test_nobody_reads_anothers_deposit(shop_desk) -> None:
    mine, theirs = staked(50_000), staked(77_700)
    deductions.deduct(
        shop_id=theirs.shop_id,
        violation="THEIRS",
        amount=100,
        reason="r",
        at=NOW,
        actor=operator(),
    )
    desk = shop_desk(mine.shop)

    assert desk.get(f"{PAGE}{theirs.public_id}/change/").status_code == 404
    for model in ("deposit", "depositentry", "depositassessment", "depositpayment"):
        page = desk.get(f"/merchant/governance/{model}/").text
        assert "¥777.00" not in page
        assert "THEIRS" not in page


def scored(tenths: int):
    shop = ShopFactory()
    ShopScore.objects.create(
        shop=shop, day=date(2025, 7, 1), orders=40, score_tenths=tenths, computed_at=NOW
    )
    consequences.apply_all(at=NOW)
    return shop


def test_sh_16_a_shop_reads_what_its_score_leads_to_and_an_operator_exempts(
    shop_desk, operator_desk
) -> None:
    """Thresholds are dated data; what is in force is told with what to do; exempt with a reason.

    Page: /merchant/shops/shoprestriction/
    """
    shop = scored(499)
    desk = shop_desk(shop)
    page = desk.get("/merchant/shops/shoprestriction/").text
    assert "At most 100 orders a day." in page
    assert "The shop cannot join the alliance." in page
    assert "See the measures of the score that miss their target" in page
    assert "Restrictions" in desk.get("/merchant/").text

    office = operator_desk()
    url = f"{OPERATOR}consequenceexemption/do/exempt/"
    told = {"shop": shop.name, "effect": "daily_orders", "note": "flood"}
    assert post(office, url, **told).status_code == 302
    assert post(office, url, **told).status_code == 422
    delivery.deliver_all()
    in_force = ShopRestriction.objects.filter(shop=shop, until__isnull=True)
    assert [one.kind for one in in_force] == ["alliance"]
    made = ConsequenceExemption.objects.get()
    lift = f"{OPERATOR}consequenceexemption/{made.public_id}/do/lift/"
    assert post(office, lift, reason="dry again").status_code == 302
    delivery.deliver_all()
    assert in_force.all().count() == 2


def test_an_operator_sets_the_rules_from_a_future_day(operator_desk) -> None:
    desk = operator_desk()
    page = desk.get(f"{OPERATOR}depositrule/do/set/").text
    assert "50000:500 100000:2000 *:5000" in page
    values = {
        "tiers": "1000:7 *:9.50",
        "high_risk_times": 10,
        "times": 2,
        "high_risk_days": 90,
        "days": 30,
        "trial_days": 0,
        "trial_orders": 0,
        "listing_after_days": 1,
        "sales_after_days": 2,
        "effective_from": "2025-08-01 00:00",
    }
    for wrong in (
        {"tiers": "1000:9 *:7"},
        {"tiers": "nonsense"},
        {"effective_from": "2025-06-01 00:00"},
        {"sales_after_days": 0},
        {"high_risk_times": 1},
    ):
        assert post(desk, f"{OPERATOR}depositrule/do/set/", **values | wrong).status_code == 422
    assert DepositRule.objects.count() == 0
    assert post(desk, f"{OPERATOR}depositrule/do/set/", **values).status_code == 302
    assert DepositRule.objects.get().tiers == [[100_000, 700], [None, 950]]
    assert "1000:7 *:9.50" in desk.get(f"{OPERATOR}depositrule/").text

    rule = {"measure": "score", "effect": "daily_orders", "threshold": "55.5"}
    url = f"{OPERATOR}consequencerule/do/set/"
    assert post(desk, url, **rule, effective_from="2025-08-01 00:00").status_code == 422
    assert post(desk, url, **rule, limit=9, effective_from="2025-08-01 00:00").status_code == 302
    assert ConsequenceRule.objects.get().threshold_tenths == 555


@pytest.mark.parametrize(
    "model",
    [
        "governance/deposit",
        "governance/depositentry",
        "governance/depositassessment",
        "governance/depositpayment",
        "governance/deduction",
        "governance/depositrule",
        "governance/consequencerule",
        "governance/consequenceexemption",
        "shops/shoprestriction",
    ],
)
def test_every_operator_page_opens_within_forty_statements(
    operator_desk, django_assert_max_num_queries, model
) -> None:
    deposit = staked(300_000)
    DepositAssessment.objects.create(
        deposit=deposit,
        shop=deposit.shop,
        cause="first",
        month=date(2025, 6, 1),
        tiers=[[None, 5]],
        base_amount=5,
        announced_at=NOW,
        effective_at=NOW,
    )
    payments.start(
        shop_id=deposit.shop_id, amount=5, gateway="sandbox", at=NOW, actor=actor_of(deposit.shop)
    )
    deductions.deduct(
        shop_id=deposit.shop_id, violation="V", amount=5, reason="r", at=NOW, actor=operator()
    )
    scored(400)
    desk = operator_desk()

    with django_assert_max_num_queries(40):
        assert desk.get(f"/operator/{model}/").status_code == 200

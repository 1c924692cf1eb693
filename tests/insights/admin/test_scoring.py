"""The experience score in the consoles: every number leads to its rows, and they make it again."""

import re
from datetime import UTC, date, datetime
from html import unescape

import pytest
import time_machine

from insights.enums import ScoreMetric
from insights.models import ScoreExemption, ScoreRule, ShopScore
from insights.services import scores
from kernel import delivery
from kernel.models import AuditEntry
from shops.enums import StaffRole
from tests.factories.accounts import OperatorFactory, SupportFactory
from tests.factories.orders import make_order
from tests.factories.shops import ShopFactory
from tests.insights.admin.conftest import signed_in
from tests.insights.admin.test_morning import rows_of
from tests.insights.services.test_scores import AT, back, called, granted, shipped, trade

pytestmark = pytest.mark.django_db
TODAY = date(2025, 6, 11)


@pytest.fixture(autouse=True)
def clock():
    """The consoles' time stands still, at noon of the score's day."""
    with time_machine.travel(datetime(2025, 6, 11, 4, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def scored():
    """A shop with a score, and its orders."""
    shop = ShopFactory()
    sku, orders = trade(shop)
    shipped(sku, back(9), hours=1)
    granted(orders[0], at=back(5))
    called(orders[2], at=back(4))
    return scores.refresh(shop_id=shop.pk, day=TODAY, at=AT), orders


def links(page: str) -> list[tuple[str, str]]:
    """(address, text) of the links in the tables of a score's page."""
    found = re.findall(r'class="text-link" href="([^"]*score=[^"]+)">\s*([^<]+?)\s*<', page)
    return [(unescape(url), text) for url, text in found]


def test_sh_13_every_measure_leads_to_its_numerator_and_denominator(shop_desk, scored) -> None:
    """Each sub-metric shows value, target and the orders behind it.

    Page: /merchant/insights/shopscore/
    """
    score, _orders = scored
    desk = shop_desk(score.shop)

    page = desk.get(f"/merchant/insights/shopscore/{score.public_id}/change/").text

    found = links(page)
    assert len(found) == 3 * 2 + 2  # three rates have two parts, two durations one
    for url, text in found:
        expected = re.search(r"in (\d+) case", text)
        number = int(expected[1] if expected else text)
        assert rows_of(desk, url) == number, url
    assert "3.23 %" in page
    assert "(100 × 40.0) / 100 = 40.0" in page


def test_the_first_page_shows_the_score_with_its_three_parts(shop_desk, scored) -> None:
    score, _orders = scored
    desk = shop_desk(score.shop)

    page = desk.get("/merchant/").text

    assert "Experience score" in page
    for part in ("Products", "Logistics", "Service"):
        assert part in page.partition("Experience score")[2]
    assert f"/merchant/insights/shopscore/{score.public_id}/change/" in page


def test_a_clerk_without_the_cases_sees_no_link_to_them(shop_desk, scored) -> None:
    score, _orders = scored
    desk = shop_desk(score.shop, StaffRole.ORDER_CLERK)

    page = desk.get(f"/merchant/insights/shopscore/{score.public_id}/change/").text

    assert {url.partition("?")[0] for url, _text in links(page)} == {
        "/merchant/insights/paidorder/"
    }
    assert desk.get("/merchant/insights/weighedcase/").status_code == 403


def test_the_rows_of_another_shops_score_are_not_told(shop_desk, scored) -> None:
    score, _orders = scored
    desk = shop_desk(ShopFactory())

    for page in ("paidorder", "weighedcase"):
        assert rows_of(desk, f"/merchant/insights/{page}/?score={score.public_id}") == 0
    address = f"/merchant/insights/shopscore/{score.public_id}/change/"
    assert desk.get(address).status_code == 404


@pytest.mark.parametrize("asked", ["score=x", "metric=x", "part=x&metric=platform_help"])
def test_an_address_that_asks_for_nonsense_is_answered(shop_desk, scored, asked) -> None:
    score, _orders = scored

    answer = shop_desk(score.shop).get(f"/merchant/insights/paidorder/?{asked}")

    assert answer.status_code == 200


def test_sh_15_support_exempts_a_case_and_an_order_with_a_reason(scored) -> None:
    """Support tags what a shop is not to blame for; operators only look.

    Page: /support/insights/scoreexemption/
    """
    score, orders = scored
    desk = signed_in(SupportFactory())
    act = "/support/insights/scoreexemption/do/exempt/"
    values = {"number": orders[0].number, "reason": "malicious_buyer", "note": "Serial refunds."}

    assert desk.post(act, values).status_code == 302
    delivery.deliver_all()

    made = ScoreExemption.objects.get()
    assert (made.order_id, made.case_id, made.shop_id) == (orders[0].pk, None, score.shop_id)
    measure = ShopScore.objects.get().metrics.get(metric=ScoreMetric.QUALITY_RETURN)
    assert (measure.numerator, measure.denominator) == (0, 30)
    assert desk.post(act, values).status_code == 422  # once
    page = f"/support/insights/scoreexemption/{made.public_id}"
    assert desk.post(f"{page}/do/lift/", {"reason": "Mistaken."}).status_code == 302
    made.refresh_from_db()
    assert made.lifted_at is not None
    assert AuditEntry.objects.filter(action="insights.lift_exemption").exists()


@pytest.mark.parametrize("number", ["nothing", ""])
def test_an_exemption_of_nothing_is_refused_on_the_form(number) -> None:
    desk = signed_in(SupportFactory())
    values = {"number": number, "reason": "appeal_won", "note": "x"}

    answer = desk.post("/support/insights/scoreexemption/do/exempt/", values)

    assert answer.status_code == 422
    assert not ScoreExemption.objects.exists()


def test_operators_look_at_exemptions_and_merchants_do_not_see_the_page(shop_desk) -> None:
    operator = signed_in(OperatorFactory())

    assert operator.get("/operator/insights/scoreexemption/").status_code == 200
    assert operator.get("/operator/insights/scoreexemption/do/exempt/").status_code == 404
    assert shop_desk(ShopFactory()).get("/merchant/insights/scoreexemption/").status_code == 404


def test_sh_14_an_operator_sets_a_dated_rule() -> None:
    """Bands a category are versioned rows, from the future on.

    Page: /operator/insights/scorerule/
    """
    desk = signed_in(OperatorFactory())
    values = {
        "metric": "shipped_on_time", "category": "", "weight": "100", "target": "9000",
        "bands": "9000:800 5000:100", "effective_from": "2025-07-01 00:00",
    }  # fmt: skip
    act = "/operator/insights/scorerule/do/set/"

    assert desk.post(act, values).status_code == 302

    assert ScoreRule.objects.get().bands == [[9_000, 800], [5_000, 100]]
    for wrong in ({"bands": "5000:800 9000:100"}, {"bands": "x"}, {"effective_from": "2025-06-01"}):
        assert desk.post(act, values | wrong).status_code == 422
    assert ScoreRule.objects.count() == 1
    assert "90.00 %: 80.0, 50.00 %: 10.0" in desk.get("/operator/insights/scorerule/").text


def test_an_unpaid_order_is_refused(scored) -> None:
    desk = signed_in(SupportFactory())
    values = {"number": make_order().number, "reason": "appeal_won", "note": "x"}

    answer = desk.post("/support/insights/scoreexemption/do/exempt/", values)

    assert answer.status_code == 422
    assert "does not count anyway" in answer.text

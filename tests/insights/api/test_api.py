"""The compass over the API: days, scores, the rows that make them, exemptions."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from urllib.parse import urlencode

import pytest
import time_machine
from rest_framework.test import APIClient

from insights.models import ScoreExemption, ShopDay
from insights.services import days, scores
from orders.enums import OrderStatus
from shops.enums import StaffRole
from tests.factories.accounts import OperatorFactory, SupportFactory, UserFactory
from tests.factories.orders import make_order, make_sku
from tests.factories.shops import (
    BindingFactory,
    PreparingShopFactory,
    ShopFactory,
    StaffFactory,
    owner_of,
)
from tests.insights.services.test_scores import AT, back, called, granted, shipped, trade
from tests.insights.trade import give_back, noon, sold

pytestmark = pytest.mark.django_db
TODAY = date(2025, 6, 11)
BASE = "/api/v1/insights/"
WEIGHTS = {"product": 50, "logistics": 15, "service": 35}


@pytest.fixture(autouse=True)
def clock():
    """The API's time stands still, at noon of the score's day."""
    with time_machine.travel(datetime(2025, 6, 11, 4, tzinfo=UTC), tick=False):
        yield


def everything(client, url: str) -> list[dict]:
    """All rows of a list, page by page."""
    rows, cursor = [], ""
    while cursor is not None:
        asked = urlencode({"limit": 20} | ({"cursor": cursor} if cursor else {}))
        answer = client.get(f"{url}{'&' if '?' in url else '?'}{asked}")
        assert answer.status_code == 200, answer.content
        body = answer.json()
        rows += body["results"]
        cursor = body["next"]
    return rows


def half_up(number: Fraction) -> int:
    return int(number + Fraction(1, 2))


def measured(client, url: str, measure: dict) -> int | None:
    """The value of a measure, from nothing but the rows that the API lists."""
    metric = measure["metric"]
    if metric.endswith("_hours"):
        rows = everything(client, f"{url}/cases?metric={metric}")
        minutes = sum(row["minutes"] for row in rows)
        assert (minutes, len(rows)) == (measure["numerator"], measure["denominator"])
        return half_up(Fraction(minutes, 6 * len(rows))) if rows else None
    counts = [
        len(everything(client, f"{url}/orders?metric={metric}&part={part}"))
        for part in ("numerator", "denominator")
    ]
    assert counts == [measure["numerator"], measure["denominator"]]
    return half_up(Fraction(counts[0] * 10_000, counts[1])) if counts[1] else None


def points(measure: dict, value: int) -> int:
    """What the bands give for a value."""
    is_more = measure["metric"] == "shipped_on_time"
    for limit, given in measure["bands"]:
        if (value >= limit) if is_more else (value <= limit):
            return given
    return 0


def test_sh_13_the_merchant_works_the_score_out_again_from_the_listed_rows(client_for) -> None:
    """Numerators, denominators and arithmetic: whoever adds the rows up gets the same score.

    API: GET /api/v1/insights/shops/{shop_id}/scores/{score_id}/orders
    """
    shop = ShopFactory()
    sku, orders = trade(shop, count=45)
    shipped(sku, back(9), hours=1)
    granted(orders[0], at=back(5), hours=7)
    called(orders[2], at=back(4))
    scores.refresh(shop_id=shop.pk, day=TODAY, at=AT)
    client = client_for(owner_of(shop))
    base = f"{BASE}shops/{shop.public_id}/scores"

    (score,) = everything(client, base)

    parts: dict[str, list[tuple[int, int]]] = {}
    for measure in score["measures"]:
        value = measured(client, f"{base}/{score['id']}", measure)
        assert value == measure["value"]
        if value is not None:
            parts.setdefault(measure["part"], []).append(
                (measure["weight"], points(measure, value))
            )
    sums = {
        part: half_up(Fraction(sum(w * p for w, p in known), sum(w for w, _p in known)))
        for part, known in parts.items()
    }
    assert sums == {part: score[f"{part}_tenths"] for part in WEIGHTS}
    assert score["weights"] == WEIGHTS
    total = Fraction(sum(WEIGHTS[part] * tenths for part, tenths in sums.items()), 100)
    assert half_up(total) == score["score_tenths"]
    assert 0 < score["score_tenths"] < 1_000


def test_a_shops_days_say_what_was_sold(client_for) -> None:
    shop = ShopFactory()
    order = sold(make_sku(shop, price=2_000), paid_at=back(1))
    give_back(order, 500, at=back(1, 15), reference="case:1")
    days.mark_traded(since=back(40))
    ShopDay.objects.create(shop=shop, day=TODAY - timedelta(days=9))
    days.add_up_all()
    client = client_for(owner_of(shop))
    url = f"{BASE}shops/{shop.public_id}/days"

    (row,) = everything(client, f"{url}?since=2025-06-10&until=2025-06-10")

    assert (row["orders"], row["pieces"], row["buyers"], row["new_buyers"]) == (1, 1, 1, 1)
    amounts = [row[name]["amount"] for name in ("gmv", "returned", "net_gmv", "refunded")]
    assert amounts == [2_000, 500, 1_500, 500]
    assert len(everything(client, url)) == 2
    assert client.get(f"{url}?since=x").status_code == 400


def test_scores_are_the_shops_own_and_need_the_permission(client_for) -> None:
    shop, other = ShopFactory(), ShopFactory()
    trade(shop, count=1)
    score = scores.refresh(shop_id=shop.pk, day=TODAY, at=AT)
    clerk = client_for(StaffFactory(shop=shop, role=StaffRole.ORDER_CLERK).user)
    stranger = client_for(owner_of(other))
    of = f"{BASE}shops/%s/scores/{score.public_id}"

    assert clerk.get(f"{of % shop.public_id}/orders?metric=quality_return").status_code == 200
    assert clerk.get(f"{of % shop.public_id}/cases?metric=return_hours").status_code == 403
    owner = client_for(owner_of(shop))
    assert owner.get(f"{of % shop.public_id}/cases?metric=quality_return").status_code == 400
    assert stranger.get(f"{of % shop.public_id}/orders?metric=quality_return").status_code == 404
    assert stranger.get(f"{of % other.public_id}/orders?metric=quality_return").status_code == 404


def test_sh_15_support_exempts_and_lifts_over_the_api(client_for) -> None:
    """The shop reads what was exempted and why.

    API: POST /api/v1/insights/support/exemptions
    """
    shop = ShopFactory()
    _sku, orders = trade(shop, count=2)
    case = granted(orders[0], at=back(5))
    support, owner = client_for(SupportFactory()), client_for(owner_of(shop))
    asked = {"order_number": orders[0].number, "reason": "malicious_buyer", "note": "Serial."}
    url = f"{BASE}support/exemptions"

    made = support.post(url, asked | {"case_number": case.number}, format="json")

    assert made.status_code == 201
    assert made.json()["case_number"] == case.number
    again = support.post(url, asked | {"case_number": case.number}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "already_exempt")
    (listed,) = everything(owner, f"{BASE}shops/{shop.public_id}/exemptions")
    assert (listed["note"], listed["lifted_at"]) == ("Serial.", None)
    lifted = support.post(f"{url}/{listed['id']}/lift", {"reason": "Mistaken."}, format="json")
    assert lifted.json()["lifted_at"] is not None
    assert ScoreExemption.objects.get().lifted_at is not None


@pytest.mark.parametrize("who", [OperatorFactory, UserFactory])
def test_nobody_but_support_exempts(client_for, who) -> None:
    order = make_order(OrderStatus.TO_SHIP)
    asked = {"order_number": order.number, "reason": "appeal_won", "note": "x"}

    answer = client_for(who()).post(f"{BASE}support/exemptions", asked, format="json")

    assert answer.status_code == 404
    assert not ScoreExemption.objects.exists()


def test_a_case_of_another_order_is_not_found(client_for) -> None:
    order = sold(make_sku(), paid_at=noon(TODAY, 1))
    case = granted(shipped(make_sku(), back(5)), at=back(2))
    asked = {"order_number": order.number, "case_number": case.number, "reason": "appeal_won"}

    answer = client_for(SupportFactory()).post(
        f"{BASE}support/exemptions", asked | {"note": "x"}, format="json"
    )

    assert answer.status_code == 404


def test_sh_21_buyers_read_score_followers_on_time_rate_and_guarantees(client_for) -> None:
    """The card that stands on profile, product page and live card.

    API: GET /api/v1/insights/cards/{shop_id}
    """
    binding = BindingFactory(account__follower_count=77)
    shop = binding.shop
    promised = sorted(shop.guarantees.values_list("kind", flat=True))
    sku, _orders = trade(shop, count=39)
    shipped(sku, back(9), hours=1)
    scores.refresh(shop_id=shop.pk, day=TODAY, at=AT)

    card = APIClient().get(f"{BASE}cards/{shop.public_id}").json()

    block = card["storefront"]
    assert (block["shop"]["score"], block["shop"]["guarantees"]) == ("96.3", promised)
    assert promised
    assert block["account"]["id"] == binding.account.public_id
    assert (card["follower_count"], card["on_time_bp"], card["day"]) == (77, 9_750, "2025-06-11")
    assert [card[f"{part}_tenths"] for part in WEIGHTS] == [1_000, 750, 1_000]


def test_a_shop_with_few_orders_has_a_card_without_figures() -> None:
    shop, preparing = ShopFactory(), PreparingShopFactory()
    trade(shop, count=3)
    scores.refresh(shop_id=shop.pk, day=TODAY, at=AT)

    card = APIClient().get(f"{BASE}cards/{shop.public_id}").json()

    names = ("day", "follower_count", "on_time_bp", "product_tenths")
    assert [card[name] for name in names] == [None, None, None, None]
    assert APIClient().get(f"{BASE}cards/{preparing.public_id}").status_code == 404

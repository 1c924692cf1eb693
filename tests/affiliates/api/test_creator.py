"""The creator's and the agency's doors."""

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from affiliates.models import AgencyContract, Pick, Plan
from affiliates.services import commissions, picks
from catalog.enums import ShelfStatus
from catalog.services.search import reindex
from kernel.actors import SYSTEM
from orders.enums import OrderStatus
from shops.enums import Relation
from shops.models import Binding
from tests.factories.accounts import AgencyFactory, CreatorFactory, UserFactory
from tests.factories.affiliates import ContractFactory, PickFactory, PlanFactory
from tests.factories.catalog import DraftProductFactory, product_on_sale
from tests.factories.orders import PLACED_AT, make_order
from tests.factories.shops import BindingFactory

pytestmark = pytest.mark.django_db

CREATOR = "/api/v1/affiliates/creator/"
AGENCY = "/api/v1/affiliates/agency/"


@pytest.fixture
def creator():
    return CreatorFactory()


@pytest.fixture
def client(client_for, creator):
    return client_for(creator.user)


def pick(client, product, key="pick-1"):
    return client.post(
        f"{CREATOR}picks", {"product_id": product.public_id}, headers={"Idempotency-Key": key}
    )


def earn(creator):
    chosen = PickFactory(creator=creator)
    order = make_order(
        OrderStatus.PAID, items=[(chosen.product.skus.get(), 1)], pick_code=chosen.pick_code
    )
    commissions.sync(order_ids=[order.pk], at=PLACED_AT)
    return order


def test_the_pool_shows_offers_with_rate_shop_and_earning(client, creator):
    plan = PlanFactory(product=product_on_sale(price=9_999), rate_bp=1_500)
    BindingFactory(shop=plan.shop)
    PlanFactory(product=DraftProductFactory())
    PlanFactory(status="closed")

    [offer] = client.get(f"{CREATOR}pool").json()["results"]

    assert offer["id"] == plan.public_id
    assert offer["product"]["price"] == {"amount": 9_999, "currency": "CNY"}
    assert offer["commission_amount"] == {"amount": 1_499, "currency": "CNY"}
    assert offer["rates"]["rate_bp"] == 1_500
    assert offer["storefront"]["shop"]["id"] == plan.shop.public_id
    assert offer["storefront"]["relation"] == "OFFICIAL"
    assert offer["pick_code"] is None

    code = pick(client, plan.product).json()["pick_code"]
    assert client.get(f"{CREATOR}pool").json()["results"][0]["pick_code"] == code


def test_ca_22_a_creator_finds_offers_with_their_rate_and_how_many_sell_them(client, creator):
    """As buyers do, and by what an offer earns; each with its rate and the creators who sell it.

    API: GET /api/v1/affiliates/creator/pool
    """
    low = PlanFactory(product=product_on_sale(price=5_000, sales_count=9), rate_bp=500)
    high = PlanFactory(product=product_on_sale(price=90_000, sales_count=1), rate_bp=3_000)
    for _ in range(2):
        PickFactory(plan=high, product=high.product, shop=high.shop)
    gone = PickFactory(plan=high, product=high.product, shop=high.shop)
    picks.remove(pick=gone, at=PLACED_AT, actor=SYSTEM)

    def offers(**query):
        rows = client.get(f"{CREATOR}pool", query).json()["results"]
        return [(row["id"], row["rates"]["rate_bp"], row["creator_count"]) for row in rows]

    one, other = (low.public_id, 500, 0), (high.public_id, 3_000, 2)
    assert offers() == offers(sort="rate") == offers(sort="-price") == [other, one]
    assert offers(sort="sales") == offers(sort="price") == offers(sort="relevance") == [one, other]
    assert offers(min_rate_bp=501) == offers(min_price=6_000) == offers(max_sales=1) == [other]
    assert offers(shop_type="flagship") == []


def test_the_pool_is_searched_by_word_and_category(client):
    found, other = PlanFactory().product, PlanFactory().product
    found.title = "纯棉四件套"
    reindex([found])
    found.save()

    def ids(**query):
        rows = client.get(f"{CREATOR}pool", query).json()["results"]
        return [row["product"]["id"] for row in rows]

    assert ids(q="四件套") == ids(q="四件套", sort="relevance") == [found.public_id]
    assert ids(category_id=other.category.public_id) == [other.public_id]
    assert len(ids()) == 2
    assert client.get(f"{CREATOR}pool", {"category_id": "cat_none"}).status_code == 404
    assert client.get(f"{CREATOR}pool", {"keyword": "x"}).status_code == 400


def test_a_pick_is_made_once_shown_and_removed(client, creator):
    plan = PlanFactory()

    made, again, other_key = (
        pick(client, plan.product),
        pick(client, plan.product),
        pick(client, plan.product, "pick-2"),
    )

    assert (made.status_code, again["Idempotent-Replayed"]) == (201, "true")
    assert made.json() == again.json() == other_key.json()
    assert Pick.objects.count() == 1
    address = f"{CREATOR}picks/{made.json()['id']}"
    assert client.get(address).json()["state"] == "active"
    assert client.delete(address).json()["state"] == "removed"
    assert [one["state"] for one in client.get(f"{CREATOR}picks").json()["results"]] == ["removed"]


def test_a_pick_needs_a_key(client):
    answer = client.post(f"{CREATOR}picks", {"product_id": PlanFactory().product.public_id})

    assert (answer.status_code, Pick.objects.count()) == (400, 0)


def test_a_product_off_the_shelf_is_named_and_one_never_approved_is_not_there(client):
    plan = PlanFactory()
    plan.product.shelf_status = ShelfStatus.OFF
    plan.product.save(update_fields=["shelf_status"])

    refused = pick(client, plan.product)
    missing = pick(client, DraftProductFactory(), "pick-2")

    assert (refused.status_code, refused.json()["code"]) == (409, "product_off_shelf")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    assert Pick.objects.count() == 0


def test_bi_09_a_product_of_the_own_shop_is_refused_with_a_hint(client, creator):
    """The showcase is for others' products.

    API: POST /api/v1/affiliates/creator/picks
    """
    plan = PlanFactory()
    BindingFactory(shop=plan.shop, account=creator.account)

    answer = pick(client, plan.product)

    assert answer.json()["code"] == "own_shop_product"
    assert answer.json()["detail"] == (
        "Products of your own shop belong in its shop tab, not in the showcase."
    )


@pytest.mark.parametrize("relation", [Relation.OFFICIAL, Relation.SELF])
def test_bi_15_a_new_own_account_sells_for_its_own_shop_alone_at_first(client, creator, relation):
    """After thirty days it takes alliance goods, too; a partner of a shop always may.

    API: POST /api/v1/affiliates/creator/picks
    Page: /merchant/shops/binding/
    """
    plan, now = PlanFactory(), timezone.now()
    bound = BindingFactory(account=creator.account, relation=relation, bound_at=now)

    refused = pick(client, plan.product)

    ends_at = now + settings.OWN_ACCOUNT_PROBATION
    assert (refused.status_code, refused.json()["code"]) == (409, "on_probation")
    assert refused.json()["possible_from"] == ends_at.isoformat()
    assert Pick.objects.count() == 0

    Binding.objects.filter(pk=bound.pk).update(bound_at=now - settings.OWN_ACCOUNT_PROBATION)

    assert pick(client, plan.product, "pick-2").status_code == 201


def test_a_partner_of_a_shop_is_on_no_probation(client, creator):
    BindingFactory(
        account=creator.account, relation=Relation.AWEME_COOPERATOR, bound_at=timezone.now()
    )

    assert pick(client, PlanFactory().product).status_code == 201


def test_picks_say_what_became_of_them(client, creator):
    off, closed, fine = (PickFactory(creator=creator) for _ in range(3))
    off.product.shelf_status = ShelfStatus.OFF
    off.product.save(update_fields=["shelf_status"])
    Plan.objects.filter(pk=closed.plan_id).update(status="closed", closes_at=PLACED_AT)

    rows = client.get(f"{CREATOR}picks").json()["results"]

    assert {row["id"]: row["state"] for row in rows} == {
        off.public_id: "off_shelf",
        closed.public_id: "promotion_closed",
        fine.public_id: "active",
    }


def test_others_picks_commissions_and_contracts_are_not_there(client):
    foreign = PickFactory()
    earn(CreatorFactory())
    contract = ContractFactory(status="invited", starts_at=None)

    assert client.get(f"{CREATOR}picks/{foreign.public_id}").status_code == 404
    assert client.delete(f"{CREATOR}picks/{foreign.public_id}").status_code == 404
    for act in ("accept", "decline", "end"):
        address = f"{CREATOR}contracts/{contract.public_id}/{act}"
        assert client.post(address).status_code == 404
    for path in ("picks", "commissions", "contracts"):
        assert client.get(CREATOR + path).json()["results"] == []
    assert AgencyContract.objects.get().status == "invited"
    assert Pick.objects.get(pk=foreign.pk).status == "active"


@pytest.mark.parametrize("path", ["pool", "picks", "commissions", "contracts"])
def test_nobody_else_comes_in(client_for, anonymous_client, path):
    assert anonymous_client.get(CREATOR + path).status_code == 401
    assert client_for(UserFactory()).get(CREATOR + path).status_code == 404


def test_commissions_are_the_creators_own(client, creator):
    order = earn(creator)
    earn(CreatorFactory())

    [shown] = client.get(f"{CREATOR}commissions").json()["results"]

    assert shown["order_number"] == order.number
    assert shown["creator_amount"] == {"amount": 990, "currency": "CNY"}


def test_an_agency_invites_and_the_creator_decides(client_for, client, creator):
    agency = AgencyFactory()
    boss = client_for(agency.owner)

    made = boss.post(f"{AGENCY}contracts", {"creator_id": creator.public_id, "share_bp": 3_000})
    assert (made.status_code, made.json()["status"]) == (201, "invited")
    address = f"{CREATOR}contracts/{made.json()['id']}"
    [shown] = client.get(f"{CREATOR}contracts").json()["results"]
    assert (shown["agency"]["name"], shown["share_bp"]) == (agency.name, 3_000)

    assert client.post(f"{address}/accept").json()["status"] == "active"
    assert client.post(f"{address}/decline").json()["code"] == "contract_not_open"

    ended = boss.post(f"{AGENCY}contracts/{made.json()['id']}/end").json()
    assert ended["status"] == "ended"
    again = boss.post(f"{AGENCY}contracts", {"creator_id": creator.public_id, "share_bp": 1})
    declined = client.post(f"{CREATOR}contracts/{again.json()['id']}/decline")
    assert declined.json()["status"] == "declined"


def test_an_agency_sees_the_commission_that_it_shares_in(client_for, creator):
    contract = ContractFactory(creator=creator, share_bp=2_000)
    order = earn(creator)
    earn(ContractFactory().creator)
    earn(CreatorFactory())

    [shown] = client_for(contract.agency.owner).get(f"{AGENCY}commissions").json()["results"]

    assert (shown["order_number"], shown["agency_amount"]["amount"]) == (order.number, 198)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"creator_id": "crt_none", "share_bp": 1}, 404),
        ({"creator_id": "crt_none", "share_bp": 10_001}, 400),
        ({"share_bp": 1}, 400),
    ],
)
def test_bad_invitations_are_refused(client_for, body, status):
    boss = client_for(AgencyFactory().owner)

    assert boss.post(f"{AGENCY}contracts", body, format="json").status_code == status
    assert AgencyContract.objects.count() == 0


@pytest.mark.parametrize("path", ["pool", "picks", "commissions", "contracts"])
def test_lists_cost_the_same_for_one_and_for_three_rows(client, creator, path):
    counts = []
    for more in (1, 2):
        for _ in range(more):
            earn(creator)
            ContractFactory(creator=creator, status="ended")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(CREATOR + path).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]

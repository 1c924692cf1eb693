"""Rights to brands, from the claim to what follows when one ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from catalog.enums import PaperStatus
from catalog.models import BrandGrant
from catalog.selectors.grants import granted_brands
from catalog.services import papers
from kernel import clock
from shops.enums import AdmissionStatus, GrantKind, ShopStatus, ShopType
from shops.models import Admission, Shop, ShopRestriction
from tests.factories.accounts import OperatorFactory, UserFactory
from tests.factories.catalog import BrandFactory, BrandGrantFactory, CategoryFactory
from tests.factories.shops import (
    AdmissionFactory,
    PreparingShopFactory,
    ShopDocumentFactory,
    ShopFactory,
    StaffFactory,
    owner_of,
)

pytestmark = pytest.mark.django_db

ROOT = "/api/v1/catalog"
DAY = timedelta(days=1)


@pytest.fixture
def operator(client_for: Any) -> Any:
    return client_for(OperatorFactory())


def applicant(shop_type: str, **more: Any) -> Admission:
    """An application that brings all but its grants."""
    shop = PreparingShopFactory(type=shop_type)
    StaffFactory(shop=shop)
    return AdmissionFactory(shop=shop, **more)


def state(client: Any, shop: Shop) -> str:
    rows = client.get(f"/api/v1/shops/shops/{shop.public_id}/checklist").json()
    return next(one["state"] for one in rows if one["code"] == "brand_grants")


def claim(client: Any, shop: Shop, brand: Any, kind: str, **more: Any) -> Any:
    said = {
        "brand_id": brand.public_id,
        "kind": kind,
        "document_id": ShopDocumentFactory(shop=shop).public_id,
        "starts_at": "2025-01-01T00:00:00Z",
        **more,
    }
    return client.post(f"{ROOT}/shops/{shop.public_id}/brand-grants", said)


def test_sh_02_a_flagship_stands_on_an_accepted_right_to_its_brand(
    client_for: Any, operator: Any
) -> None:
    """A dealer's grant bears none; the owner's waits, is accepted, and then the shop may open.

    API: POST /api/v1/catalog/shops/{shop_id}/brand-grants
    API: POST /api/v1/catalog/operator/brand-grants/{brand_grant_id}/approve
    """
    admission = applicant(ShopType.FLAGSHIP, status=AdmissionStatus.HUMAN_REVIEW)
    shop, brand = admission.shop, BrandFactory()
    client = client_for(owner_of(shop))
    decide = f"/api/v1/shops/operator/admissions/{admission.public_id}/approve"

    nothing = state(client, shop)
    dealer = claim(client, shop, brand, GrantKind.AUTHORISED).json()
    operator.post(f"{ROOT}/operator/brand-grants/{dealer['id']}/approve")
    as_dealer = state(client, shop)
    owner = claim(client, shop, brand, GrantKind.OWNER).json()
    waits = state(client, shop)
    early = operator.post(decide).json()
    operator.post(f"{ROOT}/operator/brand-grants/{owner['id']}/approve")
    proven = state(client, shop)
    Admission.objects.update(legal_name="Lin Ltd", credit_code="91330100MA2ABC0001")
    approved = operator.post(decide).json()

    assert (nothing, as_dealer, waits, proven) == (
        "incomplete",
        "incomplete",
        "pending",
        "complete",
    )
    assert early["code"] == "grants_missing"
    assert approved["status"] == "signing"
    assert granted_brands(shop.pk, at=clock.now()) == {brand.pk}


def test_sh_02_an_individual_becomes_an_enterprise_by_another_shop_that_is_linked(
    client_for: Any,
) -> None:
    """Its score and the day it opened stay with it and are found from the new one; once.

    API: POST /api/v1/shops/shops
    API: GET /api/v1/shops/storefronts/{shop_id}
    """
    old = ShopFactory(type=ShopType.INDIVIDUAL, name="Lin", score_tenths=973)
    client = client_for(owner_of(old))
    asked = {"name": "Lin Ltd", "type": "enterprise", "succeeds": old.public_id}

    wrong = client.post("/api/v1/shops/shops", asked | {"type": "flagship"}).json()
    foreign = client_for(UserFactory()).post("/api/v1/shops/shops", asked).json()
    made = client.post("/api/v1/shops/shops", asked).json()
    again = client.post("/api/v1/shops/shops", asked | {"name": "Lin 2"}).json()
    Shop.objects.filter(public_id=made["id"]).update(status=ShopStatus.OPEN)
    new = client.get(f"/api/v1/shops/storefronts/{made['id']}").json()
    before = client.get(f"/api/v1/shops/storefronts/{old.public_id}").json()

    codes = [wrong["code"], foreign["code"], again["code"]]
    assert codes == ["upgrade_not_possible"] * 3
    assert (new["predecessor"]["id"], new["predecessor"]["score"]) == (old.public_id, "97.3")
    assert (new["successor"], before["predecessor"]) == (None, None)
    assert before["successor"]["id"] == made["id"]
    old.refresh_from_db()
    assert old.type == ShopType.INDIVIDUAL
    assert Shop.objects.count() == 2


def test_sh_02_an_individual_carries_no_brand_in_its_name(client_for: Any) -> None:
    """Not by renaming either; another type may.

    API: POST /api/v1/shops/shops/{shop_id}/rename
    """
    BrandFactory(name="Longjing")
    lone, firm = ShopFactory(type=ShopType.INDIVIDUAL), ShopFactory(type=ShopType.ENTERPRISE)

    answers = [
        client_for(owner_of(shop)).post(
            f"/api/v1/shops/shops/{shop.public_id}/rename", {"name": f"LONGJING tea {number}"}
        )
        for number, shop in enumerate((lone, firm))
    ]

    assert [one.status_code for one in answers] == [409, 200]
    assert (answers[0].json()["code"], answers[0].json()["word"]) == (
        "name_not_allowed",
        "Longjing",
    )
    lone.refresh_from_db()
    assert "LONGJING" not in lone.name


def test_a_multi_brand_shop_has_two_brands_in_its_one_category(client_for: Any) -> None:
    tea, shoes = CategoryFactory(), CategoryFactory()
    admission = applicant(ShopType.MULTI_BRAND, category=tea.public_id)
    shop = admission.shop
    client = client_for(owner_of(shop))
    states = []

    for category in (tea, shoes, None):
        BrandGrantFactory(shop=shop, category=category)
        states.append(state(client, shop))

    assert states == ["incomplete", "incomplete", "complete"]


def test_a_brand_specialty_has_one_brand(client_for: Any) -> None:
    shop = applicant(ShopType.BRAND_SPECIALTY).shop
    client = client_for(owner_of(shop))
    states = [state(client, shop)]

    for _ in range(2):
        BrandGrantFactory(shop=shop)
        states.append(state(client, shop))

    assert states == ["incomplete", "complete", "incomplete"]


def test_a_grant_that_ends_takes_listing_with_it_until_another_bears_the_type(
    operator: Any,
) -> None:
    """By its date and by hand; the restriction is lifted by the grant that follows."""
    shop, now = ShopFactory(type=ShopType.FLAGSHIP), clock.now()
    AdmissionFactory(shop=shop)
    owner = {"shop": shop, "kind": GrantKind.OWNER}
    over = BrandGrantFactory(**owner, ends_at=now - DAY)
    later = BrandGrantFactory(**owner, ends_at=now + DAY, status=PaperStatus.PENDING)
    restrictions = ShopRestriction.objects.filter(shop=shop, until__isnull=True)

    ended = papers.end_due(at=now)
    barred = restrictions.values_list("kind", "reason", "source").get()
    operator.post(f"{ROOT}/operator/brand-grants/{later.public_id}/approve")
    lifted = not restrictions.exists()
    operator.post(f"{ROOT}/operator/brand-grants/{later.public_id}/revoke", {"reason": "False."})

    over.refresh_from_db()
    assert (ended, papers.end_due(at=now), over.status) == (1, 0, PaperStatus.ENDED)
    assert barred == ("listing", "brand_grant", over.public_id)
    assert (lifted, restrictions.count()) == (True, 1)


def test_a_brand_is_held_exclusively_by_one_shop_in_a_time(operator: Any) -> None:
    now = clock.now()
    brand = BrandFactory()
    first = BrandGrantFactory(brand=brand, kind=GrantKind.EXCLUSIVE, ends_at=now + DAY)
    at_once = BrandGrantFactory(
        brand=brand, kind=GrantKind.EXCLUSIVE, status=PaperStatus.PENDING, starts_at=now
    )
    after = BrandGrantFactory(
        brand=brand, kind=GrantKind.EXCLUSIVE, status=PaperStatus.PENDING, starts_at=now + DAY
    )

    answers = [
        operator.post(f"{ROOT}/operator/brand-grants/{one.public_id}/approve")
        for one in (at_once, after)
    ]

    assert [one.status_code for one in answers] == [409, 200]
    assert answers[0].json()["code"] == "grant_exclusive"
    accepted = set(BrandGrant.objects.filter(status=PaperStatus.APPROVED))
    assert accepted == {first, after}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ends_at": "2024-01-01T00:00:00Z"}, "paper_invalid"),
        ({"document_id": "doc_none"}, "not_found"),
        ({"brand_id": "brd_none"}, "not_found"),
    ],
)
def test_a_claim_that_proves_nothing_is_refused(
    client_for: Any, change: dict[str, Any], code: str
) -> None:
    shop = ShopFactory()

    answer = claim(client_for(owner_of(shop)), shop, BrandFactory(), GrantKind.OWNER, **change)

    assert answer.json()["code"] == code
    assert not BrandGrant.objects.exists()


def test_one_claim_to_a_brand_waits_at_a_time_and_nobody_decides_their_own(
    client_for: Any,
) -> None:
    shop, brand = ShopFactory(), BrandFactory()
    client = client_for(owner_of(shop))
    made = claim(client, shop, brand, GrantKind.OWNER).json()
    member = OperatorFactory()
    StaffFactory(shop=shop, user=member)

    second = claim(client, shop, brand, GrantKind.OWNER).json()
    own = client_for(member).post(f"{ROOT}/operator/brand-grants/{made['id']}/approve").json()

    assert (second["code"], own["code"]) == ("paper_waiting", "own_case")
    assert BrandGrant.objects.get().status == PaperStatus.PENDING

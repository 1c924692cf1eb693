"""Categories that ask for licences, and what may be listed in them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from catalog.enums import PaperStatus, ReviewStatus, ShelfStatus
from catalog.models import Product, QualificationRule, ShopQualification
from catalog.services import papers, publishing
from kernel import clock
from kernel.actors import SYSTEM
from tests.factories.accounts import OperatorFactory
from tests.factories.catalog import (
    CategoryFactory,
    DraftProductFactory,
    ProductFactory,
    QualificationRuleFactory,
    ShopQualificationFactory,
    SkuFactory,
)
from tests.factories.shops import ShopDocumentFactory, owner_of

pytestmark = pytest.mark.django_db

ROOT = "/api/v1/catalog"
DAY = timedelta(days=1)


@pytest.fixture
def operator(client_for: Any) -> Any:
    return client_for(OperatorFactory())


@pytest.fixture
def client(client_for: Any, shop: Any) -> Any:
    return client_for(owner_of(shop))


@pytest.fixture
def base(shop: Any) -> str:
    return f"{ROOT}/shops/{shop.public_id}"


@pytest.fixture
def food() -> Any:
    return CategoryFactory(name="Food")


@pytest.fixture
def tea(food: Any) -> Any:
    return CategoryFactory(name="Tea", parent=food)


def drafted(shop: Any, category: Any, **more: Any) -> Product:
    product = DraftProductFactory(shop=shop, category=category, **more)
    SkuFactory(product=product)
    return product


def submitted(client: Any, base: str, product: Product) -> Any:
    return client.post(f"{base}/products/{product.public_id}/submit", {})


def test_sh_05_a_category_is_open_once_its_licences_are_accepted(
    client: Any, operator: Any, base: str, shop: Any, food: Any, tea: Any
) -> None:
    """Asked of the branch, it closes the leaf; the licence is handed in, accepted, and opens it.

    API: POST /api/v1/catalog/operator/categories/{category_id}/qualification-rules
    API: POST /api/v1/catalog/shops/{shop_id}/qualifications
    API: GET /api/v1/catalog/shops/{shop_id}/openings
    """
    product = drafted(shop, tea)
    asked = {"code": "food_permit", "name": "Permit to sell food"}
    operator.post(f"{ROOT}/operator/categories/{food.public_id}/qualification-rules", asked)

    def told() -> tuple[bool, str]:
        (one,) = client.get(f"{base}/openings").json()
        return one["is_open"], one["licences"][0]["state"]

    before, refused = told(), submitted(client, base, product)
    paper = {
        "code": "food_permit",
        "licence_number": "JY13301",
        "document_id": ShopDocumentFactory(shop=shop).public_id,
        "starts_at": "2025-01-01T00:00:00Z",
        "ends_at": "2036-01-01T00:00:00Z",
    }
    made = client.post(f"{base}/qualifications", paper).json()
    waiting = told()
    operator.post(f"{ROOT}/operator/qualifications/{made['id']}/approve")
    after, taken = told(), submitted(client, base, product)

    assert (before, waiting, after) == (
        (False, "missing"),
        (False, "in_review"),
        (True, "open"),
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "category_not_open")
    assert refused.json()["qualifications"] == ["food_permit"]
    assert taken.status_code == 201


def test_sh_05_a_value_of_an_attribute_makes_a_licence_mandatory(
    client: Any, base: str, shop: Any, tea: Any
) -> None:
    """Only what says "organic" needs the certificate; the category itself is open.

    API: POST /api/v1/catalog/shops/{shop_id}/products/{product_id}/submit
    """
    QualificationRuleFactory(category=tea, attribute="Kind", values=["organic"])
    plain = drafted(shop, tea, attributes=[{"name": "Kind", "value": "green"}])
    organic = drafted(shop, tea, attributes=[{"name": "Kind", "value": "green、organic"}])

    codes = [submitted(client, base, one).status_code for one in (plain, organic)]

    assert codes == [201, 409]
    assert client.get(f"{base}/openings").json()[0]["is_open"] is True
    organic.refresh_from_db()
    assert organic.review_status == ReviewStatus.NOT_SUBMITTED


def test_a_licence_that_is_over_closes_the_category_for_what_is_listed_next(
    client: Any, base: str, shop: Any, tea: Any
) -> None:
    now = clock.now()
    rule = QualificationRuleFactory(category=tea)
    paper = ShopQualificationFactory(shop=shop, code=rule.code, ends_at=now + DAY)
    product = ProductFactory(shop=shop, category=tea, shelf_status=ShelfStatus.OFF)
    SkuFactory(product=product, stock=5)
    url = f"{base}/products/{product.public_id}"

    in_time = client.post(f"{url}/list").status_code
    client.post(f"{url}/delist")
    ShopQualification.objects.update(ends_at=now - DAY)
    over = client.post(f"{url}/list")
    papers.end_due(at=now)

    paper.refresh_from_db()
    product.refresh_from_db()
    assert (in_time, over.status_code, over.json()["code"]) == (200, 409, "category_not_open")
    assert (paper.status, product.shelf_status) == (PaperStatus.ENDED, ShelfStatus.OFF)
    assert client.get(f"{base}/openings").json()[0]["licences"][0]["state"] == "expired"


def test_an_import_lists_nothing_in_a_category_that_is_not_open(shop: Any, tea: Any) -> None:
    """Set by set: what lacks its licence goes into the warehouse, what is beside it does not."""
    rule = QualificationRuleFactory(category=tea)
    closed, free = drafted(shop, tea), drafted(shop, CategoryFactory())
    wishes = [(closed.pk, True), (free.pk, True)]

    with_none = publishing.publish_all(wishes, actor=SYSTEM, at=clock.now())
    ShopQualificationFactory(shop=shop, code=rule.code)
    held = drafted(shop, tea)
    with_licence = publishing.publish_all([(held.pk, True)], actor=SYSTEM, at=clock.now())

    assert (with_none, with_licence) == ([free.pk], [held.pk])


def test_a_rule_ends_and_another_begins_and_ones_without_sense_are_refused(
    operator: Any, food: Any
) -> None:
    url = f"{ROOT}/operator/categories/{food.public_id}/qualification-rules"
    asked = {"code": "permit", "name": "Permit"}

    first = operator.post(url, asked).json()
    second = operator.post(url, asked | {"name": "Permit to sell"}).json()
    bad = [
        operator.post(url, asked | change).json()["code"]
        for change in ({"code": "Permit!"}, {"attribute": "Kind"}, {"values": ["organic"]})
    ]
    operator.post(f"{ROOT}/operator/qualification-rules/{second['id']}/end")

    assert bad == ["qualification_rule_invalid"] * 3
    assert (first["ends_at"], QualificationRule.objects.count()) == (None, 2)
    assert not QualificationRule.objects.filter(ends_at__isnull=True).exists()


def test_a_licence_that_nobody_asks_for_is_not_taken(client: Any, base: str, shop: Any) -> None:
    paper = {
        "code": "nothing",
        "licence_number": "1",
        "document_id": ShopDocumentFactory(shop=shop).public_id,
        "starts_at": "2025-01-01T00:00:00Z",
    }

    answer = client.post(f"{base}/qualifications", paper)

    assert (answer.status_code, answer.json()["code"]) == (400, "paper_invalid")
    assert not ShopQualification.objects.exists()

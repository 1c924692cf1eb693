"""One set of rules behind every door: the form, the API and imports refuse the same."""

from dataclasses import replace

import pytest
from django.test import Client

from catalog.models import ImportJob, ImportRowError, Product
from catalog.policies import DEFAULT_RULES, AttributeRule
from catalog.selectors import category_rules
from catalog.services.importing import jobs
from tests.catalog.importing import samples
from tests.factories.accounts import OperatorFactory
from tests.factories.catalog import give_rules
from tests.factories.shops import owner_of

pytestmark = pytest.mark.django_db

STRICT = {
    "min_title_width": 16,
    "max_title_width": 60,
    "min_main_images": 1,
    "attributes": (AttributeRule("材质", is_required=True, choices=("棉", "麻")),),
}


@pytest.fixture
def client(shop, client_for):
    return client_for(owner_of(shop))


@pytest.fixture
def desk(shop) -> Client:
    desk = Client()
    desk.force_login(owner_of(shop), backend="django.contrib.auth.backends.ModelBackend")
    return desk


def test_ca_01_one_call_gives_the_rules_and_every_door_obeys_them(
    client, desk, shop, leaf, merchant, at
) -> None:
    """What the rules call says is what the API, the form and an import refuse, at the same place.

    API: GET /api/v1/catalog/categories/{category_id}/rules
    """
    give_rules(leaf, **STRICT)
    told = client.get(f"/api/v1/catalog/categories/{leaf.public_id}/rules").json()
    assert (told["version"], told["min_title_width"], told["min_main_images"]) == (1, 16, 1)

    by_api = client.post(
        f"/api/v1/catalog/shops/{shop.public_id}/products",
        {
            "category_id": leaf.public_id,
            "title": "纯棉毛巾",
            "skus": [{"merchant_code": "A-1", "price": 100, "list_price": 100}],
        },
        HTTP_IDEMPOTENCY_KEY="key-1",
    )
    by_form = desk.post(
        "/merchant/catalog/product/do/create/",
        {
            "title": "纯棉毛巾",
            "category": leaf.public_id,
            "merchant_code": "A-1",
            "price": "1",
            "list_price": "1",
            "stock": "1",
        },
    )
    file = samples.template(samples.row("A-1", title="纯棉毛巾", category=leaf.public_id))
    job = jobs.start(
        shop=shop, format="template", filename="a.csv", content=file, actor=merchant, at=at
    )
    jobs.run(job=job, at=at)

    expected = {
        ("/title", "too_short"),
        ("/image_urls", "too_few_images"),
        ("/attributes", "attribute_required"),
    }
    faults = {(one["pointer"], one["code"]) for one in by_api.json()["errors"]}
    assert by_api.status_code == 400
    assert faults == expected | {("/skus/0/list_price", "out_of_range")}
    assert by_form.status_code == 422
    for words in ("A title is 16 to 60 wide", "There are 1 to 5 main", "The category asks for"):
        assert words in by_form.text
    rows = ImportRowError.objects.filter(job=job).values_list("code", flat=True)
    assert set(rows) == {code for _pointer, code in expected}
    assert not Product.objects.exists()


def test_the_next_version_holds_for_what_is_written_from_now_on(client, shop, leaf) -> None:
    def create(code: str) -> int:
        body = {
            "category_id": leaf.public_id,
            "title": "纯棉毛巾",
            "skus": [{"merchant_code": code, "price": 100}],
        }
        url = f"/api/v1/catalog/shops/{shop.public_id}/products"
        return client.post(url, body, HTTP_IDEMPOTENCY_KEY=code).status_code

    assert create("A") == 201
    give_rules(leaf, min_title_width=16)
    assert create("B") == 400
    assert Product.objects.count() == 1


def test_an_operator_gives_the_next_version_by_api(client_for, leaf) -> None:
    operator = client_for(OperatorFactory())
    url = f"/api/v1/catalog/operator/categories/{leaf.public_id}/rules"
    body = {
        "version": 0,
        "max_skus": 9,
        "attributes": [{"name": "长", "kind": "number", "unit": "cm"}],
        "shipping_times": ["48h"],
    }

    given = operator.put(url, body)
    stale = operator.put(url, body)
    bad = operator.put(url, body | {"version": 1, "max_skus": 601})

    assert (given.status_code, given.json()["version"]) == (200, 1), given.json()
    assert (stale.status_code, bad.status_code) == (409, 400)
    assert bad.json()["errors"][0]["pointer"] == "/max_skus"
    assert category_rules(leaf) == replace(
        DEFAULT_RULES,
        version=1,
        max_skus=9,
        attributes=(AttributeRule("长", kind="number", unit="cm"),),
        shipping_times=("48h",),
    )


def test_a_shipping_time_is_one_that_the_leaf_offers(client, shop, leaf) -> None:
    give_rules(leaf, shipping_times=("48h",))
    url = f"/api/v1/catalog/shops/{shop.public_id}/products"
    body = {
        "category_id": leaf.public_id,
        "title": "纯棉毛巾",
        "skus": [{"merchant_code": "A", "price": 100}],
    }

    refused = client.post(url, body | {"shipping_time": "15d"}, HTTP_IDEMPOTENCY_KEY="1")
    made = client.post(url, body | {"shipping_time": "48h"}, HTTP_IDEMPOTENCY_KEY="2")

    assert [one["code"] for one in refused.json()["errors"]] == ["not_offered"]
    assert (made.status_code, made.json()["shipping_time"]) == (201, "48h")
    assert ImportJob.objects.count() == 0

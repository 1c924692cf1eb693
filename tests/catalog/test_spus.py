"""The library of standard products, from door to door (CA-08)."""

import pytest

from catalog.models import Product, Spu, SpuTicket
from catalog.services import shelf
from catalog.services.screening.rules import RuleSpec
from tests.factories.accounts import OperatorFactory
from tests.factories.catalog import BrandFactory, give_rules, give_screening
from tests.factories.shops import owner_of

pytestmark = pytest.mark.django_db

EAN = "4006381333931"
OTHER_EAN = "96385074"
LIBRARY = "/api/v1/catalog/operator/spus"
TICKETS = "/api/v1/catalog/operator/spu-tickets"


@pytest.fixture
def platform(client_for):
    return client_for(OperatorFactory())


def sent(client, url, body, status=200, method="post", **headers):
    """Return the answer that must end with `status`."""
    answer = getattr(client, method)(url, body, **headers)
    assert answer.status_code == status, answer.json()
    return answer.json()


def test_ca_08_a_product_is_listed_against_a_standard_one_that_its_shop_proposed(
    client_for, platform, shop, leaf
) -> None:
    """Proposed, decided, matched by key properties or barcode, needed where control is strong.

    API: POST /api/v1/catalog/shops/{shop_id}/spu-tickets
    """
    client, brand = client_for(owner_of(shop)), BrandFactory(name="Stabilo")
    base = f"/api/v1/catalog/shops/{shop.public_id}"
    keys = [{"name": "型号", "value": "Boss 70"}]
    known = {"category_id": leaf.public_id, "brand_id": brand.public_id, "attributes": keys}
    asked = known | {"name": "Highlighter", "barcode": EAN, "note": "Sold everywhere"}

    give_rules(leaf, needs_spu=True)
    product = known | {
        "title": "Yellow highlighter",
        "attributes": [*keys, {"name": "颜色", "value": "黄"}],
        "skus": [{"merchant_code": "H-1", "price": 500, "stock": 5}],
        "submit": True,
    }
    made = f"{base}/products"
    refused = sent(client, made, product, 400, HTTP_IDEMPOTENCY_KEY="a")
    assert [one["code"] for one in refused["errors"]] == ["spu_required"]
    assert sent(client, f"{base}/spu-tickets", asked | {"barcode": "123"}, 400)["code"] == (
        "invalid_spu"
    )
    ticket = sent(client, f"{base}/spu-tickets", asked, 201)
    assert (ticket["status"], Spu.objects.count()) == ("pending", 0)

    done = sent(platform, f"{TICKETS}/{ticket['id']}/accept", {"answer": "Thanks"})
    assert (done["status"], done["spu_id"]) == ("accepted", Spu.objects.get().public_id)
    assert sent(platform, f"{TICKETS}/{ticket['id']}/reject", {"answer": "No"}, 409)

    said = {name: product[name] for name in ("category_id", "brand_id", "attributes")}
    for wish in (said, {"barcode": EAN}):
        (match,) = sent(client, f"{base}/spus/match", wish)
        assert match["id"] == done["spu_id"]
    lacking = said | {"attributes": [{"name": "颜色", "value": "黄"}]}
    assert sent(client, f"{base}/spus/match", lacking) == []

    against = product | {"spu_id": done["spu_id"]}
    wrong = against | {"brand_id": None, "attributes": []}
    refused = sent(client, made, wrong, 400, HTTP_IDEMPOTENCY_KEY="b")
    assert [one["pointer"] for one in refused["errors"]] == ["/brand", "/attributes"]
    assert not Product.objects.exists()
    page = sent(client, made, against, 201, HTTP_IDEMPOTENCY_KEY="c")
    assert (page["spu"]["id"], page["display_state"]) == (done["spu_id"], "in_review")


def test_ca_08_a_standard_product_is_corrected_and_may_be_free_of_review(
    client_for, platform, shop, leaf
) -> None:
    """A correction is made on the version that was read; free of review approves at once.

    API: PUT /api/v1/catalog/operator/spus/{spu_id}/flags
    """
    give_screening(RuleSpec("contact", "contact", "human"))
    client = client_for(owner_of(shop))
    base = f"/api/v1/catalog/shops/{shop.public_id}"
    asked = {"category_id": leaf.public_id, "name": "Pencil", "barcode": EAN}
    spu = sent(platform, LIBRARY, asked, 201)
    assert sent(platform, LIBRARY, asked, 400)["errors"][0]["code"] == "taken"

    right = asked | {"name": "Pencil HB", "barcode": OTHER_EAN}
    tickets = [
        sent(client, f"{base}/spu-tickets", right | {"spu_id": spu["id"], "note": "HB"}, 201)
        for _again in range(2)
    ]
    sent(platform, f"{TICKETS}/{tickets[0]['id']}/accept", {})
    late = platform.post(f"{TICKETS}/{tickets[1]['id']}/accept", {})
    assert (late.status_code, late.json()["code"]) == (409, "stale_version")
    spu = client.get("/api/v1/catalog/spus", {"barcode": OTHER_EAN}).json()["results"][0]
    assert (spu["name"], spu["version"]) == ("Pencil HB", 2)
    told = client.get(f"{base}/spu-tickets", {"status": "accepted"}).json()["results"]
    assert [one["id"] for one in told] == [tickets[0]["id"]]

    def submit(code: str, **more) -> str:
        product = {
            "category_id": leaf.public_id,
            "title": f"Pencil {code}",
            "spu_id": spu["id"],
            "skus": [{"merchant_code": code, "price": 500, "stock": 5}],
            "submit": True,
        } | more
        made = sent(client, f"{base}/products", product, 201, HTTP_IDEMPOTENCY_KEY=code)
        return made["display_state"]

    assert submit("A") == "in_review"
    flags = {"is_free_of_review": True, "is_retired": False}
    sent(platform, f"{LIBRARY}/{spu['id']}/flags", flags, method="put")
    assert submit("B") == "on_sale"
    assert submit("C", brief="www.own.example") == "in_review"
    assert submit("D", spu_id=None) == "in_review"

    sent(platform, f"{LIBRARY}/{spu['id']}/flags", flags | {"is_retired": True}, method="put")
    product = {
        "category_id": leaf.public_id,
        "title": "Pencil E",
        "spu_id": spu["id"],
        "skus": [{"merchant_code": "E", "price": 500}],
    }
    refused = sent(client, f"{base}/products", product, 400, HTTP_IDEMPOTENCY_KEY="E")
    assert refused["errors"][0]["code"] == "spu_retired"
    assert Product.objects.get(title="Pencil B").display_state == "on_sale"  # what sells, sells


def test_ca_08_shops_propose_and_operators_decide_in_the_consoles(
    desks, shop, leaf, merchant, at
) -> None:
    """The product form finds the standard product by barcode, or by key properties.

    Page: /merchant/catalog/sputicket/
    """
    desk, operator_desk = desks
    brand = BrandFactory()
    form = {
        "category": leaf.public_id,
        "brand": brand.public_id,
        "name": "Kettle",
        "barcode": EAN,
        "attributes": "型号=K1",
    }
    own, all_tickets = "/merchant/catalog/sputicket/", "/operator/catalog/sputicket/"
    assert desk.post(f"{own}do/propose/", form | {"barcode": "12"}).status_code == 422
    assert desk.post(f"{own}do/propose/", form).status_code == 302
    ticket = SpuTicket.objects.get()
    assert "Kettle" in operator_desk.get(all_tickets).text
    page = f"{all_tickets}{ticket.public_id}"
    assert operator_desk.get(f"{page}/change/").status_code == 200
    assert operator_desk.post(f"{page}/do/accept/", {}).status_code == 302
    assert operator_desk.post(f"{page}/do/reject/", {"answer": "No"}).status_code == 422
    assert desk.get(f"{own}{ticket.public_id}/change/").status_code == 200

    spu = Spu.objects.get()
    library = f"/merchant/catalog/spu/{spu.public_id}"
    assert "型号=K1" in desk.get("/merchant/catalog/spu/", {"q": EAN}).text
    assert desk.post(f"{library}/do/correct/", form | {"name": "Kettle 1"}).status_code == 302
    correction = SpuTicket.objects.get(kind="correct")
    rejected = f"{all_tickets}{correction.public_id}/do/reject/"
    assert operator_desk.post(rejected, {"answer": "It is right"}).status_code == 302

    shelf_page = f"/operator/catalog/spu/{spu.public_id}"
    assert "K1" in operator_desk.get(f"{shelf_page}/do/edit/").text
    edited = form | {"name": "Kettle 2", "version": "1"}
    assert operator_desk.post(f"{shelf_page}/do/edit/", edited).status_code == 302
    assert operator_desk.post(f"{shelf_page}/do/edit/", edited).status_code == 422
    flags = {"is_free_of_review": "on"}
    assert operator_desk.post(f"{shelf_page}/do/set-flags/", flags).status_code == 302
    spu.refresh_from_db()
    assert (spu.name, spu.is_free_of_review) == ("Kettle 2", True)
    assert operator_desk.post("/operator/catalog/spu/do/add/", form).status_code == 422

    give_rules(leaf, needs_spu=True)
    product = {
        "title": "Steel kettle",
        "category": leaf.public_id,
        "brand": brand.public_id,
        "attributes": "型号=K1\n颜色=银",
        "merchant_code": "K-1",
        "price": "99",
        "stock": "3",
    }
    made = "/merchant/catalog/product/do/create/"
    assert desk.post(made, product | {"spu": "nobody"}).status_code == 422
    assert desk.post(made, product | {"attributes": "颜色=银"}).status_code == 422
    assert not Product.objects.exists()
    assert desk.post(made, product).status_code == 302
    found = desk.post(made, product | {"spu": EAN, "merchant_code": "K-2"})
    assert found.status_code == 302
    assert {one.spu_id for one in Product.objects.all()} == {spu.pk}
    first = Product.objects.get(merchant_code="K-1")
    assert "Kettle 2" in desk.get(f"/merchant/catalog/product/{first.public_id}/change/").text
    review = shelf.submit(product=first, actor=merchant, at=at)
    assert review.verdict == "approved"
    shown = operator_desk.get(f"/operator/catalog/productreview/{review.public_id}/change/").text
    assert "Kettle 2" in shown

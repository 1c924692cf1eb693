"""From nothing to an open shop, through the doors."""

import pytest

from shops.enums import ShopStatus
from shops.models import Admission, AdmissionAnswer, Guarantee, Shop
from tests.factories.accounts import OperatorFactory, UserFactory
from tests.factories.catalog import ProductFactory
from tests.factories.shops import AdmissionFactory, PreparingShopFactory, ShopFactory, StaffFactory

pytestmark = pytest.mark.django_db

ROOT = "/api/v1/shops"
LEGAL = {
    "legal_name": "Lin Tea Ltd",
    "credit_code": "91330100ma2abc0001",
    "contact_name": "Lin",
    "contact_phone": "13812341234",
    "licence_url": "https://files.example.com/licence.jpg",
    "accepts_terms": True,
}
DESK = {
    "receiver": "Returns desk",
    "phone": "057188880000",
    "province": "浙江省",
    "city": "杭州市",
    "street": "网商路 599 号",
}


@pytest.fixture
def owner():
    return UserFactory(name="Lin")


@pytest.fixture
def client(client_for, owner):
    return client_for(owner)


@pytest.fixture
def operator(client_for):
    return client_for(OperatorFactory())


@pytest.fixture
def shop(client):
    made = client.post(f"{ROOT}/shops", {"name": "Lin Tea"}).json()
    return f"{ROOT}/shops/{made['id']}"


def _complete(client, shop):
    version = client.get(f"{shop}/admission").json()["version"]
    client.patch(f"{shop}/admission", LEGAL | {"version": version})
    client.post(f"{shop}/return-addresses", DESK)
    client.put(f"{shop}/freight", {"flat_amount": 800, "free_from_amount": 9900, "version": 0})
    client.post(f"{shop}/guarantees/seven_day_return")


def test_sh_03_a_shop_is_prepared_corrected_signed_and_opened(client, operator, shop):
    """Every step, by when the platform answers, and the fields that are sent back.

    API: POST /api/v1/shops/shops/{shop_id}/admission/submit
    API: POST /api/v1/shops/operator/admissions/{admission_id}/reject
    API: POST /api/v1/shops/shops/{shop_id}/admission/sign
    """
    early = client.post(f"{shop}/admission/submit")
    _complete(client, shop)
    sent = client.post(f"{shop}/admission/submit").json()
    queue = operator.get(f"{ROOT}/operator/admissions", {"status": "human_review"}).json()[
        "results"
    ]
    one = f"{ROOT}/operator/admissions/{queue[0]['id']}"
    fault = {"field": "licence_url", "code": "unreadable", "message": "Cannot be read."}
    operator.post(f"{one}/reject", {"rejections": [fault]})
    told = client.get(f"{shop}/admission").json()
    sharp = {"licence_url": "https://files.example.com/sharp.jpg", "version": told["version"]}
    client.patch(f"{shop}/admission", sharp)
    client.post(f"{shop}/admission/submit")
    claimed = operator.post(f"{one}/claim").status_code
    approved = operator.post(f"{one}/approve").json()
    before = client.get(shop).json()["status"]
    signed = client.post(f"{shop}/admission/sign").json()

    assert (claimed, before, signed["status"]) == (200, "preparing", "open")
    assert sent["due_at"] > sent["submitted_at"]
    assert (early.status_code, early.json()["code"]) == (409, "admission_incomplete")
    assert {item["is_complete"] for item in early.json()["checklist"]} == {False}
    assert (sent["status"], sent["contact_phone"]) == ("human_review", "138****1234")
    assert (told["status"], told["rejections"]) == ("rejected", [fault])
    assert approved["status"] == "signing"
    assert client.get(shop).json()["status"] == "open"
    listed = operator.get(f"{ROOT}/operator/shops", {"status": "open"}).json()["results"]
    assert listed[0]["legal_name"] == "Lin Tea Ltd"


def test_the_checklist_shows_what_is_missing(client, shop):
    before = client.get(f"{shop}/checklist").json()
    client.post(f"{shop}/guarantees/seven_day_return")
    after = client.get(f"{shop}/checklist").json()

    assert [item["code"] for item in before if item["is_complete"]] == []
    assert [item["code"] for item in after if item["is_complete"]] == ["guarantees"]
    assert after[-2]["label"] == "Give at least one guarantee"


def test_sh_04_the_platform_composes_what_is_asked_and_states_are_live(client, operator, shop):
    """A declaration, a question, the billing address and a product, for every type and category.

    API: POST /api/v1/shops/operator/checklists
    API: GET /api/v1/shops/shops/{shop_id}/checklist
    API: PUT /api/v1/shops/shops/{shop_id}/admission/answers
    """
    asked = [
        {"kind": "legal_data"},
        {"kind": "billing_address"},
        {"kind": "attestation", "code": "no_fakes", "label": "We sell no fakes."},
        {
            "kind": "custom_field",
            "code": "size",
            "label": "How many people work for you?",
            "field": "number",
        },
        {"kind": "minimum_products", "minimum": 1},
        {"kind": "manual_review"},
    ]
    made = operator.post(f"{ROOT}/operator/checklists", {"requirements": asked}).json()
    _complete(client, shop)
    before = _states(client, shop)
    answers = {"no_fakes": True, "size": 0, "billing_address": "杭州市网商路 599 号"}
    client.put(f"{shop}/admission/answers", {"answers": answers})
    bad = [
        client.put(f"{shop}/admission/answers", {"answers": one}).json()["code"]
        for one in ({"size": "many"}, {"no_fakes": False}, {"size": 3, "horoscope": "lion"})
    ]
    after = _states(client, shop)
    early = client.post(f"{shop}/admission/submit").status_code
    ProductFactory(shop=Shop.objects.get())
    sent = client.post(f"{shop}/admission/submit")

    assert (made["number"], made["ends_at"], early) == (1, None, 409)
    assert before == {
        "legal_data": "complete",
        "billing_address": "incomplete",
        "no_fakes": "incomplete",
        "size": "incomplete",
        "minimum_products": "incomplete",
        "manual_review": "pending",
    }
    assert {code for code, state in after.items() if state == "incomplete"} == {"minimum_products"}
    assert bad == ["answer_invalid", "answer_invalid", "requirement_unknown"]
    assert dict(AdmissionAnswer.objects.values_list("code", "value")) == answers | {"size": "0"}
    assert sent.json()["status"] == "human_review"


def test_sh_04_an_application_keeps_the_version_it_was_sent_under(client, operator, shop):
    """The next version asks more; what was sent is not asked it.

    API: GET /api/v1/shops/shops/{shop_id}/checklist
    """
    base = [{"kind": "legal_data"}, {"kind": "manual_review"}]
    operator.post(f"{ROOT}/operator/checklists", {"requirements": base})
    _complete(client, shop)
    client.post(f"{shop}/admission/submit")
    more = operator.post(
        f"{ROOT}/operator/checklists", {"requirements": [*base, {"kind": "billing_address"}]}
    ).json()
    bare = operator.post(f"{ROOT}/operator/checklists", {"requirements": base[:1]})

    versions = operator.get(f"{ROOT}/operator/checklists").json()["results"]
    assert list(_states(client, shop)) == ["legal_data", "manual_review"]
    assert [(one["number"], one["ends_at"] is None) for one in versions] == [(2, True), (1, False)]
    assert (more["number"], bare.json()["code"]) == (2, "checklist_invalid")


def _states(client, shop):
    return {one["code"]: one["state"] for one in client.get(f"{shop}/checklist").json()}


def test_who_i_am_shows_the_shop_with_its_powers(client, shop):
    place = client.get("/api/v1/accounts/me").json()["shops"][0]

    assert (place["name"], place["role"], place["status"]) == ("Lin Tea", "owner", "preparing")
    assert "shops.binding" in place["permissions"]


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"legal_name": "X"}, "/version", "required"),
        ({"version": "1"}, "/version", "invalid"),
        ({"version": 1, "credit_code": "123"}, "/credit_code", "credit_code"),
        ({"version": 1, "status": "approved"}, "/status", "unknown_field"),
        ({"version": 1, "licence_url": "file:///etc/passwd"}, "/licence_url", "invalid"),
        ({"version": 1, "contact_phone": "call me"}, "/contact_phone", "invalid"),
    ],
)
def test_a_wrong_edit_is_refused_with_the_place(client, shop, body, pointer, code):
    answer = client.patch(f"{shop}/admission", body)

    faults = [(one["pointer"], one["code"]) for one in answer.json()["errors"]]
    assert (answer.status_code, faults) == (400, [(pointer, code)])
    assert Admission.objects.get().version == 1


def test_an_edit_on_an_old_version_is_refused(client, shop):
    client.patch(f"{shop}/admission", {"version": 1, "legal_name": "First Ltd"})

    answer = client.patch(f"{shop}/admission", {"version": 1, "legal_name": "Second Ltd"})

    assert (answer.status_code, answer.json()["code"]) == (409, "stale_version")
    assert Admission.objects.get().legal_name == "First Ltd"


@pytest.mark.parametrize("amount", [-1, 10**11, 1.5, "800", True, None])
def test_freight_is_a_whole_number_of_minor_units(client, shop, amount):
    body = {"flat_amount": amount, "free_from_amount": None, "version": 0}

    answer = client.put(f"{shop}/freight", body)

    assert answer.status_code == 400
    assert client.get(f"{shop}/freight").status_code == 404


def test_freight_comes_back_as_money(client, shop):
    body = {"flat_amount": 800, "free_from_amount": None, "version": 0}

    client.put(f"{shop}/freight", body)

    assert client.get(f"{shop}/freight").json() == {
        "flat_amount": {"amount": 800, "currency": "CNY"},
        "free_from_amount": None,
        "rules": [],
        "version": 1,
    }


def test_guarantees_are_periods(client, shop):
    path = f"{shop}/guarantees/ship_48h"

    started = client.post(path)
    twice = client.post(path)
    ended = client.delete(path)
    gone = client.delete(path)

    codes = [answer.status_code for answer in (started, twice, ended, gone)]
    assert codes == [201, 409, 200, 404]
    assert client.post(f"{shop}/guarantees/eternal_youth").status_code == 404
    listed = client.get(f"{shop}/guarantees").json()["results"]
    assert [one["ends_at"] is None for one in listed] == [False]
    assert Guarantee.objects.count() == 1


def test_return_addresses_are_kept(client, shop):
    first = client.post(f"{shop}/return-addresses", DESK).json()
    second = client.post(f"{shop}/return-addresses", DESK | {"is_default": True}).json()
    path = f"{shop}/return-addresses/{second['id']}"

    client.put(path, DESK | {"street": "新街 1 号"})
    gone = client.delete(f"{shop}/return-addresses/{first['id']}").status_code
    kept = client.delete(path)

    assert (first["is_default"], second["is_default"], gone) == (True, True, 204)
    assert (kept.status_code, kept.json()["code"]) == (409, "last_return_address")
    listed = client.get(f"{shop}/return-addresses").json()["results"]
    assert [(one["id"], one["street"], one["is_default"]) for one in listed] == [
        (second["id"], "新街 1 号", True)
    ]


def test_an_operator_suspends_reopens_and_closes(operator, client):
    shop = ShopFactory()
    path = f"{ROOT}/operator/shops/{shop.public_id}"

    statuses = [
        operator.post(f"{path}/{act}", {"reason": "Because"}).json()["status"]
        for act in ("suspend", "reopen", "close")
    ]
    late = operator.post(f"{path}/reopen", {"reason": "Because"})

    assert statuses == ["suspended", "open", "closed"]
    assert (late.status_code, late.json()["code"]) == (409, "illegal_transition")
    assert client.post(f"{path}/suspend", {"reason": "Mine"}).status_code == 404
    shop.refresh_from_db()
    assert shop.status == ShopStatus.CLOSED


@pytest.mark.parametrize("count", [1, 3])
def test_operator_lists_cost_the_same_for_one_and_three_rows(
    operator, count, django_assert_num_queries
):
    for _ in range(count):
        AdmissionFactory(shop=ShopFactory())

    for path in ("admissions", "shops"):
        with django_assert_num_queries(2):  # who asks, and the page
            answer = operator.get(f"{ROOT}/operator/{path}")
        assert len(answer.json()["results"]) == count


def test_a_read_only_place_reads_and_changes_nothing(client_for):
    shop = ShopFactory(name="Lin Tea")
    reader = client_for(StaffFactory(shop=shop, role="read_only").user)
    path = f"{ROOT}/shops/{shop.public_id}"

    answers = [
        reader.post(f"{path}/rename", {"name": "Mine"}),
        reader.patch(f"{path}/admission", {"version": 1}),
        reader.post(f"{path}/admission/submit"),
        reader.post(f"{path}/staff", {"email": "a@example.com", "role": "read_only"}),
        reader.post(f"{path}/guarantees/ship_48h"),
        reader.put(f"{path}/freight", {}),
        reader.post(f"{path}/return-addresses", DESK),
        reader.post(f"{path}/bindings", {}),
    ]

    assert [(one.status_code, one.json()["code"]) for one in answers] == [
        (403, "not_allowed")
    ] * len(answers)
    assert reader.get(path).json()["name"] == "Lin Tea"


def test_a_shop_that_is_not_open_yet_has_no_public_page(client):
    shop = PreparingShopFactory()

    answer = client.get(f"{ROOT}/storefronts/{shop.public_id}")

    assert answer.status_code == 404
    assert Shop.objects.count() == 1

"""Applications, letters and shops in the operator console."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel.crypto import encrypt
from kernel.models import AuditEntry
from shops.enums import AdmissionStatus, BindingStatus, ShopStatus
from shops.models import Admission
from tests.factories.accounts import LONG_AGO
from tests.factories.shops import AdmissionFactory, BindingFactory, ShopFactory

pytestmark = pytest.mark.django_db

ROOT = "/operator/shops"


@pytest.fixture
def admission():
    return AdmissionFactory(
        status=AdmissionStatus.HUMAN_REVIEW,
        submitted_at=LONG_AGO,
        due_at=LONG_AGO,
        legal_name="Lin Tea Ltd",
        credit_code="91330100MA2ABC0001",
        contact_name="Lin",
        contact_sealed=encrypt({"phone": "13812341234"}),
    )


def test_an_application_is_read_masked_and_approved(operator_desk, admission):
    page = f"{ROOT}/admission/{admission.public_id}"

    shown = operator_desk.get(f"{page}/change/").content.decode()
    answer = operator_desk.post(f"{page}/do/approve/")

    admission.shop.refresh_from_db()
    assert ("138****1234" in shown, "13812341234" in shown) == (True, False)
    assert (answer.status_code, admission.shop.status) == (302, ShopStatus.PREPARING)
    assert Admission.objects.get().status == AdmissionStatus.SIGNING
    assert AuditEntry.objects.get(action="shops.approve_admission").shop_id == admission.shop_id


def test_a_rejection_names_at_least_one_field(operator_desk, admission):
    page = f"{ROOT}/admission/{admission.public_id}/do/reject/"

    empty = operator_desk.post(page, {})
    operator_desk.post(page, {"licence_url": "Cannot be read."})

    admission.refresh_from_db()
    assert empty.status_code == 422
    assert [(one["field"], one["code"], one["message"]) for one in admission.rejections] == [
        ("licence_url", "incorrect", "Cannot be read.")
    ]
    assert (
        "Business licence: Cannot be read."
        in operator_desk.get(f"{ROOT}/admission/{admission.public_id}/change/").content.decode()
    )


def test_a_letter_is_approved_or_refused(operator_desk):
    good, bad = (
        BindingFactory(status=BindingStatus.AWAITING_REVIEW, bound_at=None, is_main=False)
        for _ in range(2)
    )

    operator_desk.post(f"{ROOT}/binding/{good.public_id}/do/approve/")
    operator_desk.post(f"{ROOT}/binding/{bad.public_id}/do/reject/", {"reason": "No seal"})

    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.status, bad.end_reason) == (BindingStatus.ACTIVE, "rejected")


def test_a_shop_is_suspended_reopened_and_closed_with_a_reason(operator_desk):
    shop = ShopFactory()
    page = f"{ROOT}/shop/{shop.public_id}/do"
    seen = []

    silent = operator_desk.post(f"{page}/suspend/", {"reason": ""})
    for act in ("suspend", "reopen", "close"):
        operator_desk.post(f"{page}/{act}/", {"reason": "Because"})
        shop.refresh_from_db()
        seen.append(str(shop.status))

    assert silent.status_code == 422
    assert seen == ["suspended", "open", "closed"]


def test_the_home_page_counts_what_waits(operator_desk, admission):
    BindingFactory(status=BindingStatus.AWAITING_REVIEW, bound_at=None, is_main=False)

    page = operator_desk.get("/operator/").content.decode()

    for text in ("Applications of shops", "Letters of authorisation", "Verifications"):
        assert text in page, text


def _cost(client, pages):
    costs = []
    for page in pages:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"{ROOT}/{page}/").status_code == 200, page
        costs.append(len(queries))
    return costs


def test_lists_cost_the_same_for_one_and_three_rows(operator_desk):
    pages = ("admission", "shop", "binding")
    AdmissionFactory(shop=BindingFactory().shop)
    before = _cost(operator_desk, pages)
    for _ in range(2):
        AdmissionFactory(shop=BindingFactory().shop)

    after = _cost(operator_desk, pages)

    assert after == before


@pytest.mark.parametrize("public_id", ["shp_22sqdqj91yjkzgc5w5ab", "shp_23sqdqj91yjkzgc5w5ab"])
def test_a_page_opens_whatever_its_random_id_looks_like(operator_desk, public_id):
    ShopFactory(public_id=public_id, name="Unquoted")

    page = operator_desk.get(f"{ROOT}/shop/{public_id}/change/")

    assert (page.status_code, "Unquoted" in page.content.decode()) == (200, True)

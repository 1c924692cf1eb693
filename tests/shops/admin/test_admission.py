"""The application as a checklist, on both sides of the desk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kernel import clock
from shops.enums import AdmissionStatus, ShopStatus, StaffRole
from shops.models import Admission, AdmissionAnswer, Checklist
from tests.factories.accounts import OperatorFactory
from tests.factories.shops import (
    AdmissionFactory,
    ChecklistFactory,
    PreparingShopFactory,
    StaffFactory,
)
from tests.shops.admin.conftest import signed_in

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def applicant(**more: Any) -> Any:
    shop = PreparingShopFactory()
    StaffFactory(shop=shop, role=StaffRole.OWNER)
    return AdmissionFactory(shop=shop, **more)


def test_sh_04_each_line_leads_to_the_field_that_mends_it(desk: Any) -> None:
    """Declarations and questions are answered on one form; a fault is named at its field.

    Page: /merchant/shops/admission/
    """
    asked = [
        {"code": "legal_data", "kind": "legal_data", "label": ""},
        {"code": "no_fakes", "kind": "attestation", "label": "We sell no fakes."},
        {"code": "freight", "kind": "freight", "label": ""},
        {"code": "manual_review", "kind": "manual_review", "label": ""},
    ]
    ChecklistFactory(requirements=asked, ends_at=None)
    admission = applicant()
    client = desk(admission.shop)
    page = f"/merchant/shops/admission/{admission.public_id}"

    shown = client.get(f"{page}/change/").content.decode()
    client.post(f"{page}/do/answer/", {"no_fakes": "on"})
    after = client.get(f"{page}/change/").content.decode()

    shop = f"/merchant/shops/shop/{admission.shop.public_id}"
    assert f'href="{page}/do/answer/#id_no_fakes"' in shown
    assert f'href="{page}/do/edit/#id_legal_name"' in shown
    assert f'href="{shop}/do/set-freight/#id_flat_amount"' in shown
    assert f'href="{page}/do/answer/#id_no_fakes"' not in after
    assert AdmissionAnswer.objects.get().value is True


def test_sh_03_the_owner_signs_and_the_shop_opens(desk: Any) -> None:
    """A manager prepares; the contract is the owner's.

    Page: /merchant/shops/admission/
    """
    admission = applicant(status=AdmissionStatus.SIGNING)
    page = f"/merchant/shops/admission/{admission.public_id}/do/sign/"

    manager = desk(admission.shop, StaffRole.MANAGER).post(page).status_code
    admission.refresh_from_db()
    before = admission.status
    owner = desk(admission.shop).post(page).status_code

    admission.refresh_from_db()
    assert (manager, before, owner) == (403, AdmissionStatus.SIGNING, 302)
    assert (admission.status, admission.shop.status) == (AdmissionStatus.OPEN, ShopStatus.OPEN)
    assert admission.signed_by_label


def test_the_first_page_leads_to_the_application_until_the_shop_is_open(desk: Any) -> None:
    """What waits for the shop is there with what is left of it; what waits for us is not."""
    admission = applicant()
    client = desk(admission.shop)
    link = f'href="/merchant/shops/admission/{admission.public_id}/change/"'

    draft = client.get("/merchant/").content.decode()
    Admission.objects.update(status=AdmissionStatus.HUMAN_REVIEW)
    review = client.get("/merchant/").content.decode()
    Admission.objects.update(status=AdmissionStatus.SIGNING)
    signing = client.get("/merchant/").content.decode()

    assert [link in page for page in (draft, review, signing)] == [True, False, True]
    assert "Left on the checklist: 6" in draft
    assert "Left on the checklist" not in signing


def test_who_signed_is_shown_with_the_role_in_the_readers_language(desk: Any) -> None:
    admission = applicant(
        status=AdmissionStatus.OPEN, signed_at=clock.now(), signed_by_label="Lin (owner)"
    )
    page = f"/merchant/shops/admission/{admission.public_id}/change/"

    shown = desk(admission.shop).get(page, HTTP_ACCEPT_LANGUAGE="zh-hans").content.decode()

    assert "Lin（所有者）" in shown
    assert "合同签署时间" in shown


def test_sh_03_the_queue_begins_with_what_is_due_first(operator_desk: Any) -> None:
    """Overdue is red, one reviewer takes it, and the first page says how many were in time.

    Page: /operator/shops/admission/
    """
    now = clock.now()
    waiting = {"status": AdmissionStatus.HUMAN_REVIEW, "submitted_at": now - DAY}
    later = applicant(due_at=now + DAY, legal_name="Later Ltd", **waiting)
    late = applicant(due_at=now - DAY, legal_name="Late Ltd", **waiting)
    applicant(status=AdmissionStatus.OPEN, due_at=now, decided_at=now - DAY)
    page = f"/operator/shops/admission/{late.public_id}"

    shown = operator_desk.get("/operator/shops/admission/").content.decode()
    home = operator_desk.get("/operator/").content.decode()
    operator_desk.post(f"{page}/do/claim/")
    other = signed_in(OperatorFactory()).post(f"{page}/do/approve/")

    late.refresh_from_db()
    assert shown.index("Late Ltd") < shown.index("Later Ltd")
    assert "100 %" in home
    assert (late.reviewer_id is not None, later.reviewer_id) == (True, None)
    assert (other.status_code, late.status) == (422, AdmissionStatus.HUMAN_REVIEW)


def test_sh_04_an_operator_composes_a_checklist(operator_desk: Any) -> None:
    """Ticks, declarations and questions become a version; one without its words is none.

    Page: /operator/shops/checklist/
    """
    page = "/operator/shops/checklist/do/publish/"
    form = {
        "kinds": ["terms", "legal_data", "manual_review"],
        "attestations": "no_fakes | We sell no fakes.",
        "questions": "size | How many? | choice | few; many",
        "minimum": "3",
    }

    bare = operator_desk.post(page, form | {"attestations": "no_fakes"}).status_code
    nothing = Checklist.objects.count()
    made = operator_desk.post(page, form).status_code
    shown = operator_desk.get("/operator/shops/checklist/").status_code

    assert (bare, nothing, made, shown) == (422, 0, 302, 200)
    found = {one["code"]: one for one in Checklist.objects.get().requirements}
    assert list(found) == [
        "terms",
        "legal_data",
        "manual_review",
        "minimum_products",
        "no_fakes",
        "size",
    ]
    assert (found["minimum_products"]["minimum"], found["size"]["choices"]) == (3, ["few", "many"])

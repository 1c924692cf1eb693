"""Documents in the consoles: uploaded with the checklist, looked at by the platform."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kernel.models import AuditEntry
from shops.enums import AdmissionStatus, StaffRole
from shops.models import Admission, AdmissionAnswer, ShopDocument
from tests.factories.shops import (
    AdmissionFactory,
    ChecklistFactory,
    PreparingShopFactory,
    ShopDocumentFactory,
    ShopFactory,
    StaffFactory,
)

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n%%EOF\n"
ASKED = [
    {"code": "legal_data", "kind": "legal_data", "label": ""},
    {"code": "permit", "kind": "document", "label": "Permit to sell food"},
    {"code": "manual_review", "kind": "manual_review", "label": ""},
]


def applicant() -> Any:
    shop = PreparingShopFactory()
    StaffFactory(shop=shop, role=StaffRole.OWNER)
    return AdmissionFactory(shop=shop)


def test_sh_04_a_document_is_uploaded_with_the_checklist_and_taken_out_by_both(
    desk: Any, operator_desk: Any
) -> None:
    """The line of the checklist shows the file to its shop and to an operator; looks are on record.

    Page: /merchant/shops/admission/
    Page: /operator/shops/admission/
    """
    ChecklistFactory(requirements=ASKED, ends_at=None)
    admission = applicant()
    client = desk(admission.shop)
    page = f"/merchant/shops/admission/{admission.public_id}"

    drawn = client.get(f"{page}/do/answer/").content.decode()
    file = SimpleUploadedFile("permit.pdf", PDF)
    sent = client.post(f"{page}/do/answer/", {"permit": file}).status_code
    paper = ShopDocument.objects.get()
    link = f"/shops/shopdocument/{paper.public_id}/file/"
    shown = client.get(f"{page}/change/").content.decode()
    Admission.objects.update(status=AdmissionStatus.HUMAN_REVIEW)
    seen = operator_desk.get(f"/operator/shops/admission/{admission.public_id}/change/")
    taken = operator_desk.get(f"/operator{link}")

    assert 'enctype="multipart/form-data"' in drawn
    assert (sent, AdmissionAnswer.objects.get().value) == (302, paper.public_id)
    assert f'href="/merchant{link}"' in shown
    assert f'href="/operator{link}"' in seen.content.decode()
    assert b"".join(taken.streaming_content) == PDF
    assert taken["Content-Disposition"].startswith("attachment")
    actions = AuditEntry.objects.filter(action="shops.download_document")
    assert [one.actor_role for one in actions] == ["operator"]


def test_a_document_of_another_shop_is_not_there(desk: Any) -> None:
    foreign = ShopDocumentFactory(shop=ShopFactory())
    shop = applicant().shop
    client = desk(shop)

    listed = client.get("/merchant/shops/shopdocument/").content.decode()
    taken = client.get(f"/merchant/shops/shopdocument/{foreign.public_id}/file/").status_code
    clerk = desk(shop, StaffRole.ORDER_CLERK).get("/merchant/shops/shopdocument/").status_code

    assert (foreign.public_id in listed, taken, clerk) == (False, 404, 403)
    assert not AuditEntry.objects.filter(action="shops.download_document").exists()


def test_what_is_no_document_is_said_at_its_field(desk: Any) -> None:
    shop = applicant().shop
    file = SimpleUploadedFile("permit.pdf", b"<html>")

    answer = desk(shop).post("/merchant/shops/shopdocument/do/upload/", {"file": file})

    assert answer.status_code == 422
    assert "A picture is a JPEG, PNG or WebP file." in answer.content.decode()
    assert not ShopDocument.objects.exists()

"""Documents through the API: handed in, asked for by a checklist, given out to two sides."""

from __future__ import annotations

import io
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from PIL import Image

from kernel import crypto
from kernel.models import AuditEntry
from shops.models import AdmissionAnswer, ShopDocument
from shops.services import documents
from tests.factories.accounts import OperatorFactory, UserFactory
from tests.factories.shops import ShopDocumentFactory, ShopFactory, owner_of

pytestmark = pytest.mark.django_db

ROOT = "/api/v1/shops"
PDF = b"%PDF-1.4\n1 0 obj << >> endobj\n%%EOF\n"
ASKED = [
    {"kind": "legal_data"},
    {"kind": "document", "code": "tea_permit", "label": "Permit to sell food"},
    {"kind": "manual_review"},
]


def picture() -> bytes:
    """A photograph with a note of where it was taken."""
    kept = io.BytesIO()
    Image.new("RGB", (300, 200), "white").save(kept, "JPEG", comment=b"at home")
    return kept.getvalue()


def upload(client: Any, base: str, content: bytes, name: str = "permit.pdf") -> Any:
    file = SimpleUploadedFile(name, content)
    return client.post(f"{base}/documents", {"file": file}, format="multipart")


@pytest.fixture
def owner(client_for: Any) -> Any:
    return client_for(UserFactory())


@pytest.fixture
def operator(client_for: Any) -> Any:
    return client_for(OperatorFactory())


@pytest.fixture
def base(owner: Any) -> str:
    return f"{ROOT}/shops/{owner.post(f'{ROOT}/shops', {'name': 'Lin Tea'}).json()['id']}"


def state(client: Any, base: str) -> str:
    found = {one["code"]: one["state"] for one in client.get(f"{base}/checklist").json()}
    return found["tea_permit"]


def test_sh_04_a_document_is_asked_for_uploaded_looked_at_and_sent_back(
    owner: Any, operator: Any, base: str
) -> None:
    """Both sides take it out, strangers never; a rejected one is pending with another file.

    API: POST /api/v1/shops/shops/{shop_id}/documents
    API: GET /api/v1/shops/operator/documents/{document_id}/file
    """
    operator.post(f"{ROOT}/operator/checklists", {"requirements": ASKED})
    legal = {
        "legal_name": "Lin Tea Ltd",
        "credit_code": "91330100MA2ABC0001",
        "contact_name": "Lin",
        "contact_phone": "13812341234",
        "version": 1,
    }
    owner.patch(f"{base}/admission", legal)
    before = state(owner, base)
    first = upload(owner, base, PDF).json()
    owner.put(f"{base}/admission/answers", {"answers": {"tea_permit": first["id"]}})
    given = state(owner, base)
    sent = owner.post(f"{base}/admission/submit").json()
    taken = operator.get(f"{ROOT}/operator/documents/{first['id']}/file")
    fault = {"field": "tea_permit", "code": "expired", "message": "It has expired."}
    admission = f"{ROOT}/operator/admissions/{sent['id']}"
    operator.post(f"{admission}/reject", {"rejections": [fault]})
    rejected = state(owner, base)
    second = upload(owner, base, picture(), "new.png").json()
    owner.put(f"{base}/admission/answers", {"answers": {"tea_permit": second["id"]}})
    mended = state(owner, base)
    owner.post(f"{base}/admission/submit")
    approved = operator.post(f"{admission}/approve").json()["status"]

    assert (before, given, rejected, mended) == ("incomplete", "complete", "rejected", "complete")
    assert approved == "signing"
    assert b"".join(taken.streaming_content) == PDF
    assert taken["Content-Type"] == "application/octet-stream"
    assert taken["Content-Disposition"] == 'attachment; filename="permit.pdf"'
    assert (first["kind"], second["kind"], second["filename"]) == ("pdf", "picture", "new.jpg")
    trail = AuditEntry.objects.filter(action="shops.download_document")
    assert [(one.actor_role, one.target_id) for one in trail] == [("operator", first["id"])]


def test_a_stranger_and_another_shop_find_no_document(
    owner: Any, base: str, client_for: Any
) -> None:
    """The file, the list and an answer that names it: all of them know nothing."""
    foreign = ShopDocumentFactory(shop=ShopFactory())
    own = upload(owner, base, PDF).json()["id"]
    stranger = client_for(owner_of(foreign.shop))

    answers = [
        owner.get(f"{base}/documents/{foreign.public_id}/file").status_code,
        stranger.get(f"{base}/documents/{own}/file").status_code,
        owner.get(f"{ROOT}/operator/documents/{own}/file").status_code,
    ]
    named = owner.put(f"{base}/admission/answers", {"answers": {"tea_permit": foreign.public_id}})

    assert answers == [404, 404, 404]
    assert named.status_code == 400
    assert [one["id"] for one in owner.get(f"{base}/documents").json()["results"]] == [own]
    assert not AuditEntry.objects.filter(action="shops.download_document").exists()


def test_an_answer_names_a_document_of_ones_own(owner: Any, operator: Any, base: str) -> None:
    operator.post(f"{ROOT}/operator/checklists", {"requirements": ASKED})
    foreign = ShopDocumentFactory(shop=ShopFactory()).public_id

    codes = [
        owner.put(f"{base}/admission/answers", {"answers": {"tea_permit": one}}).json()["code"]
        for one in (foreign, "doc_1", True, "a\u0000b")
    ]

    assert codes == ["answer_invalid", "answer_invalid", "answer_invalid", "malformed_body"]
    assert not AdmissionAnswer.objects.exists()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<html><script>1</script></html>", "not_a_picture"),
        (b"%PDF-1.4\n1 0 obj", "unreadable"),
        (b"%PDF-" + b"0" * documents.MAX_PDF_BYTES + b"%%EOF", "too_large"),
        (b"\xff\xd8\xff\xe0broken", "unreadable"),
    ],
)
def test_what_is_no_document_is_not_kept(owner: Any, base: str, content: bytes, code: str) -> None:
    answer = upload(owner, base, content)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, code)
    assert not ShopDocument.objects.exists()


def test_what_lies_in_the_database_tells_nothing(owner: Any, base: str) -> None:
    """Sealed at rest, also what came before it was; the file that goes out is what came in."""
    migration = import_module("shops.migrations.0013_sealed_documents")
    made = upload(owner, base, PDF).json()
    row = ShopDocument.objects.get()
    assert b"endobj" not in bytes(row.content_sealed)

    editor = connection.schema_editor(atomic=False)
    editor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # the upload is in the same transaction
    migration.unseal_all(apps, editor)
    row.refresh_from_db()
    assert bytes(row.content_sealed) == PDF
    migration.seal_all(apps, editor)
    row.refresh_from_db()
    assert b"endobj" not in bytes(row.content_sealed)

    answer = owner.get(f"{base}/documents/{made['id']}/file")
    assert b"".join(answer.streaming_content) == PDF


def test_a_picture_is_made_anew_and_the_same_file_is_one_row(owner: Any, base: str) -> None:
    ids = {upload(owner, base, picture(), "a.jpg").json()["id"] for _ in range(2)}

    content = crypto.unseal(ShopDocument.objects.get().content_sealed)
    assert ids == {ShopDocument.objects.get().public_id}
    assert content.startswith(b"\xff\xd8\xff")
    assert b"at home" not in content


def test_a_shop_keeps_so_many_documents(owner: Any, base: str, settings: Any) -> None:
    settings.MAX_SHOP_DOCUMENTS = 1
    upload(owner, base, PDF)

    more = upload(owner, base, picture())

    assert (more.status_code, more.json()["code"]) == (409, "too_many_documents")
    assert ShopDocument.objects.count() == 1

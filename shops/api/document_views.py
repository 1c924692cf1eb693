"""Documents of a shop: handed in by the shop, looked at by the shop and the platform."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from kernel.actors import Role
from kernel.api.operations import listing, operation
from kernel.api.parsers import UploadParser
from kernel.api.serializers import In, Out
from kernel.api.views import View
from kernel.downloads import Download
from shops.enums import DocumentKind
from shops.models import ShopDocument
from shops.services import documents
from shops.services.documents import CONTENT_TYPE


class DocumentIn(In):
    """A document, as a form with a file in it (multipart/form-data)."""

    file = serializers.FileField(max_length=200, allow_empty_file=False)


class DocumentOut(Out):
    """A document of the shop; its bytes are at `…/file`."""

    id = serializers.CharField(source="public_id")
    kind = serializers.ChoiceField(choices=DocumentKind.choices)
    filename = serializers.CharField()
    size = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class Documents(View):
    """What the shop handed in."""

    audience = Role.MERCHANT
    permission = "shops.edit"
    parser_classes = [UploadParser]

    @listing(gives=DocumentOut)
    def get(self, request: Any, shop_id: str) -> QuerySet[ShopDocument]:
        """List the shop's documents, the newest first."""
        return ShopDocument.objects.visible_to(request.actor)

    @operation(takes=DocumentIn, gives=DocumentOut, status=201)
    def post(self, request: Any, shop_id: str, data: dict[str, Any]) -> ShopDocument:
        """Keep a document: a picture is made anew as a JPEG, a PDF stays as it is (SH-04)."""
        return documents.take(
            shop_id=request.actor.shop_id,
            name=data["file"].name,
            content=data["file"].read(),
            at=request.at,
            actor=request.actor,
        )


class _File(View):
    """The bytes. The trail says who took them, so there is no HEAD that takes nothing."""

    http_method_names = ["get", "options"]


class DocumentFile(_File):
    """A document for its own shop."""

    audience = Role.MERCHANT
    permission = "shops.edit"

    @operation(gives_file=CONTENT_TYPE)
    def get(self, request: Any, shop_id: str, document_id: str) -> Download:
        """Save a document of the shop; the audit trail says who took it."""
        return _file(request, document_id)


class OperatorDocumentFile(_File):
    """A document for the platform."""

    audience = Role.OPERATOR
    permission = "shops.operate"

    @operation(gives_file=CONTENT_TYPE)
    def get(self, request: Any, document_id: str) -> Download:
        """Save a document of a shop; the audit trail says who took it."""
        return _file(request, document_id)


def _file(request: Any, document_id: str) -> Download:
    document = ShopDocument.objects.get_visible(request.actor, public_id=document_id)
    return documents.file(document=document, at=request.at, actor=request.actor)

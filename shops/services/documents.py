"""Documents of a shop: taken in, and given out to the shop and the platform alone (SH-04)."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import PurePosixPath

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel import audit, crypto
from kernel.actors import Actor
from kernel.downloads import Download
from kernel.pictures import render
from kernel.text import readable_name
from shops.enums import DocumentKind
from shops.errors import BadDocument, TooManyDocuments
from shops.models import Shop, ShopDocument

#: What a PDF may weigh, in bytes. A picture may weigh more when it comes: it is made anew.
MAX_PDF_BYTES = 5 * 1024 * 1024
#: Whatever it is, a browser saves it and runs none of it.
CONTENT_TYPE = "application/octet-stream"
_PDF_BEGINS, _PDF_ENDS = b"%PDF-", b"%%EOF"
#: How far from the end a reader looks for its mark (PDF 32000-1, annex H.3, note 18).
_PDF_TAIL = 1024
_ENDINGS = {DocumentKind.PICTURE: ".jpg", DocumentKind.PDF: ".pdf"}


@transaction.atomic
def take(*, shop_id: int, name: str, content: bytes, at: datetime, actor: Actor) -> ShopDocument:
    """Keep a document of the shop: a JPEG, PNG or WebP made anew as a JPEG, or a PDF as it is.

    The kind is read from the bytes, never from the name. The same file twice is the same row.
    Raises BadDocument, BadPicture, TooManyDocuments past MAX_SHOP_DOCUMENTS.
    """
    kind, kept = _kept(content)
    digest = hashlib.sha256(kept).hexdigest()
    Shop.objects.select_for_update(no_key=True, of=("self",)).get(pk=shop_id)
    rows = ShopDocument.objects.filter(shop_id=shop_id).defer("content_sealed")
    known = rows.filter(digest=digest).first()
    if known is not None:
        return known
    if rows.count() >= settings.MAX_SHOP_DOCUMENTS:
        raise TooManyDocuments
    made = ShopDocument.objects.create(
        shop_id=shop_id,
        kind=kind,
        digest=digest,
        filename=_filename(name, kind),
        size=len(kept),
        content_sealed=crypto.seal(kept),
        actor_label=actor.label[:120],
        created_at=at,
    )
    after = {"file": made.filename, "digest": digest}
    audit.record(actor=actor, action="shops.upload_document", target=made, at=at, after=after)
    return made


@transaction.atomic
def file(*, document: ShopDocument, at: datetime, actor: Actor) -> Download:
    """Return the document as a file to be saved; the audit trail says who took it."""
    audit.record(
        actor=actor,
        action="shops.download_document",
        target=document,
        at=at,
        after={"file": document.filename},
    )
    content = crypto.unseal(document.content_sealed)
    return Download([content], len(content), document.filename, CONTENT_TYPE)


def _kept(content: bytes) -> tuple[DocumentKind, bytes]:
    if not content.startswith(_PDF_BEGINS):
        return DocumentKind.PICTURE, render(content).content
    if len(content) > MAX_PDF_BYTES:
        raise BadDocument.about("too_large", _("A PDF is at most 5 MB."))
    if _PDF_ENDS not in content[-_PDF_TAIL:]:
        raise BadDocument.about("unreadable", _("The PDF is cut off."))
    return DocumentKind.PDF, content


def _filename(name: str, kind: DocumentKind) -> str:
    stem = PurePosixPath(readable_name(name) or "document").stem
    return f"{stem[:100]}{_ENDINGS[kind]}"

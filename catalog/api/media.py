"""The door that serves uploaded pictures: one content type, whatever the file says it is."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from catalog.services.pictures.keeping import FOLDER

#: What `catalog.services.pictures.keeping` writes, and nothing else of the storage.
NAME = r"(?P<name>[a-z0-9_]{8,40}/[0-9a-f]{64}(?:_[A-Za-z0-9]{7})?\.jpg)"

_HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",  # the name is the digest
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Content-Disposition": "inline",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@require_safe
def serve(request: HttpRequest, name: str) -> FileResponse:
    """Answer with an uploaded picture. Raises Http404."""
    try:
        file = default_storage.open(f"{FOLDER}/{name}")
    except FileNotFoundError:
        raise Http404 from None
    answer = FileResponse(file, content_type="image/jpeg")
    for header, value in _HEADERS.items():
        answer[header] = value
    return answer

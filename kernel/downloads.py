"""Files that go out of a door, piece by piece."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

from kernel import walls


@dataclass(frozen=True)
class Download:
    """A file: its pieces in their order, none of which needs another in memory."""

    pieces: Iterable[bytes]
    #: Bytes of all pieces: who gets fewer sees that the file was cut off on its way.
    size: int
    filename: str
    content_type: str

    def response(self) -> StreamingHttpResponse:
        """Return the answer that saves the file under its name; nobody keeps a copy on the way."""
        headers = {
            "Content-Disposition": content_disposition_header(True, self.filename),
            "Content-Length": str(self.size),
            "Cache-Control": "no-store",
        }
        pieces = walls.kept(self.pieces)
        return StreamingHttpResponse(pieces, content_type=self.content_type, headers=headers)

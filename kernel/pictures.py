"""A stranger's bytes to a JPEG of our own.

Nothing of what came is kept but the colours of its pixels: no metadata (where a photograph was
taken), no comment, no trailing archive, no profile. The kind is read from the first bytes, never
from a name or a header (OWASP ASVS 5.2.2, 5.2.6).
"""

from __future__ import annotations

import io
from contextlib import suppress
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from kernel.errors import FieldError, InvalidInput

#: What one file may weigh when it comes, in bytes.
MAX_UPLOAD_BYTES = 10 * 1024 * 1024
#: What it may weigh when it is kept (CA-02).
MAX_BYTES = 1024 * 1024
MIN_SIDE, MAX_SIDE = 100, 10_000
#: Pixels that are decoded at most. WebP is decoded onto two canvases of four bytes a pixel.
MAX_PIXELS = {"JPEG": 24_000_000, "PNG": 16_000_000, "WEBP": 6_000_000}
#: Tried one after the other until the file is small enough: longest side, quality.
STEPS = ((2_000, 88), (2_000, 78), (1_600, 78), (1_200, 78), (1_000, 70), (800, 60))
#: Pillow's name of a photograph that carries a preview beside itself; the first picture is it.
_WITH_PREVIEW = "MPO"
_PAPER = (255, 255, 255)


class BadPicture(InvalidInput):
    """The file is no picture that could be shown; `errors` says why in a code."""

    code = "bad_picture"
    message = _("This is not a picture that can be shown.")

    @classmethod
    def about(cls, code: str, detail: str | Promise) -> BadPicture:
        """Return the refusal of a file, with the reason at the field that files come in."""
        return cls(str(detail), errors=[FieldError("/file", code, detail)])


@dataclass(frozen=True)
class Rendered:
    """A baseline JPEG without metadata, at most `MAX_BYTES` long."""

    content: bytes
    width: int
    height: int


def render(content: bytes) -> Rendered:
    """Return `content` made anew as a JPEG: upright, RGB on white, at most 2,000 pixels a side.

    The same bytes give the same picture. Raises BadPicture for what is no JPEG, PNG or WebP, is
    broken or cut off, moves, is smaller than 100 pixels, or would need too much memory; that is
    known from its header before a pixel is decoded.
    """
    kind = _kind(content)
    if len(content) > MAX_UPLOAD_BYTES:
        raise _bad("too_large", _("A picture is at most 10 MB."))
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as opened:
            _refuse_unless_fit(opened, kind)
            return _shrunk(_upright(opened))
    except BadPicture:
        raise
    except Exception:  # noqa: BLE001 -- decoders raise whatever broken bytes make them meet
        raise _bad("unreadable", _("The picture is broken.")) from None


def _kind(content: bytes) -> str:
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    raise _bad("not_a_picture", _("A picture is a JPEG, PNG or WebP file."))


def _refuse_unless_fit(opened: Image.Image, kind: str) -> None:
    width, height = opened.size
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS[kind]:
        raise _bad("too_many_pixels", _("The picture has too many pixels."))
    if min(width, height) < MIN_SIDE:
        raise _bad("too_few_pixels", _("A picture is at least 100 pixels wide and high."))
    if opened.format != _WITH_PREVIEW and getattr(opened, "n_frames", 1) > 1:
        raise _bad("animated", _("A picture does not move."))


def _upright(opened: Image.Image) -> Image.Image:
    side = STEPS[0][0]
    opened.draft("RGB", (side, side))  # a JPEG is decoded at a fraction of its size
    has_alpha = opened.has_transparency_data
    mode = "RGBA" if has_alpha else "RGB"
    # What smooths well is made small first; a palette has to become colours before.
    picture = opened if opened.mode in ("RGB", "RGBA", "L", "CMYK") else opened.convert(mode)
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    with suppress(Exception):  # notes that cannot be read do not say which side is up
        picture = ImageOps.exif_transpose(picture)
    if not has_alpha:
        return picture.convert("RGB")
    picture = picture.convert("RGBA")
    paper = Image.new("RGB", picture.size, _PAPER)
    paper.paste(picture, mask=picture.getchannel("A"))
    return paper


def _shrunk(picture: Image.Image) -> Rendered:
    for side, quality in STEPS:
        picture.thumbnail((side, side), Image.Resampling.LANCZOS)
        file = io.BytesIO()
        bare = Image.frombytes("RGB", picture.size, picture.tobytes())  # pixels, and nothing else
        bare.save(file, "JPEG", quality=quality, optimize=True)
        if file.tell() <= MAX_BYTES:
            return Rendered(file.getvalue(), *picture.size)
    raise _bad("too_large", _("The picture does not fit into 1 MB."))


def _bad(code: str, detail: str | Promise) -> BadPicture:
    return BadPicture.about(code, detail)

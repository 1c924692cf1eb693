"""Files that nobody should send: pictures that lie, hide, explode; sheets that do; names that do.

Built here, none is kept in the tree. `OURS` are honest pictures that carry something beside their
pixels: they are taken, and what they carried is gone.
"""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

from PIL import Image, PngImagePlugin

SCRIPT = b"<script>alert(1)</script>"
PHP = b"<?php system($_GET['c']); ?>"
HTML = b"<!doctype html><html><body>" + SCRIPT + b"</body></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
#: What no kept file may have in it, wherever it stood before.
MARKS = (b"<script", b"<?php", b"<svg", b"<html", b"PK\x03\x04", b"Exif", b"ICC_PROFILE", b"GPS-")


class File(NamedTuple):
    """A file as it is sent; `is_taken` says whether it becomes a picture."""

    label: str
    name: str
    #: The bytes, or how to make them where that takes a moment.
    made: bytes | Callable[[], bytes]
    is_taken: bool = False

    @property
    def content(self) -> bytes:
        return self.made if isinstance(self.made, bytes) else self.made()


def picture(kind: str = "JPEG", size: tuple[int, int] = (640, 640), **how: object) -> bytes:
    """Return an honest picture."""
    file = io.BytesIO()
    mode = str(how.pop("mode", "RGB"))
    Image.linear_gradient("L").resize(size).convert(mode).save(file, kind, **how)
    return file.getvalue()


def located() -> bytes:
    """Return a photograph that says where and with what it was taken, lying on its side."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x010E] = 6, "GPS-CAMERA", SCRIPT.decode()
    exif.get_ifd(0x8825).update(
        {1: "N", 2: (30.0, 15.0, 0.0), 3: "E", 4: (120.0, 9.0, 0.0), 29: "GPS-2026:01:01"}
    )
    return picture(size=(800, 640), exif=exif, comment=PHP, icc_profile=b"GPS-" + b"p" * 500)


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def declared(width: int, height: int, *more: bytes, depth: int = 8, colour: int = 2) -> bytes:
    """Return a PNG that says to be so large."""
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    rest = b"".join(more) or chunk(b"IDAT", zlib.compress(b"\x00" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + rest + chunk(b"IEND", b"")


def moving(kind: str) -> bytes:
    """Return three pictures in one."""
    frames = [Image.new("RGB", (640, 640), colour) for colour in ("red", "green", "blue")]
    file = io.BytesIO()
    frames[0].save(file, kind, save_all=True, append_images=frames[1:], duration=80)
    return file.getvalue()


def texts() -> bytes:
    """Return a PNG with scripts and a place in its texts."""
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", SCRIPT.decode() + PHP.decode())
    told.add_itxt("XML:com.adobe.xmp", HTML.decode() + "GPS-30.25")
    return picture("PNG", pnginfo=told)


def archive(**parts: bytes) -> bytes:
    """Return a ZIP."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return file.getvalue()


def ours() -> Iterator[File]:
    """Honest pictures, some with a passenger: all are taken, no passenger is."""
    jpeg, png, webp = (picture(kind) for kind in ("JPEG", "PNG", "WEBP"))
    yield File("jpeg", "a.jpg", jpeg, True)
    yield File("png", "a.png", png, True)
    yield File("webp", "a.webp", webp, True)
    yield File("grey", "grey.jpg", picture(mode="L"), True)
    yield File("cmyk", "print.jpg", picture(mode="CMYK"), True)
    yield File("transparent", "cut-out.png", picture("PNG", mode="RGBA"), True)
    yield File("palette", "few.png", picture("PNG", mode="P", transparency=0), True)
    yield File("one bit", "bits.png", picture("PNG", mode="1"), True)
    yield File("sixteen bits", "deep.png", picture("PNG", mode="I;16"), True)
    yield File("progressive", "p.jpg", picture(progressive=True), True)
    yield File("a place and a camera", "IMG_0001.JPG", located(), True)
    yield File("texts with scripts", "texts.png", texts(), True)
    yield File("script as jpeg comment", "c.jpg", picture(comment=SCRIPT), True)
    yield File("php as jpeg comment", "c.php.jpg", picture(comment=PHP), True)
    yield File("script in exif of webp", "x.webp", picture("WEBP", exif=b"Exif\0\0" + HTML), True)
    yield File("xmp with a place", "x.jpg", picture(xmp=b"<x>GPS-30.25" + SCRIPT + b"</x>"), True)
    for label, tail in (
        ("zip", archive(evil=PHP)),
        ("html", HTML),
        ("php", PHP),
        ("svg", SVG),
        ("elf", b"\x7fELF" + b"\x00" * 100),
        ("pdf", b"%PDF-1.7\n1 0 obj"),
        ("jar", archive(**{"META-INF/MANIFEST.MF": b"Main-Class: Evil"})),
    ):
        yield File(f"jpeg and {label}", f"{label}.jpg", jpeg + tail, True)
    yield File("png and html behind its end", "h.png", png + HTML, True)
    yield File("webp and script behind its end", "h.webp", webp + SCRIPT, True)
    yield File("png that says jpeg", "a.jpg", png, True)
    yield File("jpeg that says html", "a.html", jpeg, True)
    yield File("jpeg that says svg", "a.svg", jpeg, True)
    yield File("jpeg that says php", "a.php", jpeg, True)
    yield File("jpeg without a suffix", "picture", jpeg, True)
    yield File(
        "as many pixels as a jpeg may have", "big.jpg", lambda: picture(size=(6000, 4000)), True
    )
    yield File(
        "as many pixels as a png may have", "big.png", lambda: picture("PNG", (4000, 4000)), True
    )
    yield File(
        "as many pixels as a webp may have", "big.webp", lambda: picture("WEBP", (3000, 2000)), True
    )
    yield from _named(jpeg)


def _named(jpeg: bytes) -> Iterator[File]:
    for label, name in (
        ("a path", "../../../../etc/passwd.jpg"),
        ("a windows path", "..\\..\\windows\\system32\\a.jpg"),
        ("an absolute path", "/etc/cron.d/a.jpg"),
        ("a header", "a.jpg\r\nContent-Type: text/html"),
        ("a zero", "a.php\x00.jpg"),
        ("right to left", "a\u202egpj.exe"),
        ("a script", '"><script>alert(1)</script>.jpg'),
        ("a command", "$(reboot);`id`.jpg"),
        ("a formula", "=HYPERLINK(1).jpg"),
        ("180 letters", "a" * 176 + ".jpg"),
        ("two suffixes", "a.jpg.php"),
        ("a stream", "a.jpg::$DATA"),
        ("a device", "CON.jpg"),
        ("chinese", "主图.jpg"),
        ("emoji", "🧨.jpg"),
    ):
        yield File(f"named with {label}", name, jpeg, True)


def theirs() -> Iterator[File]:
    """What is refused."""
    jpeg, png, webp = (picture(kind) for kind in ("JPEG", "PNG", "WEBP"))
    yield File("300 letters", "a" * 296 + ".jpg", jpeg)
    yield File("empty", "empty.jpg", b"")
    yield File("html as jpeg", "a.jpg", HTML)
    yield File("php as png", "a.png", PHP)
    yield File("javascript as webp", "a.webp", b"alert(1)//")
    yield File("svg", "a.svg", SVG)
    yield File("svg as png", "a.png", SVG)
    yield File("svgz", "a.svgz", gzip.compress(SVG))
    yield File("html behind a gif", "a.gif", b"GIF89a" + HTML)
    yield File("gif", "a.gif", moving("GIF"))
    yield File("bmp", "a.bmp", picture("BMP"))
    yield File("tiff", "a.tiff", picture("TIFF"))
    yield File("ico", "a.ico", b"\x00\x00\x01\x00\x01\x00" + b"\x10" * 100)
    yield File("postscript", "a.jpg", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")
    yield File("imagetragick", "a.jpg", b"push graphic-context\nfill 'url(https://x|id)'\n")
    yield File("pdf as jpeg", "a.jpg", b"%PDF-1.7\n" + jpeg)
    yield File("zip as png", "a.png", archive(a=png))
    yield File("elf", "a.jpg", b"\x7fELF" + b"\x00" * 200)
    yield File("html behind the first bytes of a jpeg", "a.jpg", b"\xff\xd8\xff\xe0" + HTML)
    yield File("script behind the first bytes of a png", "a.png", png[:8] + SCRIPT)
    yield File("script behind the first bytes of a webp", "a.webp", webp[:12] + SCRIPT)
    yield File("cut jpeg", "a.jpg", jpeg[: len(jpeg) // 2])
    yield File("cut png", "a.png", png[: len(png) // 2])
    yield File("cut webp", "a.webp", webp[: len(webp) // 2])
    yield File("header of a jpeg", "a.jpg", jpeg[:20])
    yield File("moving webp", "a.webp", moving("WEBP"))
    yield File("moving png", "a.png", moving("PNG"))
    yield File("thumbnail", "a.jpg", picture(size=(99, 99)))
    yield File("a line", "a.png", picture("PNG", (9000, 1)))
    yield File("2 billion by 2 billion", "a.png", declared(2**31 - 1, 2**31 - 1))
    yield File("nothing by nothing", "a.png", declared(0, 0))
    yield File("50,000 by 50,000", "a.png", declared(50_000, 50_000))
    yield File("a line of 60,000", "a.png", declared(60_000, 200))
    yield File("pixels that unpack to hundreds of megabytes", "bomb.png", _bomb)
    yield File("text that unpacks to hundreds of megabytes", "text.png", _text_bomb)
    yield File("profile that unpacks to hundreds of megabytes", "icc.png", _profile_bomb)
    yield File("65,535 by 65,535 jpeg", "a.jpg", _stretched(jpeg, 65_535, 65_535))
    yield File("more pixels than there is data for", "a.png", declared(3_000, 3_000))
    yield File("one pixel more than a jpeg may have", "a.jpg", lambda: picture(size=(6001, 4000)))
    yield File("eleven megabytes", "a.jpg", lambda: jpeg + b"\x00" * 11 * 1024 * 1024)


def _bomb() -> bytes:
    packed = zlib.compressobj(1)
    rows = [packed.compress(b"\x00" * 1_000_000) for _ in range(400)]
    return declared(11_500, 11_500, chunk(b"IDAT", b"".join(rows) + packed.flush()))


def _packed(size: int) -> bytes:
    packed = zlib.compressobj(1)
    return b"".join(packed.compress(b"a" * 1_000_000) for _ in range(size)) + packed.flush()


def _text_bomb() -> bytes:
    good = zlib.compress(b"\x00" * (640 * 3 + 1) * 640)
    return declared(
        640, 640, chunk(b"zTXt", b"Comment\x00\x00" + _packed(300)), chunk(b"IDAT", good)
    )


def _profile_bomb() -> bytes:
    return declared(640, 640, chunk(b"iCCP", b"p\x00\x00" + _packed(300)))


def _stretched(jpeg: bytes, width: int, height: int) -> bytes:
    """Return a JPEG whose frame header says another size."""
    at = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:at] + struct.pack(">HH", height, width) + jpeg[at + 4 :]


# --- sheets ---------------------------------------------------------------------------------------

_TYPES = (
    b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    b'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package'
    b'.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.'
    b'openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/'
    b'worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    b'spreadsheetml.worksheet+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType='
    b'"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)
_RELATIONS = (
    b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
    b'relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/'
    b'officeDocument/2006/relationships/%s" Target="%s"/></Relationships>'
)
_MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_BOOK = (
    b'<?xml version="1.0"?><workbook xmlns="' + _MAIN + b'" xmlns:r="http://schemas.openxmlformats'
    b'.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="rId1"/>'
    b"</sheets></workbook>"
)
_HEADER = b'<?xml version="1.0"?>'


def _sheet(rows: bytes, doctype: bytes = b"") -> bytes:
    body = b'<worksheet xmlns="' + _MAIN + b'"><sheetData>' + rows + b"</sheetData></worksheet>"
    return _HEADER + doctype + body


def book(sheet: bytes, **more: bytes) -> bytes:
    """Return an XLSX with this first sheet."""
    return archive(
        **{
            "[Content_Types].xml": _TYPES,
            "_rels/.rels": _RELATIONS % (b"officeDocument", b"xl/workbook.xml"),
            "xl/workbook.xml": _BOOK,
            "xl/_rels/workbook.xml.rels": _RELATIONS % (b"worksheet", b"worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml": sheet,
            **more,
        }
    )


def _row(text: bytes) -> bytes:
    return b'<row><c t="inlineStr"><is><t>' + text + b"</t></is></c></row>"


def _many_texts() -> bytes:
    texts = b"<si><t>a</t></si>" * 8_000_000
    shared = _HEADER + b'<sst xmlns="' + _MAIN + b'">' + texts + b"</sst>"
    return book(_sheet(_row(b"sku_code")), **{"xl/sharedStrings.xml": shared})


def sheets() -> Iterator[File]:
    """Workbooks and tables that every door for sheets is tried with."""
    entity = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    remote = b'<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:9/">]>'
    laughs = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    billion = b'<!DOCTYPE x [<!ENTITY l0 "lol">' + laughs + b"]>"
    yield File("external entity", "a.xlsx", book(_sheet(_row(b"&e;"), entity)))
    yield File("remote entity", "a.xlsx", book(_sheet(_row(b"&e;"), remote)))
    yield File("a billion laughs", "a.xlsx", book(_sheet(_row(b"&l9;"), billion)))
    yield File("300 MB unpacked", "a.xlsx", lambda: book(_sheet(_row(b"a" * 300_000_000))))
    yield File("eight million texts", "a.xlsx", _many_texts)
    slip = {"../../../../tmp/slipped.txt": PHP, "/tmp/slipped.txt": PHP}
    yield File("slip", "a.xlsx", book(_sheet(_row(b"a")), **slip))
    macro = {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + b"\x00" * 600}
    yield File("macro", "a.xlsm", book(_sheet(_row(b"a")), **macro))
    yield File("no workbook", "a.xlsx", archive(a=b"b"))
    yield File("cut", "a.xlsx", book(_sheet(_row(b"a")))[:300])
    yield File("old excel", "a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600)
    yield File("picture", "a.xlsx", picture())
    yield File("html", "a.csv", HTML)
    yield File("zeros", "a.csv", b"\x00" * 5_000)

"""Bytes to a table."""

import datetime
import io
import zipfile

import pytest

from catalog.errors import UnreadableFile
from catalog.services.importing import reading
from catalog.services.importing.reading import table
from tests.catalog.importing.samples import sheet

TEXT = "编码,标题\nA-1,纯棉四件套\n"


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.encode("gbk"),
        TEXT.replace(",", ";").encode(),
        TEXT.replace(",", "\t").encode(),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        sheet([["编码", "标题"], ["A-1", "纯棉四件套"]]),
    ],
    ids=[
        "utf-8",
        "bom",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "gbk",
        "semicolon",
        "tab",
        "crlf",
        "cr",
        "xlsx",
    ],
)
def test_every_encoding_and_delimiter_gives_the_same_table(content: bytes) -> None:
    read = table(content)

    assert read.columns == ["编码", "标题"]
    assert [(row.number, row.cells) for row in read.rows] == [
        (2, {"编码": "A-1", "标题": "纯棉四件套"})
    ]


def test_a_few_broken_bytes_do_not_turn_the_text_into_another_encoding() -> None:
    content = (TEXT * 20).encode() + b"A-2,\xe7\xba\n"

    read = table(content)

    assert read.rows[0].cells["标题"] == "纯棉四件套"
    assert "\ufffd" in read.rows[-1].cells["标题"]


def test_rows_count_as_the_spreadsheet_counts() -> None:
    read = table(b'a,b\n1,"two\nlines"\n\n,\n3,4\n')

    assert [(row.number, row.cells["a"]) for row in read.rows] == [(2, "1"), (5, "3")]
    assert read.rows[0].cells["b"] == "two\nlines"


def test_an_unclosed_quote_is_seen_on_the_row_that_swallowed_the_rest() -> None:
    read = table(b'a,b\n1,2\n3,"4\n5,6\n7,8\n')

    assert [(row.number, row.is_unclosed) for row in read.rows] == [(2, False), (3, True)]


def test_cells_beyond_the_header_are_seen() -> None:
    read = table(b"a,b\n1,2,3\n1,2,\n")

    assert [row.has_more_cells for row in read.rows] == [True, False]


def test_a_sheet_gives_numbers_and_dates_as_they_were_typed() -> None:
    cells = [19.9, 5.0, 1006002, datetime.date(2026, 1, 2), True, "=1+1", None, 0.1]

    read = table(sheet([list("abcdefgh"), cells]))

    assert list(read.rows[0].cells.values()) == [
        "19.9",
        "5",
        "1006002",
        "2026-01-02T00:00:00",
        "TRUE",
        "=1+1",
        "",
        "0.1",
    ]


def _zip(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" \r\n\n",
        b"\xef\xbb\xbf",
        b"\x80\xff" * 400,
        b"PK\x03\x04 not a zip",
        _zip("a.txt", b"not a workbook"),
        b"a,b\n" + b"x" * (10 * 1024 * 1024),
    ],
    ids=["empty", "blank", "only a bom", "noise", "broken zip", "other zip", "too large"],
)
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableFile):
        table(content)


def test_a_bomb_is_not_unpacked(monkeypatch) -> None:
    monkeypatch.setattr(reading, "MAX_UNPACKED_BYTES", 1_000)

    with pytest.raises(UnreadableFile):
        table(sheet([["a"], ["b" * 5_000]]))


def test_too_many_rows_are_refused(monkeypatch) -> None:
    monkeypatch.setattr(reading, "MAX_ROWS", 2)

    assert len(table(b"a\n1\n2\n").rows) == 2
    with pytest.raises(UnreadableFile):
        table(b"a\n1\n2\n3\n")

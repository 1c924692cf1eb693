"""A6: whatever is uploaded, only pictures that we made are kept, and served as nothing else."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.storage.memory import InMemoryStorage
from django.http.multipartparser import MultiPartParser
from PIL import Image

from catalog import tasks
from catalog.models import ImportJob, Product, ShopPicture, Sku
from catalog.services.pictures import keeping
from orders import tasks as order_tasks
from orders.models import Package
from tests.catalog import hostile
from tests.catalog.admin.conftest import signed_in
from tests.factories.shops import owner_of

pytestmark = pytest.mark.django_db

PICTURES = [*hostile.ours(), *hostile.theirs()]
SHEETS = list(hostile.sheets())
DOORS = (
    "/api/v1/catalog/shops/{shop}/imports",
    "/api/v1/orders/shops/{shop}/shipping-files",
    "/merchant/catalog/bulkedit/do/change/",
)
MOST_MEMORY = 200 * 1024 * 1024


@pytest.fixture(autouse=True)
def empty_storage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(default_storage, "_wrapped", InMemoryStorage())


@pytest.fixture
def client(shop, client_for):
    return client_for(owner_of(shop))


@pytest.fixture
def base(shop) -> str:
    return f"/api/v1/catalog/shops/{shop.public_id}"


def send(client, url: str, file: hostile.File):
    """Send the file under its own name, written by hand: Django's test client would tidy it."""
    name = file.name.replace('"', "%22")
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    body = head.encode() + b"Content-Type: image/jpeg\r\n\r\n" + file.content + b"\r\n--x--\r\n"
    return client.generic("POST", url, body, content_type="multipart/form-data; boundary=x")


def kept() -> dict[str, bytes]:
    """Return every file in the storage."""
    found = {}
    folders = [""]
    while folders:
        folder = folders.pop()
        below, files = default_storage.listdir(folder) if folder or _has_any() else ([], [])
        folders += [f"{folder}/{one}".strip("/") for one in below]
        for name in files:
            path = f"{folder}/{name}".strip("/")
            found[path] = default_storage.open(path).read()
    return found


def _has_any() -> bool:
    return default_storage.exists("pictures")


@contextmanager
def measured() -> Iterator[list[int]]:
    """Give by how many bytes the resident memory of this process grew at its highest."""
    grown: list[int] = []
    Path("/proc/self/clear_refs").write_text("5")
    before = _memory("VmRSS")
    yield grown
    grown.append(_memory("VmHWM") - before)


def _memory(name: str) -> int:
    line = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert line
    return int(line[1]) * 1024


def test_the_corpus_is_large_enough() -> None:
    assert len(PICTURES) + len(SHEETS) >= 60
    assert len({one.label for one in PICTURES}) == len(PICTURES)


@pytest.mark.parametrize("file", PICTURES, ids=[one.label for one in PICTURES])
def test_a_picture_is_made_anew_or_refused(client, base, shop, file) -> None:
    file = file._replace(made=file.content)
    with measured() as grown:
        answer = send(client, f"{base}/pictures", file)

    assert answer.status_code in ((201,) if file.is_taken else (400, 413)), answer.content[:300]
    assert grown[0] < MOST_MEMORY
    files = kept()
    assert len(files) == ShopPicture.objects.count() == int(file.is_taken)
    for path, content in files.items():
        assert re.fullmatch(rf"pictures/{shop.public_id}/[0-9a-f]{{64}}\.jpg", path)
        assert hashlib.sha256(content).hexdigest() in path
        assert_bare(content)
        served = client.get(f"/media/{path}")
        assert (served.status_code, served["Content-Type"]) == (200, "image/jpeg")
        assert served["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in served["Content-Security-Policy"]
        assert served.getvalue() == content
    shown = "".join(ShopPicture.objects.values_list("filename", flat=True))
    assert not re.search("[\r\n\0/\\\\\u202e]", shown)


def assert_bare(content: bytes) -> None:
    """Hold that this is a JPEG with pixels and nothing else."""
    assert len(content) <= 1024 * 1024
    assert not [mark for mark in hostile.MARKS if mark in content]
    with Image.open(io.BytesIO(content)) as made:
        made.load()
        assert (made.format, made.mode) == ("JPEG", "RGB")
        assert not dict(made.getexif())
        assert set(made.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}
        assert max(made.size) <= 2_000
    assert content.endswith(b"\xff\xd9")


def test_the_place_is_in_the_photograph_and_not_in_what_is_kept(client, base) -> None:
    """The control of the corpus: before, the marks are there, and the picture lies on its side."""
    sent = hostile.located()
    with Image.open(io.BytesIO(sent)) as before:
        assert before.getexif().get_ifd(0x8825)[1] == "N"
        assert before.size == (800, 640)
    assert [mark for mark in hostile.MARKS if mark in sent] != []

    send(client, f"{base}/pictures", hostile.File("", "a.jpg", sent))

    (content,) = kept().values()
    with Image.open(io.BytesIO(content)) as after:
        assert after.size == (640, 800)
        assert not after.getexif().get_ifd(0x8825)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("file", SHEETS, ids=[one.label for one in SHEETS])
def test_a_sheet_is_read_as_a_table_or_refused(client, shop, door, file) -> None:
    url = door.format(shop=shop.public_id)
    if url.startswith("/merchant/"):
        client = signed_in(owner_of(shop))
    file = file._replace(made=file.content)
    with measured() as grown:
        answer = send(client, url, file)
        tasks.sweep_imports()
        order_tasks.ship_files()

    assert answer.status_code < 500
    assert grown[0] < MOST_MEMORY
    assert not any(one.objects.exists() for one in (Product, Sku, Package))
    assert not ImportJob.objects.filter(good_count__gt=0).exists()
    assert not Path("/tmp/slipped.txt").exists()
    assert b"root:" not in answer.content


def test_what_is_served_is_nothing_but_pictures_of_ours(client, shop) -> None:
    for path in ("notes.txt", f"pictures/{shop.public_id}/evil.html", "pictures/a.jpg"):
        default_storage.save(path, io.BytesIO(hostile.HTML))

        assert client.get(f"/media/{path}").status_code == 404
    for path in (f"pictures/{shop.public_id}/../../notes.txt", f"pictures/{'a' * 64}.jpg"):
        assert client.get(f"/media/{path}").status_code == 404


def test_the_name_in_the_form_reaches_us_as_it_was_sent(client, base, monkeypatch) -> None:
    """The control of the names: Django tidies some of them, the rest is ours to bear."""
    seen = []
    tidy = MultiPartParser.sanitize_file_name

    def spy(self, name):
        seen.append(name)
        return tidy(self, name)

    monkeypatch.setattr(MultiPartParser, "sanitize_file_name", spy)
    names = [one.name for one in PICTURES if one.label.startswith("named")]
    for name in names:
        send(client, f"{base}/pictures", hostile.File("", name, hostile.picture()))

    assert len(seen) == len(names)
    assert {"../../../../etc/passwd.jpg", "/etc/cron.d/a.jpg", "a\u202egpj.exe"} <= set(seen)


def test_nothing_uploaded_lies_where_no_row_names_it(client, base, at) -> None:
    send(client, f"{base}/pictures", PICTURES[0])

    assert keeping.sweep(at=at) == 0
    assert len(kept()) == 1

"""Imports by API, by task and by command."""

import io
from datetime import timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone

from catalog import tasks
from catalog.enums import DisplayState, ImportFormat, ImportStatus
from catalog.models import ImportJob, PriceVersion, Product
from catalog.services.importing import jobs
from kernel.delivery import deliver_all
from shops.enums import StaffRole
from tests.catalog.importing import samples
from tests.catalog.importing.samples import row
from tests.factories.catalog import SkuFactory
from tests.factories.shops import ShopFactory, StaffFactory, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(shop, client_for):
    return client_for(owner_of(shop))


@pytest.fixture
def url(shop) -> str:
    return f"/api/v1/catalog/shops/{shop.public_id}/imports"


def upload(client, url: str, content: bytes, name: str = "products.csv", **fields):
    file = SimpleUploadedFile(name, content, content_type="text/csv")
    return client.post(url, {"file": file, **fields}, format="multipart")


def test_an_uploaded_file_is_done_by_a_worker_and_reported(client, url, leaf) -> None:
    response = upload(client, url, samples.template(row("A"), row("B", price="x")))
    assert response.status_code == 201
    assert (response.json()["status"], response.json()["format"]) == ("queued", "template")

    tasks.sweep_imports()

    job = client.get(f"{url}/{response.json()['id']}").json()
    assert (job["status"], job["percent"], job["good_count"], job["bad_count"]) == (
        "done",
        100,
        1,
        1,
    )
    assert client.get(f"{url}/{job['id']}/errors").json()["results"] == [
        {
            "row": 3,
            "column": "price",
            "code": "bad_price",
            "fix": "Write the price as a plain number such as 19.90.",
            "is_note": False,
        }
    ]
    assert [one["id"] for one in client.get(url).json()["results"]] == [job["id"]]
    assert Product.objects.get().display_state == DisplayState.DRAFT


def test_the_format_is_guessed(client, url, leaf) -> None:
    content = samples.shopify({"Handle": "a", "Title": "A towel", "Variant Price": "1"})

    job = upload(client, url, content, is_dry_run="true", category_id=leaf.public_id).json()

    assert (job["format"], job["is_dry_run"]) == ("shopify", True)


def test_the_same_waiting_file_is_the_same_import(client, url) -> None:
    content = samples.template(row("A"))

    first, second = (upload(client, url, content).json() for _ in range(2))

    assert first["id"] == second["id"]
    assert ImportJob.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "fields", "status"),
    [
        (b"", {}, 400),
        (b"a", {"format": "yanxuan"}, 400),
        (b"a", {"publish": "true"}, 400),
        (b"a", {"is_trusted": "true"}, 400),
        (b"a", {"category_id": "cat_nope"}, 404),
        (b"PK\x03\x04", {}, 400),
        (b"x" * (10 * 1024 * 1024 + 100_000), {}, 413),
    ],
)
def test_bad_uploads_are_refused(client, url, content, fields, status) -> None:
    response = upload(client, url, content, **fields)

    assert response.status_code == status
    assert ImportJob.objects.count() == 0


def test_an_upload_is_a_form(client, url) -> None:
    assert client.post(url, {"file": "text"}).status_code == 415
    assert client.post(url, {"file": "text"}, format="multipart").status_code == 400
    broken = client.post(url, data=b"broken", content_type="multipart/form-data; boundary=x")
    assert broken.status_code == 400


def test_only_who_may_import_imports(shop, url, client_for) -> None:
    clerk = client_for(StaffFactory(shop=shop, role=StaffRole.ORDER_CLERK).user)
    stranger = client_for(owner_of(ShopFactory()))

    assert upload(clerk, url, b"sku_code\n").status_code == 403
    assert upload(stranger, url, b"sku_code\n").status_code == 404
    assert ImportJob.objects.count() == 0


def test_another_shops_import_is_not_there(client, url, merchant, at) -> None:
    foreign = jobs.start(
        shop=ShopFactory(),
        format=ImportFormat.TEMPLATE,
        filename="a.csv",
        content=b"sku_code\nA\n",
        actor=merchant,
        at=at,
    )

    assert client.get(f"{url}/{foreign.public_id}").status_code == 404
    assert client.get(f"{url}/{foreign.public_id}/errors").status_code == 404


def test_the_sweep_goes_on_with_a_job_whose_worker_died(
    shop, merchant, leaf, at, monkeypatch
) -> None:
    monkeypatch.setattr(jobs, "CHUNK", 1)
    job = jobs.start(
        shop=shop,
        format=ImportFormat.TEMPLATE,
        filename="a.csv",
        content=samples.template(row("A"), row("B"), row("C")),
        actor=merchant,
        at=at,
    )
    jobs.run(job=job, at=at, max_chunks=1)

    tasks.sweep_imports()

    job.refresh_from_db()
    assert (job.status, job.good_count, Product.objects.count()) == (ImportStatus.DONE, 3, 3)
    tasks.run_import(job_id=job.pk)
    tasks.run_import(job_id=0)
    assert Product.objects.count() == 3


def test_a_job_that_breaks_ends_and_is_not_tried_for_ever(shop, merchant, at, monkeypatch) -> None:
    job = jobs.start(
        shop=shop,
        format=ImportFormat.TEMPLATE,
        filename="a.csv",
        content=samples.template(row("A")),
        actor=merchant,
        at=at,
    )

    def explode(*_args, **_kwargs) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(jobs, "land", explode)
    tasks.sweep_imports()

    job.refresh_from_db()
    assert (job.status, job.error) == (ImportStatus.FAILED, "Unexpected: ZeroDivisionError")
    assert not Product.objects.exists()


def test_the_command_brings_a_folder_in_and_reports(shop, leaf, tmp_path) -> None:
    for name, rows in samples.YANXUAN.items():
        (tmp_path / name).write_text(samples.text(rows, header=tuple(rows[0])), encoding="utf-8")
    out = io.StringIO()

    call_command(
        "import_catalog", str(tmp_path), shop=shop.public_id, publish=True, stdout=out, stderr=out
    )

    assert "3 rows, 3 good, 0 bad" in out.getvalue()
    assert "list_price_left_out (note)" in out.getvalue()
    states = Product.objects.order_by("merchant_code").values_list("display_state", flat=True)
    assert list(states) == [DisplayState.ON_SALE, DisplayState.IN_WAREHOUSE]


def test_the_command_without_publish_leaves_drafts(shop, leaf, tmp_path) -> None:
    path = tmp_path / "export.zip"
    path.write_bytes(samples.yanxuan())
    out = io.StringIO()

    call_command("import_catalog", str(path), shop=shop.public_id, stdout=out, stderr=out)

    assert set(Product.objects.values_list("display_state", flat=True)) == {DisplayState.DRAFT}


def test_the_command_names_what_it_cannot_find(shop, tmp_path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"title\nTowel\n")
    quiet = {"stdout": io.StringIO(), "stderr": io.StringIO()}

    for arguments, words in (
        ({"shop": "shp_nope"}, "no shop"),
        ({"shop": shop.public_id, "category": "cat_nope"}, "no category"),
        ({"shop": shop.public_id}, "lacks columns"),
    ):
        with pytest.raises(CommandError, match=words):
            call_command("import_catalog", str(path), **arguments, **quiet)
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_catalog", str(tmp_path / "no.csv"), shop=shop.public_id, **quiet)
    assert not Product.objects.exists()


@pytest.mark.parametrize("error", [OperationalError, SoftTimeLimitExceeded])
def test_a_job_that_ran_out_of_time_stands_for_the_next_sweep(
    shop, merchant, at, monkeypatch, error
) -> None:
    job = jobs.start(
        shop=shop,
        format=ImportFormat.TEMPLATE,
        filename="a.csv",
        content=samples.template(row("A")),
        actor=merchant,
        at=at,
    )

    def run_out(*_args, **_kwargs) -> None:
        raise error

    monkeypatch.setattr(jobs, "land", run_out)
    with pytest.raises(error):
        tasks.run_import(job_id=job.pk)

    job.refresh_from_db()
    assert (job.status, job.done_count) == (ImportStatus.QUEUED, 0)


def test_begun_prices_are_swept() -> None:
    sku = SkuFactory(price=9_900)
    now = timezone.now()
    PriceVersion.objects.create(
        shop=sku.shop,
        sku=sku,
        price=5_000,
        effective_from=now - timedelta(minutes=1),
        created_at=now - timedelta(days=1),
    )

    tasks.apply_begun_prices()

    sku.product.refresh_from_db()
    assert sku.product.min_price == 5_000


def test_a_queued_file_wakes_a_worker(
    shop, merchant, at, monkeypatch, django_capture_on_commit_callbacks
) -> None:
    sent = []
    monkeypatch.setattr("kernel.tasks._send", sent.append)
    jobs.start(
        shop=shop,
        format=ImportFormat.TEMPLATE,
        filename="a.csv",
        content=samples.template(row("A")),
        actor=merchant,
        at=at,
    )

    with django_capture_on_commit_callbacks(execute=True):
        deliver_all()

    assert sent == ["catalog.tasks.sweep_imports"]

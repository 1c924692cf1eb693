"""OR-23: files of a shop's orders."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, OperationalError, transaction
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from kernel import cells, crypto
from kernel.actors import SYSTEM
from kernel.delivery import deliver_all
from kernel.errors import InvalidInput, NotAllowed
from kernel.models import AuditEntry
from orders import tasks
from orders.enums import ExportPreset, ExportStatus, OrderStatus
from orders.errors import ExportExpired, ExportNotReady, TooManyExports
from orders.models import ExportJob, ExportPart, Order
from orders.services.exporting import jobs
from shops.enums import StaffRole
from tests.factories.orders import PLACED_AT, RECEIVER, make_order, make_sku
from tests.factories.shops import ShopFactory, actor_of

AT = PLACED_AT + timedelta(hours=1)


@pytest.fixture
def shop():
    return ShopFactory()


def started(shop, preset=ExportPreset.ORDERS, *, actor=None, at=AT, **more):
    return jobs.start(
        shop=shop,
        preset=preset,
        filters=more.pop("filters", {}),
        actor=actor or actor_of(shop),
        at=at,
        **more,
    )


def written(job, at=AT):
    while jobs.write_part(job_id=job.pk, at=at):
        pass
    job.refresh_from_db()
    return job


def table(job, actor=SYSTEM, at=AT):
    """Return the file as a spreadsheet reads it: one dictionary a row."""
    content = b"".join(jobs.download(job=job, actor=actor, at=at).pieces)
    assert content.startswith(jobs.BOM)
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.django_db
def test_a_file_has_a_row_for_each_line_of_the_shop_and_masks_receivers(shop):
    first, second = make_sku(shop, price=1_050), make_sku(shop, title="床单")
    order = make_order(OrderStatus.TO_SHIP, items=[(first, 2), (second, 1)], freight=800)
    make_order(OrderStatus.TO_SHIP)  # of another shop

    rows = table(written(started(shop)))

    assert [(row["Order"], row["Line"], row["Title"]) for row in rows] == [
        (order.number, "1", first.product.title),
        (order.number, "2", "床单"),
    ]
    assert (rows[0]["Merchant code"], rows[0]["Quantity"], rows[0]["Price"]) == (
        first.merchant_code,
        "2",
        "10.50",
    )
    assert rows[0]["Placed at"] == "2025-06-01 12:00:00"  # Shanghai
    assert (rows[0]["Receiver"], rows[0]["Phone"], rows[0]["Street"]) == ("王**", "138****1234", "")


@pytest.mark.django_db
def test_what_was_asked_for_is_frozen(shop):
    kept = make_order(OrderStatus.TO_SHIP, shop=shop)
    make_order(OrderStatus.UNPAID, shop=shop)
    make_order(OrderStatus.TO_SHIP, shop=shop, placed_at=PLACED_AT - timedelta(days=9))
    asked = {"status": "to_ship", "placed_from": PLACED_AT - timedelta(days=1)}

    job = started(shop, filters=asked)
    make_order(OrderStatus.TO_SHIP, shop=shop, placed_at=AT)  # while it waits

    assert job.filters["placed_until"] == AT.isoformat()
    assert [row["Order"] for row in table(written(job, at=AT + timedelta(days=1)))] == [kept.number]


@pytest.mark.django_db
def test_receivers_in_clear_need_the_permission_and_a_reason_and_leave_a_trail(shop):
    make_order(OrderStatus.TO_SHIP, shop=shop)
    finance = actor_of(shop, StaffRole.FINANCE)
    with pytest.raises(NotAllowed):
        started(shop, actor=finance, is_unmasked=True, reason="audit")
    with pytest.raises(InvalidInput):
        started(shop, is_unmasked=True, reason="  ")
    assert not ExportJob.objects.exists()

    job = written(started(shop, ExportPreset.SHIPPING, is_unmasked=True, reason="Our own carrier"))

    (row,) = table(job, actor=actor_of(shop))
    assert (row["Receiver"], row["Street"]) == (RECEIVER["name"], RECEIVER["street"])
    part = job.parts.get()
    assert RECEIVER["street"] in crypto.unseal(part.content_sealed).decode()
    assert RECEIVER["street"].encode() not in bytes(part.content_sealed)
    with pytest.raises(NotAllowed):
        jobs.download(job=job, actor=finance, at=AT)
    assert [
        (entry.action, entry.reason, entry.after["is_unmasked"])
        for entry in AuditEntry.objects.order_by("pk")
    ] == [
        ("orders.start_export", "Our own carrier", True),
        ("orders.download_export", "Our own carrier", True),
    ]


@pytest.mark.django_db
def test_the_database_wants_a_reason_too(shop):
    with pytest.raises(IntegrityError), transaction.atomic():
        ExportJob.objects.create(shop=shop, preset="orders", language="en", is_unmasked=True)


@pytest.mark.django_db
def test_a_file_written_in_parts_by_workers_that_die_has_each_order_once(shop, monkeypatch):
    orders = [
        make_order(OrderStatus.TO_SHIP, shop=shop, placed_at=PLACED_AT + timedelta(minutes=n // 2))
        for n in range(7)
    ]
    monkeypatch.setattr(jobs, "PART", 3)
    job = started(shop)
    assert jobs.write_part(job_id=job.pk, at=AT)
    make = ExportPart.objects.create

    def die(**kwargs):
        make(**kwargs)
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(ExportPart.objects, "create", die)
        with pytest.raises(SystemExit):
            jobs.write_part(job_id=job.pk, at=AT)

    rows = table(written(job))

    expected = sorted(orders, key=lambda one: (one.placed_at, one.pk), reverse=True)
    assert [row["Order"] for row in rows] == [one.number for one in expected]
    assert (job.status, job.row_count, job.parts.count()) == (ExportStatus.DONE, 7, 3)


@pytest.mark.django_db
@pytest.mark.parametrize(("orders", "is_cut"), [(3, False), (4, True)])
def test_a_file_ends_at_the_most_rows_and_says_so(shop, settings, monkeypatch, orders, is_cut):
    settings.MAX_EXPORT_ROWS = 3
    monkeypatch.setattr(jobs, "PART", 2)
    for _ in range(orders):
        make_order(OrderStatus.TO_SHIP, shop=shop)

    job = written(started(shop))

    assert (job.row_count, job.is_cut, len(table(job))) == (3, is_cut, 3)


@pytest.mark.django_db
def test_a_most_that_is_lowered_while_a_file_is_written_cuts_it_where_it_is(
    shop, settings, monkeypatch
):
    monkeypatch.setattr(jobs, "PART", 3)
    for _ in range(5):
        make_order(OrderStatus.TO_SHIP, shop=shop)
    job = started(shop)
    jobs.write_part(job_id=job.pk, at=AT)
    settings.MAX_EXPORT_ROWS = 2

    written(job)

    assert (job.row_count, job.is_cut, len(table(job))) == (3, True, 3)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        (datetime.min.replace(tzinfo=UTC), datetime(2000, 1, 1, tzinfo=UTC)),
        (datetime.max.replace(tzinfo=UTC), AT),
        (AT - timedelta(days=1), AT - timedelta(days=1)),
    ],
)
def test_times_that_no_zone_shows_are_kept_within_those_of_orders(shop, asked, kept):
    job = started(shop, filters={"placed_from": asked, "placed_until": asked})

    assert {datetime.fromisoformat(value) for value in job.filters.values()} == {kept}


@pytest.mark.django_db
def test_no_orders_are_a_file_with_titles_alone(shop):
    job = written(started(shop, ExportPreset.FINANCE))

    assert (job.status, job.row_count, table(job)) == (ExportStatus.DONE, 0, [])


@pytest.mark.django_db
@pytest.mark.parametrize("preset", ExportPreset.values)
def test_every_preset_speaks_the_language_of_who_asked(shop, preset):
    make_order(OrderStatus.TO_SHIP, shop=shop)
    with translation.override("zh-hans"):
        job = started(shop, preset)

    (row,) = table(written(job))

    assert row.get("订单") or row.get("订单号"), row
    assert not [title for title in row if title.isascii() and title != "SKU"], list(row)


@pytest.mark.django_db
def test_a_file_is_gone_after_its_week_and_who_had_it_is_not(shop, settings):
    job = started(shop)
    with pytest.raises(ExportNotReady):
        jobs.download(job=job, actor=SYSTEM, at=AT)
    written(job)
    over = AT + settings.KEEP_EXPORTS

    with pytest.raises(ExportExpired):
        jobs.download(job=job, actor=SYSTEM, at=over)
    gone = over + jobs.LAST_DOWNLOAD
    assert jobs.expire_due(at=gone - timedelta(seconds=1)) == 0
    assert jobs.expire_due(at=gone) == 1

    job.refresh_from_db()
    assert (job.status, ExportPart.objects.count()) == (ExportStatus.EXPIRED, 0)
    with pytest.raises(ExportExpired):
        jobs.download(job=job, actor=SYSTEM, at=AT)


@pytest.mark.django_db
def test_a_download_that_began_in_time_gets_the_whole_file(shop, settings, monkeypatch):
    monkeypatch.setattr(jobs, "PART", 1)
    for _ in range(3):
        make_order(OrderStatus.TO_SHIP, shop=shop)
    job = written(started(shop))
    over = AT + settings.KEEP_EXPORTS
    file = jobs.download(job=job, actor=SYSTEM, at=over - timedelta(seconds=1))
    pieces = iter(file.pieces)
    begun = next(pieces)

    jobs.expire_due(at=over + timedelta(minutes=1))

    assert len(begun + b"".join(pieces)) == file.size


@pytest.mark.django_db
def test_a_shop_waits_for_its_files_before_it_asks_for_more(shop, settings):
    settings.MAX_OPEN_EXPORTS = 2
    first = started(shop)
    started(shop)
    with pytest.raises(TooManyExports):
        started(shop)
    started(ShopFactory())

    written(first)

    started(shop)


@pytest.mark.django_db
def test_a_worker_is_woken_and_writes_all_that_waits(
    shop, monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr("kernel.tasks._send", sent.append)
    make_order(OrderStatus.TO_SHIP, shop=shop)
    waiting = [started(shop), started(ShopFactory())]
    with django_capture_on_commit_callbacks(execute=True):
        deliver_all()
    assert "orders.tasks.write_exports" in sent

    tasks.write_exports()

    assert {one.status for one in ExportJob.objects.filter(pk__in=[one.pk for one in waiting])} == {
        ExportStatus.DONE
    }


@pytest.mark.django_db
def test_what_cannot_be_written_ends_its_job_and_not_the_others(shop):
    Order.objects.filter(pk=make_order(shop=shop).pk).update(receiver_sealed=b"broken")
    bad = started(shop, is_unmasked=True, reason="Our own carrier")
    good = started(ShopFactory())

    tasks.write_exports()

    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.status, good.status) == (ExportStatus.FAILED, ExportStatus.DONE)
    assert bad.error.startswith("Unexpected: ")
    assert not bad.parts.exists()
    with pytest.raises(ExportNotReady):
        jobs.download(job=bad, actor=actor_of(shop), at=AT)


@pytest.mark.django_db
def test_what_the_database_has_no_time_for_waits_and_keeps_nobody_waiting(shop, monkeypatch):
    slow, quick = started(shop), started(ShopFactory())
    write = jobs.write_part

    def cancelled(*, job_id, at):
        if job_id == slow.pk:
            raise OperationalError("canceling statement due to statement timeout")
        return write(job_id=job_id, at=at)

    monkeypatch.setattr(jobs, "write_part", cancelled)

    tasks.write_exports()

    slow.refresh_from_db()
    quick.refresh_from_db()
    assert (slow.status, quick.status) == (ExportStatus.QUEUED, ExportStatus.DONE)


@pytest.mark.django_db
def test_a_database_that_is_gone_ends_the_sweep_and_no_job(shop, monkeypatch):
    jobs_waiting = [started(shop), started(ShopFactory())]

    def gone(**_):
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "write_part", gone)
        patch.setattr("kernel.tasks.connection.is_usable", lambda: False)
        with pytest.raises(OperationalError):
            tasks.write_exports()

    for job in jobs_waiting:
        job.refresh_from_db()
        assert job.status == ExportStatus.QUEUED


#: A8. What programs for tables take for the beginning of a formula, or hide one behind.
BEGINNINGS = st.sampled_from(["", *"=+-@|%\t\r\n'", *"＝＋－＠", '"', ","])


@given(st.lists(st.tuples(BEGINNINGS, st.text(st.characters(codec="utf-8"))).map("".join)))
def test_no_cell_is_a_formula_and_every_value_comes_back(values):
    (row,) = list(csv.reader(io.StringIO(cells.csv_of([values]).decode(), newline=""))) or [[]]

    assert not [text for text in row if text[:1] in "=+-@|%\t\r\n＝＋－＠" and text]
    assert [cells.value_of(text) for text in row] == values

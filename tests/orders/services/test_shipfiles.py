"""OP-13: many parcels at once, by a file."""

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from catalog.errors import MissingColumns, UnreadableFile
from kernel.models import AuditEntry, OutboxMessage
from orders import tasks
from orders.enums import OrderStatus, ShippingFileStatus
from orders.errors import NothingToShip, TooManyShippingFiles
from orders.models import Order, Package, ShippingFile, ShippingRowFault
from orders.services.freezing import freeze
from orders.services.shipfiles import faults, jobs, reports
from orders.services.shipping import ship_order
from tests.factories.accounts import UserFactory
from tests.factories.orders import PLACED_AT, make_order, make_sku
from tests.factories.shops import ShopFactory, actor_of

pytestmark = pytest.mark.django_db
AT = PLACED_AT + timedelta(hours=10)


@pytest.fixture
def shop():
    return ShopFactory()


def order_of(shop, status=OrderStatus.TO_SHIP, **kwargs):
    return make_order(status, shop=shop, **kwargs)


def number(n):
    return f"SF{n:013d}"


def started(shop, *lines, **kwargs):
    text = "\n".join(",".join(map(str, line)) for line in lines)
    content = kwargs.pop("content", text.encode())
    return jobs.start(
        shop=shop, filename="a.csv", content=content, actor=actor_of(shop), at=AT, **kwargs
    )


def shipped(job):
    while jobs.ship_part(job_id=job.pk, at=AT):
        pass
    job.refresh_from_db()
    return job


def codes(job):
    return list(job.faults.order_by("row_number", "pk").values_list("row_number", "column", "code"))


def statuses(*orders):
    return [Order.objects.get(pk=order.pk).status for order in orders]


def test_each_row_ships_its_order_and_tells_of_it(shop):
    first, second = order_of(shop), order_of(shop)

    job = shipped(started(shop, (first.number, "顺丰", number(1)), (second.number, "EMS", "A" * 9)))

    assert statuses(first, second) == [OrderStatus.SHIPPED] * 2
    assert list(Package.objects.order_by("pk").values_list("order__number", "carrier_code")) == [
        (first.number, "shunfeng"),
        (second.number, "ems"),
    ]
    assert (job.status, job.good_count, job.bad_count, job.rows) == ("done", 2, 0, [])
    told = OutboxMessage.objects.filter(topic="orders.order.shipped.v1")
    assert [one.payload["order_id"] for one in told.order_by("pk")] == [first.pk, second.pk]
    assert AuditEntry.objects.filter(action="orders.ship_order").count() == 2
    assert codes(job) == [(2, "tracking_number", "unlikely_number")]


def test_good_rows_ship_although_others_are_bad(shop):
    good, held, other = order_of(shop), order_of(shop), order_of(ShopFactory())
    freeze(order_id=held.pk, at=AT)
    unpaid = order_of(shop, OrderStatus.UNPAID)

    job = shipped(
        started(
            shop,
            (held.number, "顺丰", number(1)),
            (other.number, "顺丰", number(2)),
            (unpaid.number, "顺丰", number(3)),
            (good.number, "顺丰", number(4)),
            ("nobody", "顺丰", number(5)),
            ("", "顺丰", number(6)),
            (good.number, "pigeon", number(7)),
            (good.number, "顺丰", "a b"),
            (good.number, "顺丰", "JT1234567890123"),
            (good.number, "顺丰", "4.61E+17"),
            (good.number, "顺丰", "=1+1"),
        )
    )

    assert codes(job) == [
        (1, "order", "refund_pending"),
        (2, "order", "unknown_order"),
        (3, "order", "not_awaiting_shipment"),
        (5, "order", "unknown_order"),
        (6, "order", "missing"),
        (7, "carrier", "unknown_carrier"),
        (8, "tracking_number", "bad_tracking_number"),
        (9, "carrier", "wrong_carrier"),
        (10, "tracking_number", "rounded_number"),
        (11, "tracking_number", "formula"),
    ]
    assert (job.good_count, job.bad_count) == (1, 10)
    assert statuses(good, held, other, unpaid) == ["shipped", "to_ship", "to_ship", "unpaid"]
    assert Package.objects.get().tracking_number == number(4)


def test_rows_with_merchant_codes_make_parcels_of_parts(shop):
    skus = [make_sku(shop) for _ in range(3)]
    order = order_of(shop, items=[(skus[0], 3), (skus[1], 2), (skus[2], 1)])
    codes_ = [sku.merchant_code for sku in skus]

    job = shipped(
        started(
            shop,
            (order.number, "ZTO", "771234567890", codes_[0], 2),
            (order.number, "ZTO", "771234567890", codes_[1]),
            (order.number, "ZTO", "771234567891"),
        )
    )

    assert codes(job) == []
    first, second = Package.objects.order_by("pk")
    assert dict(first.lines.values_list("line__position", "quantity")) == {1: 2, 2: 2}
    assert dict(second.lines.values_list("line__position", "quantity")) == {1: 1, 3: 1}
    assert statuses(order) == [OrderStatus.SHIPPED]


def test_a_parcel_goes_whole_or_not_at_all(shop):
    skus = [make_sku(shop), make_sku(shop)]
    order = order_of(shop, items=[(sku, 2) for sku in skus])
    row = (order.number, "ZTO", "771234567890")

    job = shipped(
        started(shop, (*row, skus[0].merchant_code, 1), (*row, skus[1].merchant_code, "two"))
    )
    again = shipped(started(shop, (*row, skus[0].merchant_code, 1), (*row, "nothing-of-it", 1)))

    assert codes(job) == [(1, "", "another_row"), (2, "quantity", "bad_quantity")]
    assert codes(again) == [(1, "", "another_row"), (2, "sku_code", "unknown_sku")]
    assert not Package.objects.exists()


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (("", 2), [(1, "sku_code", "quantity_without_sku")]),
        (("{sku}", 3), [(1, "quantity", "too_many_pieces")]),
        (("{sku}", 0), [(1, "quantity", "bad_quantity")]),
        (("{sku}", "1.5"), [(1, "quantity", "bad_quantity")]),
        (("CODE\x07", 1), [(1, "sku_code", "bad_characters")]),
    ],
)
def test_pieces_that_are_not_there_are_refused(shop, more, expected):
    sku = make_sku(shop)
    order = order_of(shop, items=[(sku, 2)])
    more = [str(one).format(sku=sku.merchant_code) for one in more]

    job = shipped(started(shop, (order.number, "顺丰", number(1), *more)))

    assert codes(job) == expected
    assert statuses(order) == [OrderStatus.TO_SHIP]


def test_the_same_row_twice_counts_once_and_another_quantity_is_refused(shop):
    sku = make_sku(shop)
    orders = [order_of(shop, items=[(sku, 3)]) for _ in range(2)]
    rows = [(order.number, "顺丰", number(n), sku.merchant_code) for n, order in enumerate(orders)]

    job = shipped(started(shop, (*rows[0], 1), (*rows[0], 1), (*rows[1], 1), (*rows[1], 2)))

    assert codes(job) == [
        (2, "", "duplicate_row"),
        (3, "", "another_row"),
        (4, "quantity", "other_quantity"),
    ]
    assert Package.objects.get().lines.get().quantity == 1
    assert (job.good_count, job.bad_count) == (2, 2)


def test_an_order_that_is_named_whole_twice_ships_once(shop):
    order = order_of(shop)

    job = shipped(
        started(shop, (order.number, "顺丰", number(1)), (order.number, "顺丰", number(2)))
    )

    assert codes(job) == [(2, "order", "nothing_left")]
    assert Package.objects.get().tracking_number == number(1)


def test_a_number_belongs_to_one_parcel_but_orders_of_one_receiver_may_share_it(shop):
    buyer = UserFactory()
    orders = [order_of(shop, buyer=buyer) for _ in range(3)]
    stranger = order_of(shop)
    ship_order(
        order_id=orders[0].pk,
        request_id="r",
        carrier_code="shunfeng",
        tracking_number=number(1),
        at=AT,
        actor=actor_of(shop),
    )

    job = shipped(
        started(
            shop,
            (orders[1].number, "顺丰", number(1)),
            (stranger.number, "顺丰", number(1)),
            (orders[2].number, "顺丰", number(2)),
            (stranger.number, "顺丰", number(2)),
        )
    )

    assert codes(job) == [
        (2, "tracking_number", "tracking_used"),
        (4, "tracking_number", "tracking_used"),
    ]
    assert statuses(*orders, stranger) == ["shipped", "shipped", "shipped", "to_ship"]


def test_the_same_file_again_ships_nothing_twice(shop):
    sku = make_sku(shop)
    whole, part = order_of(shop), order_of(shop, items=[(sku, 3)])
    lines = [
        (whole.number, "顺丰", number(1)),
        (part.number, "顺丰", number(2), sku.merchant_code, 1),
    ]
    shipped(started(shop, *lines))

    job = shipped(started(shop, *lines))
    more = shipped(started(shop, (part.number, "顺丰", number(2), sku.merchant_code, 2)))
    rest = shipped(started(shop, (part.number, "顺丰", number(2))))

    assert codes(job) == [(n, "tracking_number", "already_shipped") for n in (1, 2)]
    assert (job.good_count, job.bad_count) == (2, 0)
    assert codes(more) == codes(rest) == [(1, "tracking_number", "tracking_used")]
    assert Package.objects.count() == 2


def test_a_worker_that_dies_leaves_whole_parts_and_the_next_goes_on(shop, monkeypatch):
    monkeypatch.setattr(jobs, "PART", 2)
    orders = [order_of(shop) for _ in range(5)]
    job = started(shop, *((order.number, "顺丰", number(n)) for n, order in enumerate(orders)))
    assert jobs.ship_part(job_id=job.pk, at=AT)
    make = ShippingRowFault.objects.bulk_create

    def die(rows):
        make(rows)
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(ShippingRowFault.objects, "bulk_create", die)
        with pytest.raises(SystemExit):
            jobs.ship_part(job_id=job.pk, at=AT)
    job.refresh_from_db()
    assert (job.done_count, job.percent, Package.objects.count()) == (2, 40, 2)

    shipped(job)

    assert (job.status, job.good_count, Package.objects.count()) == ("done", 5, 5)
    assert statuses(*orders) == [OrderStatus.SHIPPED] * 5


def test_rows_of_one_order_are_never_torn_apart(shop, monkeypatch):
    monkeypatch.setattr(jobs, "PART", 2)
    sku = make_sku(shop)
    order, other = order_of(shop, items=[(sku, 2)]), order_of(shop)
    code = sku.merchant_code

    job = shipped(
        started(
            shop,
            (order.number, "顺丰", number(1), code, 1),
            (other.number, "顺丰", number(2)),
            (order.number, "顺丰", number(3), code, 1),
            (order.number, "顺丰", number(4), code, 1),
        )
    )

    assert codes(job) == [(4, "order", "nothing_left")]
    assert (job.done_count, job.good_count, job.bad_count) == (4, 3, 1)


def test_a_dry_run_says_the_same_and_ships_nothing(shop):
    good, held = order_of(shop), order_of(shop)
    freeze(order_id=held.pk, at=AT)
    lines = [
        (good.number, "顺丰", number(1)),
        (held.number, "顺丰", number(2)),
        (good.number, "顺丰", number(3)),
    ]
    before = AuditEntry.objects.count()

    dry = shipped(started(shop, *lines, is_dry_run=True))

    assert (dry.good_count, dry.bad_count, Package.objects.count()) == (1, 2, 0)
    assert statuses(good) == [OrderStatus.TO_SHIP]
    assert AuditEntry.objects.count() == before + 1
    job = shipped(jobs.ship_dry_run(job_id=dry.pk, actor=actor_of(shop), at=AT))
    assert codes(job) == codes(dry)
    assert (job.is_dry_run, statuses(good)) == (False, [OrderStatus.SHIPPED])
    with pytest.raises(NothingToShip):
        jobs.ship_dry_run(job_id=dry.pk, actor=actor_of(shop), at=AT)


def test_a_file_that_is_no_dry_run_or_has_no_good_row_is_not_shipped_from(shop):
    bad = shipped(started(shop, ("nobody", "顺丰", number(1)), is_dry_run=True))
    waiting = started(shop, (order_of(shop).number, "顺丰", number(1)), is_dry_run=True)

    for job in (bad, waiting):
        with pytest.raises(NothingToShip):
            jobs.ship_dry_run(job_id=job.pk, actor=actor_of(shop), at=AT)
    assert ShippingFile.objects.count() == 2


def test_dry_runs_that_nobody_ships_are_emptied_after_a_week(shop):
    order = order_of(shop)
    job = shipped(started(shop, (order.number, "顺丰", number(1)), is_dry_run=True))

    assert jobs.empty_old(at=AT + jobs.KEEP_DRY_RUN - timedelta(seconds=1)) == 0
    assert jobs.empty_old(at=AT + jobs.KEEP_DRY_RUN) == 1

    job.refresh_from_db()
    assert (job.rows, job.good_count) == ([], 1)
    assert jobs.empty_old(at=AT + jobs.KEEP_DRY_RUN) == 0


def test_the_refused_rows_come_back_as_a_file_that_can_be_corrected_and_sent_again(shop):
    order = order_of(shop)
    job = shipped(
        started(
            shop,
            (order.number, "@SUM(1)", number(1)),
            ("nobody", "pigeon", number(2)),
            (order_of(shop).number, "顺丰", number(3)),
        )
    )

    file = reports.error_file(job=job)

    content = b"".join(file.pieces)
    assert file.size == len(content)
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert [
        (row["order"], row["carrier"], row["Row"], row["Column"], row["Code"]) for row in rows
    ] == [
        (order.number, "'@SUM(1)", "1", "carrier", "formula"),
        ("nobody", "pigeon", "2", "carrier", "unknown_carrier"),
    ]
    assert rows[0]["What to do"] == "Write the value instead of a formula."
    corrected = content.decode("utf-8-sig").replace("'@SUM(1)", "顺丰").encode()
    again = shipped(started(shop, content=corrected))
    assert codes(again) == [(3, "carrier", "unknown_carrier")]
    assert statuses(order) == [OrderStatus.SHIPPED]


def test_the_file_of_refused_rows_is_read_in_chinese_too(shop):
    job = shipped(started(shop, ("nobody", "顺丰", number(1))))

    with translation.override("zh-hans"):
        content = b"".join(reports.error_file(job=job).pieces)

    head = content.decode("utf-8-sig").splitlines()[0]
    assert head.startswith("订单号,快递公司,快递单号,商家编码,件数,")
    assert "请填写本店的订单号" in content.decode()
    assert codes(shipped(started(shop, content=content))) == [(2, "order", "unknown_order")]


def test_a_workbook_and_a_file_with_chinese_names_are_read(shop):
    first, second = order_of(shop), order_of(shop)
    book = openpyxl.Workbook()
    book.active.append(["订单号", "买家", "快递公司", "快递单号"])
    book.active.append([first.number, "x", "圆通速递", "YT0000000000001"])
    packed = io.BytesIO()
    book.save(packed)
    gbk = f'订单编号,物流公司,运单号\n="{second.number}",申通快递,="7700000000001"\n'.encode(
        "gb18030"
    )

    shipped(started(shop, content=packed.getvalue()))
    job = shipped(started(shop, content=gbk))

    assert codes(job) == []
    assert statuses(first, second) == [OrderStatus.SHIPPED] * 2


def test_lines_pasted_from_a_spreadsheet_are_read(shop):
    order = order_of(shop)

    job = shipped(started(shop, content=f"{order.number}\t顺丰速运\t{number(1)}\r\n\r\n".encode()))

    assert (codes(job), statuses(order)) == ([], [OrderStatus.SHIPPED])


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", UnreadableFile),
        (b"order,carrier,tracking_number\n", UnreadableFile),
        (b"order,carrier\n1,2\n", MissingColumns),
        (b"PK\x03\x04nonsense", UnreadableFile),
    ],
)
def test_what_is_not_a_table_of_parcels_is_refused_at_once(shop, content, refusal):
    with pytest.raises(refusal):
        started(shop, content=content)

    assert not ShippingFile.objects.exists()


def test_a_file_has_a_most_of_rows(shop, settings):
    settings.MAX_SHIPPING_ROWS = 2

    with pytest.raises(UnreadableFile):
        started(shop, *((n, "顺丰", number(n)) for n in range(3)))


def test_the_same_rows_that_wait_are_the_same_job_and_a_shop_has_a_most_of_them(shop, settings):
    settings.MAX_OPEN_SHIPPING_FILES = 2
    first = started(shop, ("1", "顺丰", number(1)))

    assert started(shop, ("1", "顺丰", number(1))) == first
    assert started(shop, ("1", "顺丰", number(1)), is_dry_run=True) != first
    with pytest.raises(TooManyShippingFiles):
        started(shop, ("2", "顺丰", number(1)))


def test_a_sweep_ships_the_files_of_all_shops_and_ends_what_cannot_go_on(shop, monkeypatch):
    other = ShopFactory()
    orders = [order_of(shop), order_of(other)]
    files = [started(one.shop, (one.number, "顺丰", number(1))) for one in orders]
    wrong = started(shop, ("1", "顺丰", number(9)))
    ShippingFile.objects.filter(pk=wrong.pk).update(rows=[["nonsense"]])

    tasks.ship_files()

    assert statuses(*orders) == [OrderStatus.SHIPPED] * 2
    states = ShippingFile.objects.order_by("pk").values_list("status", flat=True)
    assert list(states) == [ShippingFileStatus.DONE] * 2 + [ShippingFileStatus.FAILED]
    assert [
        one.good_count for one in ShippingFile.objects.filter(pk__in=[f.pk for f in files])
    ] == [1, 1]


def test_a_part_asks_the_database_the_same_number_of_times_for_many_rows(
    shop, django_assert_max_num_queries
):
    orders = [order_of(shop) for _ in range(30)]
    few = started(shop, *((one.number, "顺丰", number(n)) for n, one in enumerate(orders[:2])))
    many = started(
        shop, *((one.number, "顺丰", number(50 + n)) for n, one in enumerate(orders[2:]))
    )

    for job, rows in ((few, 2), (many, 28)):
        with django_assert_max_num_queries(26 + rows):  # a line of the audit trail each
            jobs.ship_part(job_id=job.pk, at=AT)


def test_the_database_keeps_the_counts_together(shop):
    job = started(shop, ("1", "顺丰", number(1)))

    with pytest.raises(IntegrityError), transaction.atomic():
        ShippingFile.objects.filter(pk=job.pk).update(good_count=1)


def test_every_fault_has_words():
    for code in faults.FIXES:
        assert reports.fix_of(code)
    assert set(faults.FIXES) >= faults.NOTES

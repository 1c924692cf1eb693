"""OP-13: many plans at once, by a file."""

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from affiliates import tasks
from affiliates.errors import NothingToApply, TooManyPlanFiles
from affiliates.models import Plan, PlanFile, PlanRowFault, PlanVersion
from affiliates.services.planfiles import faults, jobs, reports
from catalog.errors import MissingColumns, UnreadableFile
from kernel.models import AuditEntry, OutboxMessage
from shops.enums import StaffRole
from shops.models import Approval
from shops.services import approvals
from tests.affiliates.services.test_plans import AT, MIDNIGHT, rates_of
from tests.factories.affiliates import MembershipFactory, PlanFactory
from tests.factories.catalog import DraftProductFactory, product_on_sale
from tests.factories.shops import ShopFactory, actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return MembershipFactory().shop


def product_of(shop):
    return product_on_sale(shop=shop)


def plan_of(shop, rate_bp=1_000):
    return PlanFactory(product=product_of(shop), rate_bp=rate_bp)


def code_of(product):
    return product.skus.order_by("pk")[0].merchant_code


def started(shop, *lines, **kwargs):
    text = "\n".join(",".join(map(str, line)) for line in lines)
    content = kwargs.pop("content", text.encode())
    return jobs.start(
        shop=shop, filename="a.csv", content=content, actor=actor_of(shop), at=AT, **kwargs
    )


def done(job):
    while jobs.do_part(job_id=job.pk, at=AT):
        pass
    job.refresh_from_db()
    return job


def codes(job):
    return list(job.faults.order_by("row_number", "pk").values_list("row_number", "column", "code"))


def test_each_row_opens_a_plan_or_changes_its_rate(shop):
    fresh, raised, cut = product_of(shop), plan_of(shop), plan_of(shop)
    rows = ((code_of(fresh), "12.5"), (raised.product.public_id, "20%"), (cut.product.public_id, 5))

    job = done(started(shop, *rows))

    assert (job.status, job.good_count, job.bad_count, job.rows) == ("done", 3, 0, [])
    assert codes(job) == []
    assert rates_of(Plan.objects.get(product=fresh)).rate_bp == 1_250
    assert (rates_of(raised).rate_bp, rates_of(cut).rate_bp) == (2_000, 1_000)
    assert rates_of(cut, MIDNIGHT).rate_bp == 500


def test_good_rows_are_done_although_others_are_bad(shop):
    good, plan, other = product_of(shop), plan_of(shop), product_of(ShopFactory())
    draft = DraftProductFactory(shop=shop)
    rows = [
        (other.public_id, 10),
        (draft.public_id, 10),
        (good.public_id, 10),
        ("", 10),
        (good.public_id, ""),
        (good.public_id, "ten"),
        (good.public_id, "=1+1"),
        (good.public_id, "1.234"),
        (plan.product.public_id, "9.5"),
        (product_of(shop).public_id, 95),
        (product_of(shop).public_id, 40),
    ]

    job = done(started(shop, *rows))

    assert codes(job) == [
        (1, "product", "unknown_product"),
        (2, "product", "product_off_shelf"),
        (4, "product", "missing"),
        (5, "rate", "missing"),
        (6, "rate", "bad_rate"),
        (7, "rate", "formula"),
        (8, "rate", "bad_rate"),
        (9, "rate", "cut_too_small"),
        (10, "rate", "rate_out_of_range"),
        (11, "rate", "rate_needs_two"),
    ]
    assert (job.good_count, job.bad_count) == (1, 10)
    assert Plan.objects.exclude(pk=plan.pk).get().product == good


def test_a_raise_above_the_limit_waits_for_a_second_person_and_is_told_so(shop):
    plan, finance = plan_of(shop), actor_of(shop, StaffRole.FINANCE)

    job = done(started(shop, (plan.product.public_id, "30.01")))
    again = done(started(shop, (plan.product.public_id, "30.01")))
    other = done(started(shop, (plan.product.public_id, "35")))

    assert codes(job) == codes(again) == [(1, "rate", "asked_for_approval")]
    assert (codes(other), other.bad_count) == ([(1, "rate", "approval_waiting")], 1)
    assert rates_of(plan).rate_bp == 1_000
    approvals.approve(approval=Approval.objects.get(), at=AT, actor=finance)
    assert rates_of(plan).rate_bp == 3_001


def test_the_same_file_again_changes_nothing(shop):
    fresh, raised, cut = product_of(shop), plan_of(shop), plan_of(shop)
    rows = ((fresh.public_id, 10), (raised.product.public_id, 20), (cut.product.public_id, 5))
    done(started(shop, *rows))
    versions = PlanVersion.objects.count()

    job = done(started(shop, *rows))

    assert codes(job) == [(n, "rate", "unchanged") for n in (1, 2, 3)]
    assert (job.good_count, PlanVersion.objects.count()) == (3, versions)


def test_a_product_twice_counts_once_and_two_rates_are_refused(shop, monkeypatch):
    monkeypatch.setattr(jobs, "PART", 1)
    once, torn = product_of(shop), product_of(shop)
    rows = [(once.public_id, 10), (code_of(once), 10), (torn.public_id, 10), (torn.public_id, 11)]

    job = done(started(shop, *rows))

    assert codes(job) == [
        (2, "", "duplicate_row"),
        (3, "rate", "other_rate"),
        (4, "rate", "other_rate"),
    ]
    assert Plan.objects.get().product == once


def test_a_dry_run_says_the_same_and_changes_nothing(shop):
    fresh, high = product_of(shop), plan_of(shop)
    rows = [(fresh.public_id, 10), (high.product.public_id, 40), ("nothing", 10)]
    before = (AuditEntry.objects.count(), PlanVersion.objects.count())
    told = OutboxMessage.objects.filter(topic="affiliates.plan.changed.v1").count()

    dry = done(started(shop, *rows, is_dry_run=True))

    assert (dry.good_count, dry.bad_count, Approval.objects.count()) == (2, 1, 0)
    assert (AuditEntry.objects.count(), PlanVersion.objects.count()) == (before[0] + 1, before[1])
    assert OutboxMessage.objects.filter(topic="affiliates.plan.changed.v1").count() == told
    job = done(jobs.apply_dry_run(job_id=dry.pk, actor=actor_of(shop), at=AT))
    assert codes(job) == codes(dry)
    assert (Plan.objects.filter(product=fresh).count(), Approval.objects.count()) == (1, 1)
    with pytest.raises(NothingToApply):
        jobs.apply_dry_run(job_id=dry.pk, actor=actor_of(shop), at=AT)


def test_a_worker_that_dies_leaves_whole_parts_and_the_next_goes_on(shop, monkeypatch):
    monkeypatch.setattr(jobs, "PART", 2)
    products = [product_of(shop) for _ in range(5)]
    job = started(shop, *((one.public_id, 10) for one in products))
    assert jobs.do_part(job_id=job.pk, at=AT)

    def die(rows):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(PlanRowFault.objects, "bulk_create", die)
        with pytest.raises(SystemExit):
            jobs.do_part(job_id=job.pk, at=AT)
    job.refresh_from_db()
    assert (job.done_count, job.percent, Plan.objects.count()) == (2, 40, 2)

    tasks.do_plan_files()

    job.refresh_from_db()
    assert (job.status, job.good_count, Plan.objects.count()) == ("done", 5, 5)


def test_a_sweep_ends_what_cannot_go_on(shop):
    job = started(shop, ("a", 1))
    PlanFile.objects.filter(pk=job.pk).update(rows=[["nonsense"]])

    tasks.do_plan_files()

    job.refresh_from_db()
    assert (job.status, job.error) == ("failed", "Unexpected: TypeError")


def test_the_refused_rows_come_back_as_a_file_that_can_be_corrected_and_sent_again(shop):
    product = product_of(shop)
    job = done(started(shop, (product.public_id, "@SUM(1)"), ("nothing", 10)))

    content = b"".join(reports.error_file(job=job).pieces)

    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert [(row["product"], row["rate"], row["Row"], row["Code"]) for row in rows] == [
        (product.public_id, "'@SUM(1)", "1", "formula"),
        ("nothing", "10", "2", "unknown_product"),
    ]
    corrected = content.decode("utf-8-sig").replace("'@SUM(1)", "10").encode()
    assert codes(done(started(shop, content=corrected))) == [(3, "product", "unknown_product")]
    with translation.override("zh-hans"):
        chinese = b"".join(reports.error_file(job=job).pieces)
    assert chinese.decode("utf-8-sig").startswith("商品,佣金率,")
    assert [one[0] for one in codes(done(started(shop, content=chinese)))] == [2, 3]


def test_a_workbook_with_chinese_names_is_read(shop):
    product, book = product_of(shop), openpyxl.Workbook()
    book.active.append(["商家编码", "备注", "佣金率"])
    book.active.append([code_of(product), "x", 12.5])
    packed = io.BytesIO()
    book.save(packed)

    job = done(started(shop, content=packed.getvalue()))

    assert codes(job) == []
    assert rates_of(Plan.objects.get()).rate_bp == 1_250


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", UnreadableFile),
        (b"product,rate\n", UnreadableFile),
        (b"product,price\n1,2\n", MissingColumns),
        (b"PK\x03\x04nonsense", UnreadableFile),
        (b"a,1\nb,1\nc,1\n", UnreadableFile),
    ],
)
def test_what_is_not_a_table_of_plans_is_refused_at_once(shop, settings, content, refusal):
    settings.MAX_PLAN_ROWS = 2
    with pytest.raises(refusal):
        started(shop, content=content)

    assert not PlanFile.objects.exists()


def test_the_same_rows_that_wait_are_the_same_job_and_a_shop_has_a_most_of_them(shop, settings):
    settings.MAX_OPEN_PLAN_FILES = 1
    first = started(shop, ("a", 1))

    assert started(shop, ("a", 1)) == first
    with pytest.raises(TooManyPlanFiles):
        started(shop, ("a", 2))


def test_dry_runs_that_nobody_applies_are_emptied_after_a_week(shop):
    job = done(started(shop, (product_of(shop).public_id, 10), is_dry_run=True))

    assert jobs.empty_old(at=AT + jobs.KEEP_DRY_RUN - timedelta(seconds=1)) == 0
    assert jobs.empty_old(at=AT + jobs.KEEP_DRY_RUN) == 1

    job.refresh_from_db()
    assert (job.rows, job.good_count) == ([], 1)


def test_the_database_keeps_the_counts_together(shop):
    job = started(shop, ("a", 1))

    with pytest.raises(IntegrityError), transaction.atomic():
        PlanFile.objects.filter(pk=job.pk).update(good_count=1)


def test_every_fault_has_words():
    assert all(reports.fix_of(code) for code in faults.FIXES)
    assert set(faults.FIXES) >= faults.NOTES

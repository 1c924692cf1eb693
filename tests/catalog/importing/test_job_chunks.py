"""Imports in chunks: what was killed goes on, what belongs together stays so."""

import pytest
from django.db import connection, transaction

from catalog.enums import ImportFormat, ImportStatus
from catalog.models import (
    Product,
    StockMovement,
)
from catalog.services.importing import jobs
from catalog.services.invariants import violations
from tests.catalog.importing import samples
from tests.catalog.importing.outcomes import counts, faults
from tests.catalog.importing.samples import row

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """What kill -9 looks like from inside: nothing of ours runs after it."""


def test_what_was_killed_goes_on_and_ends_as_if_nothing_happened(
    shop, merchant, leaf, at, monkeypatch
) -> None:
    monkeypatch.setattr(jobs, "CHUNK", 3)
    content = samples.template(*(row(f"P{place}") for place in range(8)), row("BAD", price="x"))
    job = jobs.start(
        shop=shop,
        format=ImportFormat.TEMPLATE,
        filename="a.csv",
        content=content,
        actor=merchant,
        at=at,
    )
    reports = []
    real_report = jobs._report

    def die_in_the_second_chunk(row, some) -> None:
        reports.append(row.done_count)
        if len(reports) == 2:
            raise Killed
        real_report(row, some)

    monkeypatch.setattr(jobs, "_report", die_in_the_second_chunk)
    with pytest.raises(Killed), transaction.atomic():
        jobs.run(job=job, at=at)
    monkeypatch.setattr(jobs, "_report", real_report)
    # The outer transaction of the test took the first chunk too; on its own it stays.
    jobs.run(job=job, at=at, max_chunks=1)
    job.refresh_from_db()
    assert (job.status, job.done_count, Product.objects.count()) == (ImportStatus.RUNNING, 3, 3)
    assert job.percent == 33

    again = jobs.start(
        shop=shop,
        format=ImportFormat.TEMPLATE,
        filename="a.csv",
        content=content,
        actor=merchant,
        at=at,
    )
    jobs.run(job=again, at=at)

    again.refresh_from_db()
    assert again.pk == job.pk
    assert counts(again) == (ImportStatus.DONE, 9, 8, 1)
    assert (Product.objects.count(), StockMovement.objects.count()) == (8, 8)
    assert faults(again) == [(10, "price", "bad_price")]
    assert violations() == []


def test_rows_of_one_product_stay_together_across_chunks(run, monkeypatch) -> None:
    monkeypatch.setattr(jobs, "CHUNK", 2)
    colours = ["红", "蓝", "绿"]

    job = run(
        samples.template(
            row("A"),
            *(
                row("B", sku_code=f"B-{one}", option1_name="颜色", option1_value=one)
                for one in colours
            ),
        )
    )

    assert counts(job) == (ImportStatus.DONE, 4, 4, 0)
    assert Product.objects.get(merchant_code="B").skus.count() == 3


def test_a_chunk_costs_the_same_queries_for_one_and_for_many(run) -> None:
    from django.test.utils import CaptureQueriesContext

    def cost(*codes: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            run(samples.template(*(row(code) for code in codes)))
        return len(queries)

    assert cost("A") == cost("B", "C", "D")

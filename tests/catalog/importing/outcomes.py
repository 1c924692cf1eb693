"""What became of an import."""

from catalog.models import (
    ImportJob,
    ImportRowError,
)


def counts(job: ImportJob) -> tuple[str, int, int, int]:
    return job.status, job.total_count, job.good_count, job.bad_count


def faults(job: ImportJob) -> list[tuple[int, str, str]]:
    rows = ImportRowError.objects.filter(job=job).order_by("row_number", "id")
    return list(rows.values_list("row_number", "column", "code"))

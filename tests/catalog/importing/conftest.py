"""Importing a file from beginning to end."""

import pytest

from catalog.enums import ImportFormat
from catalog.models import (
    ImportJob,
)
from catalog.services.importing import jobs


@pytest.fixture
def run(shop, merchant, leaf, at):
    """Import `content` into the shop and return the finished job."""

    def run(content: bytes, file_format: str = ImportFormat.TEMPLATE, **how) -> ImportJob:
        job = jobs.start(
            shop=shop,
            format=file_format,
            filename="file.csv",
            content=content,
            actor=merchant,
            at=at,
            **how,
        )
        jobs.run(job=job, at=at)
        job.refresh_from_db()
        return job

    return run

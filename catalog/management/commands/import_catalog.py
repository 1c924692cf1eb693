"""Bring a file of products into a shop: `manage.py import_catalog <path> --shop <public id>`."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any, cast

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from catalog.enums import ImportFormat, ImportStatus
from catalog.models import Category, ImportJob
from catalog.services.importing import jobs, yanxuan
from kernel import clock
from kernel.actors import Actor, Role
from kernel.errors import DomainError
from shops.models import Shop

OPERATOR = Actor(role=Role.OPERATOR, label="import_catalog")
SHOWN_FAULTS = 50


class Command(BaseCommand):
    """Runs an import to its end in this process, showing how far it is.

    A run that was killed is taken up where it stood by the same command.
    """

    help = "Import products from a CSV, XLSX, Shopify CSV, or a folder or zip of a Yanxuan export."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="the file, or the folder of a Yanxuan export")
        parser.add_argument("--shop", required=True, help="public id of the shop")
        parser.add_argument("--format", choices=ImportFormat.values, help="guessed unless given")
        parser.add_argument("--category", help="public id of the leaf for rows that name none")
        parser.add_argument("--dry-run", action="store_true", help="report only, write nothing")
        parser.add_argument(
            "--publish", action="store_true", help="approve and list what lands (platform's power)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        shop = Shop.objects.filter(public_id=options["shop"]).first()
        if shop is None:
            raise CommandError(f"there is no shop {options['shop']}")
        category = Category.objects.filter(public_id=options["category"] or "").first()
        if options["category"] and category is None:
            raise CommandError(f"there is no category {options['category']}")
        content = _content(options["path"])
        try:
            job = self._job(shop, category, content, options)
            self._run(job)
        except DomainError as refusal:
            raise CommandError(str(refusal.detail)) from None
        job.refresh_from_db()
        self._tell(job)
        if job.status == ImportStatus.FAILED:
            raise CommandError(job.error)

    def _job(
        self, shop: Shop, category: Category | None, content: bytes, options: dict[str, Any]
    ) -> ImportJob:
        file_format = options["format"] or jobs.guess_format(content)
        job = jobs.start(
            shop=shop,
            format=file_format,
            filename=options["path"].name,
            content=content,
            is_dry_run=options["dry_run"],
            is_trusted=True,  # only the platform's people have a shell here
            is_published=options["publish"],
            category=category,
            actor=OPERATOR,
            at=clock.now(),
        )
        if job.done_count:
            self.stdout.write(f"Going on with {job.public_id} after {job.done_count} rows.")
        return job

    def _run(self, job: ImportJob) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        # Not the wrapper: it ends every write with a line break, and a bar is drawn in place.
        console = Console(file=cast("Any", self.stderr)._out)
        with Progress(*columns, TimeElapsedColumn(), console=console) as bar:
            task = bar.add_task(_("Importing"), total=None)
            jobs.run(
                job=job,
                at=clock.now(),
                wait=True,
                on_progress=lambda now: bar.update(task, total=now.total, completed=now.done),
            )

    def _tell(self, job: ImportJob) -> None:
        done = _("dry run, nothing written") if job.is_dry_run else job.get_status_display()
        self.stdout.write(
            f"{job.public_id} {done}: {job.total_count} rows, "
            f"{job.good_count} good, {job.bad_count} bad"
        )
        faults = list(job.row_errors.order_by("row_number", "id")[:SHOWN_FAULTS])
        if not faults:
            return
        report = Table("row", "column", "code", "what to do")
        for fault in faults:
            mark = " (note)" if fault.is_note else ""
            report.add_row(str(fault.row_number), fault.column, fault.code + mark, _(fault.fix))
        Console(file=cast("Any", self.stdout)._out, width=120).print(report)
        more = job.row_errors.count() - len(faults)
        if more > 0:
            self.stdout.write(f"… and {more} more in the report of {job.public_id}")


def _content(path: Path) -> bytes:
    try:
        if path.is_dir():
            tables = (one for one in sorted(path.iterdir()) if one.suffix == ".csv")
            return yanxuan.pack((one.name, one.read_bytes()) for one in tables)
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}") from None

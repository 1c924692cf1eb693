"""Files of products, uploaded by a shop."""

from __future__ import annotations

from typing import Any

from catalog.api.inputs import ImportIn
from catalog.api.merchant import ShopView
from catalog.api.outputs import ImportJobOut, ImportRowErrorOut
from catalog.models import Category, ImportJob, ImportRowError
from catalog.services.importing import jobs
from kernel.api.operations import listing, operation
from kernel.api.parsers import UploadParser
from shops.models import Shop


class ShopImports(ShopView):
    permission = "catalog.import"
    parser_classes = [UploadParser]

    @listing(gives=ImportJobOut)
    def get(self, request: Any, shop_id: str) -> Any:
        """Imports of the shop, the newest first."""
        return ImportJob.objects.visible_to(request.actor).defer("content")

    @operation(takes=ImportIn, gives=ImportJobOut, status=201)
    def post(self, request: Any, data: dict[str, Any], shop_id: str) -> Any:
        """Queue a file of products; the same file that still waits is the same import."""
        category = None
        if data.get("category_id"):
            category = Category.objects.get_visible(request.actor, public_id=data["category_id"])
        content = data["file"].read()
        return jobs.start(
            shop=Shop.objects.get_visible(request.actor, public_id=shop_id),
            format=data.get("format") or jobs.guess_format(content),
            filename=data["file"].name,
            content=content,
            is_dry_run=data.get("is_dry_run", False),
            category=category,
            actor=request.actor,
            at=request.at,
        )


class ShopImport(ShopView):
    @operation(gives=ImportJobOut)
    def get(self, request: Any, shop_id: str, import_id: str) -> Any:
        """How far an import is."""
        rows = ImportJob.objects.defer("content")
        return rows.get_visible(request.actor, public_id=import_id)


class ShopImportErrors(ShopView):
    @listing(gives=ImportRowErrorOut, ordering=("row_number", "id"))
    def get(self, request: Any, shop_id: str, import_id: str) -> Any:
        """What is wrong with the rows of an import, and what to do."""
        job = ImportJob.objects.defer("content").get_visible(request.actor, public_id=import_id)
        return ImportRowError.objects.visible_to(request.actor).filter(job=job)

"""Merchants: files of their shop's orders (OR-23)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from kernel.actors import Role
from kernel.api.operations import listing, operation
from kernel.api.views import View
from kernel.downloads import Download
from orders.api.inputs import ExportIn
from orders.api.outputs import ExportJobOut
from orders.models import ExportJob
from orders.services.exporting import jobs
from shops.models import Shop


class ShopExportsView(View):
    """The shop's exports."""

    audience = Role.MERCHANT
    permission = "orders.export"

    @listing(gives=ExportJobOut)
    def get(self, request: Any, shop_id: str) -> QuerySet[ExportJob]:
        """Exports of the shop, the newest first."""
        return ExportJob.objects.visible_to(request.actor)

    @operation(takes=ExportIn, gives=ExportJobOut, status=201, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], shop_id: str) -> ExportJob:
        """Queue a file of the shop's orders; receivers are masked unless a reason is given."""
        asked = {name: data.pop(name) for name in jobs.FILTERS if name in data}
        return jobs.start(
            shop=Shop.objects.get_visible(request.actor, public_id=shop_id),
            filters=asked,
            actor=request.actor,
            at=request.at,
            **data,
        )


class ShopExportView(View):
    """One export."""

    audience = Role.MERCHANT
    permission = "orders.export"

    @operation(gives=ExportJobOut)
    def get(self, request: Any, shop_id: str, export_id: str) -> ExportJob:
        """How far an export is."""
        return ExportJob.objects.get_visible(request.actor, public_id=export_id)


class ShopExportFileView(View):
    """The file of an export. The trail says who took it, so there is no HEAD that takes nothing."""

    http_method_names = ["get", "options"]
    audience = Role.MERCHANT
    permission = "orders.export"

    @operation(gives_file="text/csv")
    def get(self, request: Any, shop_id: str, export_id: str) -> Download:
        """The file of an export that is ready; the audit trail says who took it."""
        job = ExportJob.objects.get_visible(request.actor, public_id=export_id)
        return jobs.download(job=job, actor=request.actor, at=request.at)

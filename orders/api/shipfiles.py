"""Merchants: many parcels at once, by a file (OP-13); everybody: the carriers (OR-14)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from kernel.actors import Role
from kernel.api.operations import listing, operation
from kernel.api.parsers import StrictJSONParser, UploadParser
from kernel.api.views import View
from kernel.downloads import Download
from orders.api.desk_outputs import CarrierOut, ShippingFileOut, ShippingRowFaultOut
from orders.api.inputs import ShippingFileIn
from orders.enums import Carrier
from orders.models import ShippingFile, ShippingRowFault
from orders.services.carriers import CARRIERS
from orders.services.shipfiles import jobs
from orders.services.shipfiles.reports import error_file
from shops.models import Shop


class CarriersView(View):
    """The carriers that parcels may go with."""

    audience = Role.ANONYMOUS

    @operation(gives=CarrierOut, many=True)
    def get(self, request: Any) -> list[dict[str, str]]:
        """List the carriers: their codes, names, and what their numbers look like."""
        return [
            {
                "code": str(code),
                "name": str(Carrier(code).label),
                "name_zh": facts.name,
                "number_pattern": facts.shape.pattern,
            }
            for code, facts in CARRIERS.items()
        ]


class _FileView(View):
    audience = Role.MERCHANT
    permission = "orders.ship"


class ShippingFilesView(_FileView):
    """The shop's files of parcels."""

    parser_classes = [UploadParser, StrictJSONParser]

    @listing(gives=ShippingFileOut)
    def get(self, request: Any, shop_id: str) -> QuerySet[ShippingFile]:
        """Files of parcels, the newest first."""
        return ShippingFile.objects.visible_to(request.actor).defer("rows")

    @operation(takes=ShippingFileIn, gives=ShippingFileOut, status=201)
    def post(self, request: Any, data: dict[str, Any], shop_id: str) -> ShippingFile:
        """Queue many parcels. The same rows ship nothing twice, whenever they are sent again."""
        file = data.get("file")
        return jobs.start(
            shop=Shop.objects.get_visible(request.actor, public_id=shop_id),
            filename=file.name if file else "api.csv",
            content=file.read() if file else data["text"].encode(),
            is_dry_run=data.get("is_dry_run", False),
            actor=request.actor,
            at=request.at,
        )


class ShippingFileView(_FileView):
    """One file of parcels."""

    @operation(gives=ShippingFileOut)
    def get(self, request: Any, shop_id: str, shipping_file_id: str) -> ShippingFile:
        """How far a file of parcels is."""
        return _file(request, shipping_file_id)


class ShippingFileShipView(_FileView):
    """From the dry run to the parcels."""

    @operation(gives=ShippingFileOut, status=201, idempotent=True)
    def post(self, request: Any, shop_id: str, shipping_file_id: str) -> ShippingFile:
        """Ship the good rows of a dry run: a new file of the same rows is queued."""
        job = _file(request, shipping_file_id)
        return jobs.ship_dry_run(job_id=job.pk, actor=request.actor, at=request.at)


class ShippingFileFaultsView(_FileView):
    """The report, row by row."""

    @listing(gives=ShippingRowFaultOut, ordering=("row_number", "id"))
    def get(self, request: Any, shop_id: str, shipping_file_id: str) -> QuerySet[ShippingRowFault]:
        """What is wrong with the rows, and what to do."""
        job = _file(request, shipping_file_id)
        return ShippingRowFault.objects.visible_to(request.actor).filter(job=job)


class ShippingErrorFileView(_FileView):
    """The report as a file."""

    @operation(gives_file="text/csv")
    def get(self, request: Any, shop_id: str, shipping_file_id: str) -> Download:
        """The refused rows as CSV: correct them and send the file back."""
        return error_file(job=_file(request, shipping_file_id))


def _file(request: Any, public_id: str) -> ShippingFile:
    return ShippingFile.objects.defer("rows").get_visible(request.actor, public_id=public_id)

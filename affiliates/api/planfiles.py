"""Merchants: many plans at once, by a file (OP-13)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from affiliates.enums import PlanFileStatus
from affiliates.models import PlanFile, PlanRowFault
from affiliates.services.planfiles import jobs
from affiliates.services.planfiles.reports import error_file, fix_of
from kernel.actors import Role
from kernel.api.operations import listing, operation
from kernel.api.parsers import StrictJSONParser, UploadParser
from kernel.api.serializers import In, Out, Text
from kernel.api.views import View
from kernel.downloads import Download
from shops.models import Shop


class PlanFileIn(In):
    """Plans: a CSV or XLSX `file` (multipart/form-data), or the same lines as `text`.

    Columns: product (a merchant code or a product id) and rate (in percent).
    """

    file = serializers.FileField(max_length=200, allow_empty_file=False, required=False)
    text = Text(max_length=1_000_000, required=False)
    is_dry_run = serializers.BooleanField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Demand exactly one way of sending the lines."""
        if ("file" in attrs) == ("text" in attrs):
            text = _("Send either a file or a text.")
            raise serializers.ValidationError({"file": text}, code="required")
        return attrs


class PlanFileOut(Out):
    """How far a file of plans is."""

    id = serializers.CharField(source="public_id")
    filename = serializers.CharField()
    is_dry_run = serializers.BooleanField()
    status = serializers.ChoiceField(choices=PlanFileStatus.choices)
    percent = serializers.IntegerField()
    total_count = serializers.IntegerField()
    done_count = serializers.IntegerField()
    good_count = serializers.IntegerField()
    bad_count = serializers.IntegerField()
    error = serializers.CharField()
    by = serializers.CharField(source="actor_label")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class PlanRowFaultOut(Out):
    """What is to be said of a row of plans, and what to do."""

    row_number = serializers.IntegerField()
    column = serializers.CharField()
    code = serializers.CharField()
    fix = serializers.SerializerMethodField()
    is_note = serializers.BooleanField()
    cells = serializers.ListField(child=serializers.CharField())

    def get_fix(self, fault: PlanRowFault) -> str:
        return fix_of(fault.code)


class _FileView(View):
    audience = Role.MERCHANT
    permission = "affiliates.edit"


class PlanFilesView(_FileView):
    """The shop's files of plans."""

    parser_classes = [UploadParser, StrictJSONParser]

    @listing(gives=PlanFileOut)
    def get(self, request: Any, shop_id: str) -> QuerySet[PlanFile]:
        """Files of plans, the newest first."""
        return PlanFile.objects.visible_to(request.actor).defer("rows")

    @operation(takes=PlanFileIn, gives=PlanFileOut, status=201)
    def post(self, request: Any, data: dict[str, Any], shop_id: str) -> PlanFile:
        """Queue many plans. A rate that is in force or asked for already changes nothing.

        A raise above 30 % waits for a second person of the shop: its row says so.
        """
        file = data.get("file")
        return jobs.start(
            shop=Shop.objects.get_visible(request.actor, public_id=shop_id),
            filename=file.name if file else "api.csv",
            content=file.read() if file else data["text"].encode(),
            is_dry_run=data.get("is_dry_run", False),
            actor=request.actor,
            at=request.at,
        )


class PlanFileView(_FileView):
    """One file of plans."""

    @operation(gives=PlanFileOut)
    def get(self, request: Any, shop_id: str, plan_file_id: str) -> PlanFile:
        """How far a file of plans is."""
        return _file(request, plan_file_id)


class PlanFileApplyView(_FileView):
    """From the dry run to the plans."""

    @operation(gives=PlanFileOut, status=201, idempotent=True)
    def post(self, request: Any, shop_id: str, plan_file_id: str) -> PlanFile:
        """Apply the good rows of a dry run: a new file of the same rows is queued."""
        job = _file(request, plan_file_id)
        return jobs.apply_dry_run(job_id=job.pk, actor=request.actor, at=request.at)


class PlanFileFaultsView(_FileView):
    """The report, row by row."""

    @listing(gives=PlanRowFaultOut, ordering=("row_number", "id"))
    def get(self, request: Any, shop_id: str, plan_file_id: str) -> QuerySet[PlanRowFault]:
        """What is to be said of the rows, and what to do."""
        job = _file(request, plan_file_id)
        return PlanRowFault.objects.visible_to(request.actor).filter(job=job)


class PlanErrorFileView(_FileView):
    """The report as a file."""

    @operation(gives_file="text/csv")
    def get(self, request: Any, shop_id: str, plan_file_id: str) -> Download:
        """The refused rows as CSV: correct them and send the file back."""
        return error_file(job=_file(request, plan_file_id))


def _file(request: Any, public_id: str) -> PlanFile:
    return PlanFile.objects.defer("rows").get_visible(request.actor, public_id=public_id)

"""Prices and stock of many SKUs: look, apply, take back."""

from __future__ import annotations

from typing import Any

from catalog.api.bulk_outputs import BulkEditOut, BulkLineOut
from catalog.api.inputs import BulkEditIn, BulkLineQuery
from catalog.api.merchant import ShopView
from catalog.models import BulkEdit, BulkEditLine
from catalog.policies import may_change_many
from catalog.services.bulk import applying, preparing
from catalog.services.bulk.reading import Wish
from kernel.actors import Actor
from kernel.api.operations import listing, operation
from kernel.errors import NotAllowed
from shops.models import Shop


class BulkView(ShopView):
    """A door for those who may change stock; prices ask for more."""

    permission = "catalog.stock"


def _job(actor: Actor, bulk_edit_id: str) -> BulkEdit:
    return BulkEdit.objects.get_visible(actor, public_id=bulk_edit_id)


def _allow(actor: Actor, *, has_prices: bool) -> None:
    if not may_change_many(actor, has_prices=has_prices):
        raise NotAllowed


class ShopBulkEdits(BulkView):
    @listing(gives=BulkEditOut)
    def get(self, request: Any, shop_id: str) -> Any:
        """Bulk edits of the shop, the newest first."""
        return BulkEdit.objects.visible_to(request.actor)

    @operation(takes=BulkEditIn, gives=BulkEditOut, status=201, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], shop_id: str) -> Any:
        """Look at what rows would change; nothing changes before it is applied."""
        wishes = [Wish(row=place, **one) for place, one in enumerate(data["rows"], start=1)]
        change = data.get("price_change_bp")
        has_prices = change is not None or any(
            one.price is not None or one.list_price is not None for one in wishes
        )
        _allow(request.actor, has_prices=has_prices)
        return preparing.prepare(
            shop=Shop.objects.get_visible(request.actor, public_id=shop_id),
            wishes=wishes,
            price_change_bp=change,
            actor=request.actor,
            at=request.at,
        )


class ShopBulkEdit(BulkView):
    @operation(gives=BulkEditOut)
    def get(self, request: Any, shop_id: str, bulk_edit_id: str) -> Any:
        """How far a bulk edit is."""
        return _job(request.actor, bulk_edit_id)


class ShopBulkEditLines(BulkView):
    @listing(gives=BulkLineOut, ordering=("row_number", "id"), filters=BulkLineQuery)
    def get(self, request: Any, query: dict[str, Any], shop_id: str, bulk_edit_id: str) -> Any:
        """The rows of a bulk edit: before, after, and what became of each."""
        job = _job(request.actor, bulk_edit_id)
        rows = BulkEditLine.objects.visible_to(request.actor).filter(job=job, **query)
        return rows.select_related("sku")


class ShopBulkEditApplication(BulkView):
    @operation(gives=BulkEditOut, idempotent=True)
    def post(self, request: Any, shop_id: str, bulk_edit_id: str) -> Any:
        """Apply it: at once when it is small, else by a worker. Rows changed since are passed."""
        job = _job(request.actor, bulk_edit_id)
        _allow(request.actor, has_prices=job.has_prices)
        return applying.apply(job=job, actor=request.actor, at=request.at)


class ShopBulkEditUndo(BulkView):
    @operation(gives=BulkEditOut, idempotent=True)
    def post(self, request: Any, shop_id: str, bulk_edit_id: str) -> Any:
        """Take back what was applied, within a day, where nobody changed anything since."""
        job = _job(request.actor, bulk_edit_id)
        _allow(request.actor, has_prices=job.has_prices)
        return applying.undo(job=job, actor=request.actor, at=request.at)


class ShopBulkEditDiscard(BulkView):
    @operation(gives=BulkEditOut)
    def post(self, request: Any, shop_id: str, bulk_edit_id: str) -> Any:
        """Throw away what was looked at."""
        job = _job(request.actor, bulk_edit_id)
        return applying.discard(job=job, actor=request.actor, at=request.at)

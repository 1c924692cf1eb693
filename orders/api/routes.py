"""Parcels on their way: what carriers tell us, and what we show of it (OR-14)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from kernel.actors import Role
from kernel.api.operations import encoded, operation
from kernel.api.serializers import Out
from kernel.api.views import View
from kernel.errors import NotFound
from orders.api.gateways import raw_body
from orders.api.inputs import ParcelLabelIn
from orders.api.outputs import NoticeOut, ParcelLineOut, ParcelOut
from orders.enums import ParcelAlert, ParcelState
from orders.models import Order, Package
from orders.selectors.routes import ways_of
from orders.services import routes
from orders.services.relabelling import relabel


class RouteNodeOut(Out):
    """One station."""

    state = serializers.ChoiceField(choices=ParcelState.choices)
    text = serializers.CharField()
    place = serializers.CharField()
    happened_at = serializers.DateTimeField()
    carrier = serializers.CharField(source="carrier_code")
    tracking_number = serializers.CharField()


class ParcelRouteOut(ParcelOut):
    """A parcel with its way, the latest station first."""

    nodes = RouteNodeOut(many=True, source="routenodes.all")


class ParcelEditOut(Out):
    """What stood on the label before."""

    carrier = serializers.CharField(source="carrier_code")
    tracking_number = serializers.CharField()
    reason = serializers.CharField()
    by = serializers.CharField(source="actor_label")
    edited_at = serializers.DateTimeField()


class ShopParcelLineOut(ParcelLineOut):
    """Pieces with their serial numbers."""

    serials = serializers.ListField(child=serializers.CharField())


class ShopParcelRouteOut(ParcelRouteOut):
    """A parcel as its shop sees it: what is late, its addresses, its earlier labels."""

    lines = ShopParcelLineOut(many=True, source="lines.all")
    alert = serializers.ChoiceField(choices=ParcelAlert.choices, allow_blank=True)
    sent_from = serializers.DictField(child=serializers.CharField())
    goes_back_to = serializers.DictField(child=serializers.CharField())
    edits = ParcelEditOut(many=True, source="packageedits.all")


class CarrierNoticesView(View):
    """Notices of one carrier, or of who gathers them.

    Not an `operation`: what is signed are the raw bytes, so nothing may parse them first.
    """

    audience = Role.ANONYMOUS
    authentication_classes = ()

    @extend_schema(
        request={"application/json": OpenApiTypes.OBJECT},
        responses={200: NoticeOut},
        summary="Take a carrier's signed notice",
    )
    def post(self, request: Request, carrier: str) -> HttpResponse:
        """Take a carrier's signed notice of a parcel. 200 means that what it says is committed.

        The body is `{"id", "tracking_number", "state", "happened_at", "text"?, "place"?}`; the
        headers `X-Carrier-Timestamp` (Unix seconds) and `X-Carrier-Signature`, the HMAC-SHA256 in
        hexadecimal of `timestamp.body`. The same `id` again is answered `repeated`.
        """
        outcome = routes.receive_notice(
            carrier_code=carrier,
            headers=request.headers,
            body=raw_body(request),
            at=request.at,  # type: ignore[attr-defined]
        )
        return encoded({"outcome": outcome})


class BuyerRoutesView(View):
    """The parcels of one's order."""

    audience = Role.BUYER

    @operation(gives=ParcelRouteOut, many=True)
    def get(self, request: Any, number: str) -> list[Package]:
        """Show where the parcels of an order are."""
        order = Order.objects.get_visible(request.actor, number=number)
        return list(ways_of(order.pk, order.shop_id))


class ShopRoutesView(View):
    """The parcels of an order of the shop."""

    audience = Role.MERCHANT
    permission = "orders.view"

    @operation(gives=ShopParcelRouteOut, many=True)
    def get(self, request: Any, shop_id: str, number: str) -> list[Package]:
        """Show the parcels of an order: their way, what is late, serial numbers, earlier labels."""
        order = Order.objects.get_visible(request.actor, number=number)
        return list(ways_of(order.pk, order.shop_id))


class ShopParcelLabelView(View):
    """The label of one parcel."""

    audience = Role.MERCHANT
    permission = "orders.ship"

    @operation(takes=ParcelLabelIn, gives=ShopParcelRouteOut, many=True)
    def put(
        self, request: Any, data: dict[str, Any], shop_id: str, number: str, place: str
    ) -> list[Package]:
        """Put carrier and number of the order's `place`-th parcel (1 …) right (OR-12)."""
        order = Order.objects.get_visible(request.actor, number=number)
        if not (place.isascii() and place.isdigit() and len(place) < 4):
            raise NotFound
        relabel(
            order_id=order.pk,
            place=int(place),
            carrier_code=data["carrier"],
            tracking_number=data["tracking_number"],
            reason=data.get("reason", ""),
            at=request.at,
            actor=request.actor,
        )
        return list(ways_of(order.pk, order.shop_id))
